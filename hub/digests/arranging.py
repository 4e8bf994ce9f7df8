"""The order of worth: what concerns the reader first, then group by group."""

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Select, bindparam, select

from hub.content.models import ANSWER, GUIDANCE, QUESTION, Item, Post, item_topic
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.guidance.models import DUE

from .entries import (
    ACCEPTED,
    ANSWERED,
    DISCUSSED,
    EXAMPLES,
    GUIDANCE_PAGES,
    MAY_KNOW,
    MENTIONED,
    MENTIONING,
    OF_A_GROUP,
    OF_OTHERS,
    OF_THE_READER,
    OWN,
    WAITING,
    YOURS,
    Edition,
    Entry,
    GroupNews,
    Section,
)
from .ranges import OF_EXAMPLES
from .readers import made_for, reader_of

# Whoever answered so many questions is known by their newest answers.
ANSWERS_LOOKED_AT = 200


def arranged(actor: Actor, entries: Collection[Entry], beside: Actor | None = None) -> Edition:
    """The entries in their sections. beside: who looks at it beside the actor; what only the actor sees
    decides nothing then."""
    weigh(actor, entries)
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(_section(actor, entry), []).append(entry)
    known = _may_know(actor, by_name.get(WAITING, []), beside)
    if known:
        by_name[MAY_KNOW] = [entry for entry in by_name[WAITING] if entry.item.id in known]
        by_name[WAITING] = [entry for entry in by_name[WAITING] if entry.item.id not in known]
    edition = Edition()
    edition.personal = [Section(name, by_name[name]) for name in OF_THE_READER if by_name.get(name)]
    edition.groups = _by_groups(actor, by_name)
    return edition


def _by_groups(actor: Actor, by_name: dict[str, list[Entry]]) -> list[GroupNews]:
    by_group: dict[int, GroupNews] = {}
    for name in OF_A_GROUP:
        for group_id, entries in _split(by_name.get(name, [])).items():
            group = entries[0].item.group
            news = by_group.setdefault(group_id, GroupNews(group))
            news.sections.append(Section(name, _own_last(actor, _in_order(name, entries)), group))
    return sorted(by_group.values(), key=lambda news: news.group.name)


def _split(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.item.group.id, []).append(entry)
    return found


def _in_order(name: str, entries: list[Entry]) -> list[Entry]:
    """Oldest first, but discussions by how much was said, and pages by what is to be done about them."""
    orders: dict[str, Callable[[Entry], int]] = {
        DISCUSSED: lambda entry: -len(entry.events),
        GUIDANCE_PAGES: lambda entry: 0 if entry.of_kind(DUE) else 1 if entry.is_new else 2,
    }
    return sorted(entries, key=orders[name]) if name in orders else entries


def _own_last(actor: Actor, entries: list[Entry]) -> list[Entry]:
    """Whoever wrote something knows it: what others wrote has the room first."""
    if not actor.signed_in:
        return entries
    return sorted(entries, key=lambda entry: all(one.person_id == actor.person_id for one in entry.events))


def _section(actor: Actor, entry: Entry) -> str:
    if _answers_them(actor, entry):
        return YOURS
    if any(event.mentions for event in entry.events):
        return MENTIONED
    if all(event.kind in OF_EXAMPLES for event in entry.events):
        return EXAMPLES
    if entry.item.kind != QUESTION:
        return GUIDANCE_PAGES if entry.item.kind == GUIDANCE else DISCUSSED
    if entry.item.reply_count == 0:
        return WAITING
    return ACCEPTED if entry.of_kind("accepted") else ANSWERED


def _answers_them(actor: Actor, entry: Entry) -> bool:
    """Whether somebody else answered the reader's question."""
    asked = entry.item.kind == QUESTION and actor.signed_in and entry.item.author_id == actor.person_id
    return asked and any(event.person_id != actor.person_id for event in entry.of_kind("answered"))


def weigh(actor: Actor, entries: Iterable[Entry]) -> None:
    """Say of each event how much it concerns the reader."""
    if not actor.signed_in:
        return
    for event in (event for entry in entries for event in entry.events):
        own = event.person_id == actor.person_id
        event.weight = OWN if own else MENTIONING if event.mentions else OF_OTHERS


def _may_know(actor: Actor, waiting: Collection[Entry], beside: Actor | None) -> set[int]:
    """Of questions that wait, those under topics in which the reader has answered others' questions."""
    asked = [entry.item.id for entry in waiting if entry.item.author_id != actor.person_id]
    if not actor.signed_in or not asked:
        return set()
    known = made_for(actor, _known) if beside is None else _known(actor, (), beside)
    return set(db.session.scalars(known, {"asked": asked, **reader_of(actor)}))


def _known(reader: Actor, _shape: tuple, beside: Actor | None = None) -> Select[tuple[int]]:
    answers = (
        select(Post.item_id)
        .join(Item, Item.id == Post.item_id)
        .where(Post.author_id == reader.person_id, Post.kind == ANSWER, Post.withdrawn_at.is_(None))
        .where(visible(Item, reader) if beside is None else visible(Item, reader) & visible(Item, beside))
        .order_by(Post.id.desc())
        .limit(ANSWERS_LOOKED_AT)
    )
    own = select(item_topic.c.topic_id).where(item_topic.c.item_id.in_(answers))
    return select(item_topic.c.item_id).where(
        item_topic.c.item_id.in_(bindparam("asked", expanding=True)), item_topic.c.topic_id.in_(own)
    )
