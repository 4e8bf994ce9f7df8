"""Being told of new results: what a search is called, and what one has chosen for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from hub.content.models import Topic
from hub.core.policy import Actor
from hub.core.words import words
from hub.groups.models import Group
from hub.subscriptions.models import NEVER
from hub.subscriptions.queries import own_subscriber_of
from hub.subscriptions.rules import FOR_OTHERS
from hub.subscriptions.searches import saved_as_asked
from hub.subscriptions.wording import frequency_words

from .asking import Asked


@dataclass(frozen=True)
class Telling:
    """How often the reader hears of a search, and how often they can."""

    chosen: str
    often: dict[str, str]
    asked: dict[str, str]


def telling(actor: Actor, asked: Asked) -> Telling | None:
    """None where there is nothing that one could hear of."""
    kept = asked.to_save()
    if not kept or actor.person_id is None:
        return None
    subscriber = own_subscriber_of(actor.person_id)
    saved = saved_as_asked(subscriber, kept) if subscriber is not None else None
    often = {code: said for code, said in frequency_words().items() if code in FOR_OTHERS}
    return Telling(saved.frequency if saved is not None else NEVER, often, kept)


def name_of(asked: Asked, topics: Sequence[Topic], groups: Sequence[Group]) -> str:
    """What a search is called until its owner calls it otherwise: its words, and to what it was narrowed."""
    parts = [f"“{asked.words}”"] if asked.words else []
    if asked.kind:
        kind = words(asked.kind, "kinds")
        parts.append(kind if parts else kind[:1].upper() + kind[1:])
    parts += [_("about %(topic)s", topic=each.name) for each in topics if each.slug == asked.topic]
    parts += [_("in %(group)s", group=each.name) for each in groups if each.slug == asked.group]
    parts += [words(asked.place, "place")] if asked.place else []
    return ", ".join(parts)
