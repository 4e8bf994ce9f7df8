"""Being told of new results: what a search is called, and what one has chosen for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask_babel import gettext as _

from hub.content.models import Topic
from hub.content.queries import topics_of
from hub.core.policy import Actor
from hub.core.words import words
from hub.groups.models import Group
from hub.subscriptions.models import NEVER, SavedSearch
from hub.subscriptions.queries import own_subscriber_of
from hub.subscriptions.rules import FOR_OTHERS
from hub.subscriptions.searches import saved_as_asked
from hub.subscriptions.subjects import Subject
from hub.subscriptions.wording import frequency_words

from .asking import Asked, groups_to_choose


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


def read_asked(actor: Actor, query: str) -> SavedSearch | None:
    """A search by the query of its address; not kept, and named as the actor would read it."""
    topics, groups = topics_of(actor), groups_to_choose(actor)
    asked = Asked.of(dict(parse_qsl(query))).within(topics, groups)
    kept = asked.to_save()
    return SavedSearch(name=name_of(asked, topics, groups), asked=kept) if kept else None


def for_visitors(asked: Asked) -> str:
    """Where one asks to hear of this search without an account; empty where there is nothing to hear of."""
    kept = asked.to_save()
    return f"/subscribe?{urlencode({'add': Subject(SavedSearch(name='', asked=kept)).code})}" if kept else ""


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
