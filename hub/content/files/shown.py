"""Files as readers see them: under posts, in feeds and in mail."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hub.content.models import Post, Revision, RevisionFile, StoredFile
from hub.core.database import db
from hub.core.pages import bytes_in_words

from .cleaning import THUMBNAIL_SIZE
from .kinds import KINDS


@dataclass(frozen=True)
class ShownFile:
    """path: where it is read. width, height: of its small picture, where it is one. description: what a
    picture shows, or "" where nobody said."""

    name: str
    path: str
    media_type: str
    size: int
    description: str = ""
    width: int | None = None
    height: int | None = None

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def about(self) -> str:
        """'PDF, 1.2 MB'."""
        return f"{kind_in_words(self.media_type)}, {bytes_in_words(self.size)}"

    @property
    def words(self) -> str:
        """What stands for a picture where it is not seen."""
        return self.description or _("A picture that nobody described: %(name)s", name=self.name)


def kind_in_words(media_type: str) -> str:
    kind = KINDS.get(media_type)
    return str(kind.name) if kind is not None else media_type


def shown(file: StoredFile, item_path: str = "") -> ShownFile:
    """item_path: of the item that it hangs on; empty while it waits."""
    path = f"{item_path}/files/{file.token}" if item_path else file.own_path
    width, height = _small(file.width, file.height)
    return ShownFile(file.name, path, file.media_type, file.size, file.description, width, height)


def _small(width: int | None, height: int | None) -> tuple[int | None, int | None]:
    if not width or not height:
        return None, None
    scale = min(1.0, THUMBNAIL_SIZE[0] / width, THUMBNAIL_SIZE[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def files_of(posts: Iterable[Any], paths: str | dict[int, str]) -> dict[int, list[ShownFile]]:
    """What hangs on each post, by its id: one query for all of them, none where none has any.

    posts: rows that the reader sees, with `id` and `file_count`. paths: of their item, or of each post's.
    """
    ids = [post.id for post in posts if post.file_count]
    if not ids:
        return {}
    found: dict[int, list[ShownFile]] = {}
    for post_id, file in _hanging(ids):
        path = paths if isinstance(paths, str) else paths[post_id]
        found.setdefault(post_id, []).append(shown(file, path))
    return found


def names_of(posts: Iterable[Any]) -> dict[int, list[str]]:
    """The names of what hangs on each post, and what pictures show: what it is found by."""
    ids = [post.id for post in posts if post.file_count]
    found: dict[int, list[str]] = {}
    for post_id, file in _hanging(ids) if ids else ():
        found.setdefault(post_id, []).extend(filter(None, (file.name, file.description)))
    return found


def _hanging(post_ids: Collection[int]) -> Sequence[Any]:
    return db.session.execute(
        select(Post.id, StoredFile)
        .join(Revision, (Revision.post_id == Post.id) & (Revision.number == Post.revision_number))
        .join(RevisionFile, RevisionFile.revision_id == Revision.id)
        .join(StoredFile, StoredFile.id == RevisionFile.file_id)
        .where(Post.id.in_(post_ids), StoredFile.erased_at.is_(None))
        .order_by(Post.id, RevisionFile.position)
    ).all()
