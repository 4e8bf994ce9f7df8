"""Posts on a page: what every reader sees of them is rendered once a version; the rest is put around it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from flask import get_template_attribute, request
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from hub.core.access import SAFE_METHODS
from hub.core.fragments import fragments
from hub.core.policy import Actor, can

from .files.shown import ShownFile, files_of
from .models import ANSWER, COMMENT, QUESTION, Item
from .queries import Reader


@dataclass(frozen=True)
class Piece:
    """One post, rendered: `head` to the end of its text, `foot` for readers who may only read."""

    id: int
    position: int
    kind: str
    parent_id: int | None
    author_id: int | None
    score: int
    withdrawn_at: datetime | None
    head: Markup
    foot: Markup


@dataclass(frozen=True)
class May:
    """What one reader may do with one post."""

    vote: bool = False
    mine: bool = False
    edit: bool = False
    quote: bool = False
    comment: bool = False
    accept: str = ""  # "offered", or "chosen" for the accepted answer


Made = TypeVar("Made")


Accepting = Callable[[Piece], str]


class _Judged(NamedTuple):
    """What the policy looks at in a post."""

    item: Item
    author_id: int | None
    withdrawn_at: datetime | None


class _Shown:
    """A row of a post as its template takes it."""

    def __init__(self, row: Any, files: Sequence[ShownFile]) -> None:
        self._row = row
        self.files = files
        self.markup = Markup(row.html)  # rendered and cleaned when it was written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def kept(
    item: Item, name: tuple[Hashable, ...], make: Callable[[], Made], size: Callable[[Made], int]
) -> Made:
    """What `make` gives, made once for each version of the item, language and time zone.

    It must be the same for every reader of the item. name: says what of the item it shows.
    """
    if request.method not in SAFE_METHODS:
        return make()  # what this request changed may not be committed in the end
    version = (item.path, item.id, item.created_at, item.version)
    key = (*version, *name, str(get_locale()), str(get_timezone()))
    made: Made = fragments.get(key, make, size)
    return made


def kept_row(item: Item, *look: Hashable, caller: Callable[[], Markup]) -> Markup:
    """The row of an item in a list, rendered once for each version of it. look: how this list shows rows."""
    topics = tuple((topic.slug, topic.name) for topic in item.topics)
    state = (item.state, item.reply_count, item.published_at, item.closed_at, item.group.name, topics)
    return kept(item, ("row", *look, *state), caller, len)


def pieces_of(item: Item, name: tuple[Hashable, ...], read: Callable[[], Iterable[Any]]) -> list[Piece]:
    """The pieces of the posts that `read` gives: rows of POST_COLUMNS, none of them withdrawn."""
    return kept(item, name, lambda: render_pieces(item, read()), size_of)


def render_pieces(item: Item, rows: Iterable[Any]) -> list[Piece]:
    """Each row of a post as a piece."""
    rows = list(rows)
    files = files_of(rows, item.path)
    macros = {
        COMMENT: get_template_attribute("content/_post.html", "comment_head"),
        "": get_template_attribute("content/_post.html", "post_head"),
    }
    foot = get_template_attribute("content/_post.html", "post_foot")
    return [
        _piece(item, _Shown(row, files.get(row.id, ())), macros.get(row.kind, macros[""]), foot)
        for row in rows
    ]


def _piece(item: Item, post: Any, head: Callable[..., Markup], foot: Callable[..., Markup]) -> Piece:
    return Piece(
        id=post.id,
        position=post.position,
        kind=post.kind,
        parent_id=post.parent_id,
        author_id=post.author_id,
        score=post.score,
        withdrawn_at=post.withdrawn_at,
        head=head(post, item.path, item.is_sample),
        foot=foot(post, item.path),
    )


def size_of(pieces: Sequence[Piece]) -> int:
    """About how many bytes the pieces take."""
    return sum(len(piece.head) + len(piece.foot) + 500 for piece in pieces)


def feet(
    actor: Actor,
    item: Item,
    pieces: Sequence[Piece],
    reader: Reader,
    extra: Mapping[int, Markup],
    *,
    write: str,
    accepts: Accepting | None = None,
) -> dict[int, Markup]:
    """What this reader may do with each post, by post id; empty for one who may only read.

    extra: what rooms above add, by post id. write: the action of adding to the item, `discussion.reply` or
    `question.answer`. accepts: says of an answer whether they may accept it ("offered") or have ("chosen").
    """
    if not actor.signed_in:
        return {}
    if not actor.is_member(item.group_id):
        return {}
    writes = can(actor, write, item)
    foot = _Foot(item.path)
    made = {}
    for piece in pieces:
        post = _Judged(item, piece.author_id, piece.withdrawn_at)
        text = piece.kind != COMMENT and piece.withdrawn_at is None
        may = May(
            vote=text and can(actor, "post.vote", post),
            mine=piece.id in reader.votes,
            edit=can(actor, "post.edit", post),
            quote=text and writes,
            comment=text and writes and item.kind == QUESTION,
            accept=accepts(piece) if accepts and text and piece.kind == ANSWER else "",
        )
        made[piece.id] = foot.under(piece, may, extra.get(piece.id, Markup("")))
    return made


class _Foot:
    """Renders what one may do once for each set of rights, and puts each post's own figures in: a page of
    twenty posts has three or four such sets."""

    # Letters and digits only, so that no escaping changes them; unlike anything that people write.
    POSITION, SCORE, EXTRA = "zQpositionQz", "zQscoreQz", "zQextraQz"

    def __init__(self, path: str) -> None:
        self._path = path
        self._macro = get_template_attribute("content/_post.html", "personal_foot")
        self._made: dict[tuple[May, int], str] = {}

    def under(self, piece: Piece, may: May, extra: Markup) -> Markup:
        score = 0 if may.vote else piece.score  # in a sentence, its number decides the words
        key = (may, score)
        if key not in self._made:
            post = _Figures(self.POSITION, self.SCORE if may.vote else score)
            self._made[key] = str(self._macro(post, self._path, may, self.EXTRA))
        made = self._made[key].replace(self.POSITION, str(piece.position))
        return Markup(made.replace(self.SCORE, f"{piece.score:,}").replace(self.EXTRA, extra))


class _Figures(NamedTuple):
    """What a foot says of its post."""

    position: str
    score: int | str
