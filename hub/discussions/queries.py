"""A page of a discussion."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.content.models import Item
from hub.content.queries import posts_between
from hub.content.showing import Piece, pieces_of, render_pieces
from hub.core.policy import ANYBODY, Actor

from .rules import POSTS_A_PAGE


@dataclass(frozen=True)
class Stretch:
    """Posts `first` to `last` of a discussion, as far as there are any, and where the others are."""

    pieces: Sequence[Piece]
    first: int
    last: int
    total: int

    @property
    def earlier(self) -> int | None:
        return self.first - POSTS_A_PAGE if self.first > 1 else None

    @property
    def later(self) -> int | None:
        return self.last + 1 if self.last < self.total else None


def stretch(actor: Actor, item: Item, position: int) -> Stretch:
    """The page that holds a position; the last page for one beyond the end."""
    position = max(1, min(position, item.last_position))
    first = (position - 1) // POSTS_A_PAGE * POSTS_A_PAGE + 1
    last = min(first + POSTS_A_PAGE - 1, item.last_position)
    # What everybody who reads the item sees is the same for all of them, and kept.
    pieces = pieces_of(item, (first, last), lambda: posts_between(ANYBODY, item, first, last))
    if actor.signed_in and len(pieces) < last - first + 1:
        pieces = render_pieces(item, posts_between(actor, item, first, last))
    return Stretch(pieces, first, last, item.last_position)
