"""What comes along when an answer becomes guidance. Rooms above say what they have under a question and its
answer, let the moderator choose among it, and bring what was chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hub.content.models import Item, Post
from hub.core.policy import Actor


@dataclass(frozen=True)
class Belongings:
    """What one room can bring.

    offer  what the moderator chooses from, as fields named "bring"; None when there is nothing.
    bring  brings what was chosen to the new page; gets the values of those fields, anybody's words.
    """

    offer: Callable[[Actor, Post], Markup | None]
    bring: Callable[[Actor, Post, Item, Sequence[str]], object]


_known: list[Belongings] = []


def add_belongings(belongings: Belongings) -> None:
    """Let a room's things come along."""
    _known.append(belongings)


def offered(actor: Actor, answer: Post) -> Markup:
    """All that there is to choose from; empty when nothing is."""
    return Markup("").join(part for known in _known if (part := known.offer(actor, answer)))


def bring(actor: Actor, answer: Post, page: Item, chosen: Sequence[str]) -> None:
    """Bring what was chosen."""
    for known in _known:
        known.bring(actor, answer, page, chosen)
