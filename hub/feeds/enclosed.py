"""Files of posts in feeds: named and linked in the text; beside it, for programs that save them, where
anybody may read them. Programs cannot sign in, so of closed groups there are links only."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from markupsafe import Markup

from hub.content.files.shown import ShownFile, files_of
from hub.content.models import Item, Post
from hub.content.rules import is_open_to_all
from hub.core.site import address

from .entries import Enclosure

Files = Mapping[int, Sequence[ShownFile]]


def files_under(rows: Iterable[tuple[Item, Post]]) -> Files:
    """Of each post, by its id. Of one query, or none where none has any."""
    pairs = list(rows)
    return files_of([post for _item, post in pairs], {post.id: item.path for item, post in pairs})


def enclosures(item: Item, files: Sequence[ShownFile]) -> list[Enclosure]:
    if not is_open_to_all(item):
        return []
    return [Enclosure(address(file.path), file.media_type, file.size, file.name) for file in files]


def listed(files: Sequence[ShownFile]) -> Markup:
    """After the text."""
    if not files:
        return Markup("")
    row = Markup('<li><a href="{}">{}</a> ({})</li>')
    rows = (
        row.format(address(file.path), file.words if file.is_picture else file.name, file.about)
        for file in files
    )
    return Markup("<p>{}</p><ul>{}</ul>").format(_("Files:"), Markup("").join(rows))
