"""What can be subscribed to, as forms, mail and links name it: "group-rims", "guidance-rims", "topic-foi"."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from hub.content.models import Topic
from hub.core.database import db
from hub.core.policy import Actor, can, visible
from hub.groups.models import Group

from .matching import search_asked
from .models import EVERYTHING, GUIDANCE_ONLY, SavedSearch, Subscriber, Subscription

# Codes of forms, by the kind of thing and what of it is told. A saved search is named by its token.
GROUP, GUIDANCE = "group", "guidance"
TOPIC, TOPIC_GUIDANCE = "topic", "topic_guidance"
SEARCH = "search"
# One that nobody has saved yet is named by what it asks: "asked-q=retention".
ASKED = "asked"
_KINDS = {
    GROUP: (Group, EVERYTHING),
    GUIDANCE: (Group, GUIDANCE_ONLY),
    TOPIC: (Topic, EVERYTHING),
    TOPIC_GUIDANCE: (Topic, GUIDANCE_ONLY),
    SEARCH: (SavedSearch, EVERYTHING),
}
_COLUMNS = {Group: "group_id", Topic: "topic_id", SavedSearch: "search_id"}

# As many as a page offers; a request that names more was not made by one.
MOST_NAMED = 500
MOST_ASKED = 3

Thing = Group | Topic | SavedSearch


@dataclass(frozen=True)
class Subject:
    """A group, a topic, the guidance of either, or a saved search."""

    thing: Thing
    told: str = EVERYTHING

    @property
    def is_new_search(self) -> bool:
        return isinstance(self.thing, SavedSearch) and self.thing.id is None

    @property
    def kind(self) -> str:
        if self.is_new_search:
            return ASKED
        return next(kind for kind, what in _KINDS.items() if what == (type(self.thing), self.told))

    @property
    def name_in_codes(self) -> str:
        if not isinstance(self.thing, SavedSearch):
            return self.thing.slug
        return self.thing.query if self.is_new_search else self.thing.token

    @property
    def code(self) -> str:
        return f"{self.kind}-{self.name_in_codes}"

    @property
    def column(self) -> str:
        """The column of `Subscription` that names it."""
        return _COLUMNS[type(self.thing)]

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells it from a subscriber's other subjects."""
        return (self.column, self.thing.id or 0, self.code if self.is_new_search else self.told)


def subject_of(subscription: Subscription) -> Subject:
    return Subject(subscription.subject, subscription.told)


def subjects_named(
    actor: Actor, codes: Iterable[str], subscriber: Subscriber | None = None
) -> dict[str, Subject]:
    """Subjects by their codes: those of them that the actor sees; searches only the subscriber's own."""
    named: dict[type, set[str]] = {}
    wanted = []
    for code in list(codes)[:MOST_NAMED]:
        kind, _dash, name = code.partition("-")
        if kind in _KINDS:
            wanted.append((code, *_KINDS[kind], name))
            named.setdefault(_KINDS[kind][0], set()).add(name)
    things = {model: _things(actor, model, names, subscriber) for model, names in named.items()}
    return {
        code: Subject(things[model][name], told)
        for code, model, told, name in wanted
        if name in things[model]
    }


def _things(actor: Actor, model: type, names: set[str], subscriber: Subscriber | None) -> dict[str, Thing]:
    if model is SavedSearch:
        whose = subscriber.id if subscriber is not None else 0
        own = select(SavedSearch).where(SavedSearch.token.in_(names), SavedSearch.subscriber_id == whose)
        return {search.token: search for search in db.session.scalars(own)}
    seen = select(model).where(model.slug.in_(names), visible(model, actor))  # type: ignore[attr-defined]
    return {thing.slug: thing for thing in db.session.scalars(seen)}


def searches_asked(actor: Actor, codes: Iterable[str]) -> list[Subject]:
    """Searches that nobody has saved yet, by their codes, as the actor would search."""
    queries = [code.removeprefix(f"{ASKED}-") for code in codes if code.startswith(f"{ASKED}-")]
    found = (search_asked(actor, query) for query in queries[:MOST_ASKED])
    return list(
        {subject.key: subject for search in found if search for subject in [Subject(search)]}.values()
    )


def may_be_chosen(actor: Actor, subject: Subject) -> bool:
    """Whether it would be told: of a group that is open or that one is in, and of all else that one sees."""
    thing = subject.thing
    return not isinstance(thing, Group) or actor.is_member(thing.id) or can(actor, "digest.subscribe", thing)
