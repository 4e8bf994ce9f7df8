"""What a digest says, gathered at the moment of sending: everything in its ranges that this person may see
now, each thing once, arranged by worth."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import or_, select

from hub.accounts.models import Person
from hub.content.models import JOINED, OPENED, Activity
from hub.core.database import db
from hub.core.policy import Actor
from hub.groups.models import Group
from hub.subscriptions.models import OPENINGS

from . import returned
from .allowing import allow, quote
from .arranging import arranged, weigh
from .entries import IN_FULL, Came, Edition, Entry, Event, GroupNews, Section
from .examples import ToldOfExamples, examples_in
from .happenings import Happening, happened_in, happened_where
from .models import Digest, DigestNote
from .ranges import NOTED, OF_EXAMPLES, WRITTEN, Ranges, in_ranges, may_be_told

# Of the people who joined a group this many are named.
NAMED = 8


def has_news(actor: Actor, ranges: Ranges, told: Collection[int] = (), *, alone: bool = False) -> bool:
    """Whether the actor may see anything in the ranges now that was not told. Who joined, and what they wrote
    themselves, is told beside something else; whether that waits is asked with `alone`."""
    numbers = select(Activity.number).where(may_be_told(actor, in_ranges(Activity, ranges)))
    if not alone:
        numbers = numbers.where(Activity.kind != JOINED)
    if not alone and actor.signed_in:
        of_others = or_(Activity.person_id.is_(None), Activity.person_id != actor.person_id)
        numbers = numbers.where(or_(Activity.item_id.is_(None), of_others))
    # One more than was told: whatever is in the ranges besides must be among them.
    return not set(db.session.scalars(numbers.limit(len(told) + 1))) <= set(told)


def gather(
    actor: Actor,
    ranges: Ranges,
    told: Collection[int] = (),
    *,
    ever: Callable[[], set[int]] = set,
    length: str = OPENINGS,
    beside: Actor | None = None,
) -> Edition:
    """Everything in the ranges that the actor may see now, in words of the present language, besides what
    was told before. As many queries for much as for little.

    ever: what they were told in any digest that is remembered; asked where something is back that was out of
    sight. beside: somebody else who looks at it, and must see all of it, too.
    """
    fresh = [one for one in happened_in(actor, ranges, beside) if one.number not in told]
    covered = {one.number for one in fresh}
    if (missed := returned.missed(fresh)) is not None:
        known = ever() | set(told)
        again = [one for one in happened_where(actor, missed, beside) if one.number not in covered]
        covered |= {one.number for one in again}
        fresh = returned.told_anew(fresh, again, known)
    edition = arranged(actor, _entries(fresh), beside)
    edition.covered = covered
    allow(edition, length)
    _add_news_of_groups(edition, [one for one in fresh if one.item is None])
    upto = max((each.upto for each in ranges), default=0)
    _fill(actor, edition, length, upto, beside)
    return edition


def gather_again(actor: Actor, digest: Digest, *, mailed: bool) -> Edition:
    """What of a digest that was sent the actor may see now, arranged as it was. mailed: no more of closed
    groups than was mailed; else, to who signed in, their words, too."""
    happened = happened_where(actor, Activity.number.in_(digest.told))
    found = {entry.item.id: entry for entry in _entries(happened, mailed=mailed)}
    weigh(actor, found.values())
    places: dict[str, list[Entry]] = {}
    for kept in digest.entries:
        if (entry := found.get(kept["item"])) is not None:
            entry.level = kept["level"]
            places.setdefault(kept["place"], []).append(entry)
    edition = Edition(covered={one.number for one in happened})
    for place, entries in places.items():
        _put(edition, place, entries)
    _add_news_of_groups(edition, [one for one in happened if one.item is None])
    _fill(actor, edition, digest.subscriber.length, max(digest.told, default=0), None)
    return edition


def _put(edition: Edition, place: str, entries: list[Entry]) -> None:
    name, _dash, slug = place.partition("-")
    if not slug:
        edition.personal.append(Section(name, entries))
        return
    group = entries[0].item.group
    news = next((one for one in edition.groups if one.group.id == group.id), None)
    if news is None:
        news = GroupNews(group)
        edition.groups.append(news)
    news.sections.append(Section(name, entries, group))


def _entries(happened: Iterable[Happening], *, mailed: bool = True) -> list[Entry]:
    entries: dict[int, Entry] = {}
    for one in happened:
        if one.item is not None:
            titles_only = mailed and not one.item.words_may_be_mailed
            entry = entries.setdefault(one.item.id, Entry(one.item, titles_only=titles_only))
            entry.events.append(Event.of(one))
    return list(entries.values())


def _add_news_of_groups(edition: Edition, happened: Sequence[Happening]) -> None:
    """What happened in groups themselves: notes, who joined, that more people may read now."""
    if not happened:
        return
    edition.notes = _notes(happened)
    news = {one.group.id: one for one in edition.groups}
    new = {one.group_id for one in happened if one.kind in (JOINED, OPENED)} - set(news)
    for group in db.session.scalars(select(Group).where(Group.id.in_(new))) if new else ():
        news[group.id] = GroupNews(group)
    names = _names([one.person_id for one in happened if one.kind == JOINED])
    for one in happened:
        if one.kind == OPENED:
            news[one.group_id].opened = True
        elif one.kind == JOINED:
            _add_member(news[one.group_id], names.get(one.person_id or 0))
    edition.groups = sorted(news.values(), key=lambda one: one.group.name)


def _add_member(news: GroupNews, name: str | None) -> None:
    news.came = news.came or Came()
    news.came.count += 1
    named = news.group.mails_words or news.group.visibility == "public"
    if name and named and len(news.came.names) < NAMED:
        news.came.names.append(name)


def _names(ids: Collection[int | None]) -> Mapping[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _notes(happened: Iterable[Happening]) -> list[DigestNote]:
    ids = [one.activity_id for one in happened if one.kind == NOTED]
    if not ids:
        return []
    notes = select(DigestNote).where(DigestNote.activity_id.in_(ids)).order_by(DigestNote.id)
    return list(db.session.scalars(notes))


def _fill(actor: Actor, edition: Edition, length: str, upto: int, beside: Actor | None) -> None:
    """The words and the examples of what is told in full."""
    full = [entry for entry in edition.entries if entry.level == IN_FULL and not entry.titles_only]
    quote(full, length)
    events = [event for entry in edition.entries for event in entry.events]
    told = ToldOfExamples(
        [event.number for event in events if event.kind in OF_EXAMPLES],
        [event.post.id for event in events if event.post is not None and event.kind in WRITTEN],
        upto,
    )
    if full and (told.numbers or told.post_ids):
        found = examples_in(actor, told, [entry.item.id for entry in full], beside)
        for entry in full:
            entry.examples = found.get(entry.item.id, entry.examples)


def arrangement(edition: Edition) -> list[dict[str, object]]:
    """How an edition is kept, so that its page shows it as it was sent."""
    return [
        {
            "place": section.place,
            "item": entry.item.id,
            "level": entry.level,
            "numbers": [event.number for event in entry.events],
        }
        for section in edition.sections
        for entry in section.entries
    ]
