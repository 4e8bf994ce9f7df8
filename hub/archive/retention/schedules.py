"""Schedules: loaded from a spreadsheet or typed in; a new version takes the place of the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from hub.archive.models import Collection
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

from .reading import FIELDS, REFERENCE, Reading, guess_columns, read
from .schedule_models import (
    ACTIONS,
    TRIGGERS,
    CollectionClass,
    PostClass,
    Schedule,
    ScheduleDraft,
    ScheduleEntry,
)
from .spreadsheets import rows_of

HEAD = "head"  # of a draft's columns: the row in which their headings stand


def begin_draft(
    collection: Collection, name: str, *, version: str, file_name: str, data: bytes
) -> ScheduleDraft:
    """Keep a spreadsheet until a keeper has seen that it is read rightly. Raises Refused."""
    rows = rows_of(data)
    columns, head = guess_columns(rows)
    draft = ScheduleDraft(
        collection=collection,
        name=name.strip(),
        version=version.strip(),
        file_name=file_name[-255:],
        rows=rows,
        columns={**columns, HEAD: head},
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def set_columns(draft: ScheduleDraft, columns: Mapping[str, int | None], head: int) -> None:
    """Which column holds what, by their numbers from 0; and the row of headings."""
    kept = {what: column for what, column in columns.items() if what in FIELDS and column is not None}
    draft.columns = {**kept, HEAD: head}
    db.session.flush()


def reading_of(draft: ScheduleDraft) -> Reading:
    columns = {what: column for what, column in draft.columns.items() if what != HEAD}
    if REFERENCE not in columns:
        return Reading()
    return read(draft.rows, columns, draft.columns.get(HEAD, 0))


def load_draft(actor: Actor, draft: ScheduleDraft) -> Schedule:
    """The entries that were read become the schedule; an earlier version of its name is superseded."""
    reading = reading_of(draft)
    if not reading.entries:
        raise Refused(_("No entry could be read, so nothing was loaded. Say which column holds what."))
    _refuse_second_meaning(draft, [one.reference for one in reading.entries])
    made = _begin(actor, draft.collection, draft.name, draft.version, draft.file_name)
    for position, one in enumerate(reading.entries):
        db.session.add(
            ScheduleEntry(
                schedule=made,
                position=position,
                reference=one.reference,
                section=one.section,
                title=one.title or one.reference,
                starts=one.starts,
                words=one.words,
                months=one.months,
                action=one.action,
                authority=one.authority,
            )
        )
    db.session.flush()
    _take_over(made)
    db.session.delete(draft)
    audit.record(
        actor, "schedule.load", made, name=made.name, version=made.version, entries=len(reading.entries)
    )
    return made


def others_with(draft: ScheduleDraft, references: Sequence[str]) -> dict[str, list[str]]:
    """By the names of other current schedules, the draft's references that stand in them already."""
    rows = db.session.execute(
        select(Schedule.name, ScheduleEntry.reference)
        .join(ScheduleEntry.schedule)
        .where(
            Schedule.collection_id == draft.collection_id,
            Schedule.superseded_at.is_(None),
            Schedule.name != draft.name,
        )
        .order_by(Schedule.name, ScheduleEntry.position, ScheduleEntry.id)
    )
    ours, found = set(references), defaultdict(list)
    for name, reference in rows:
        if reference in ours:
            found[name].append(reference)
    return dict(found)


def _refuse_second_meaning(draft: ScheduleDraft, references: Sequence[str]) -> None:
    """A reference names one class of a collection: two would leave it to chance how long posts are kept."""
    for name, twice in others_with(draft, references).items():
        raise Refused(
            _(
                "“%(reference)s” is in the schedule “%(name)s” of this collection already, so nothing was"
                " loaded. Load this file under that name, and it takes its place.",
                reference=twice[0],
                name=name,
            )
        )


def type_entry(actor: Actor, collection: Collection, schedule_name: str, **entry: Any) -> ScheduleEntry:
    """An entry typed in, added to the current schedule of that name. Raises Refused."""
    if entry["starts"] not in TRIGGERS or entry["action"] not in ACTIONS:
        raise ValueError(entry)
    found = current(collection, schedule_name)
    if found is None:
        found = _begin(actor, collection, schedule_name.strip(), "", "")
    reference = entry["reference"].strip()
    if entry_named(collection, reference) is not None:
        raise Refused(_("“%(reference)s” is in a schedule of this collection already.", reference=reference))
    made = ScheduleEntry(schedule=found, **{**entry, "reference": reference})
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "schedule.type_entry", found, reference=reference)
    return made


def _begin(actor: Actor, collection: Collection, name: str, version: str, file_name: str) -> Schedule:
    before = current(collection, name)
    made = Schedule(
        collection=collection,
        name=name,
        version=version,
        file_name=file_name,
        person_id=actor.person_id,
        before=before,
    )
    if before is not None:
        before.superseded_at = clock.now()
    db.session.add(made)
    db.session.flush()
    return made


def current(collection: Collection, name: str) -> Schedule | None:
    return db.session.scalars(
        select(Schedule).where(
            Schedule.collection_id == collection.id,
            Schedule.name == name.strip(),
            Schedule.superseded_at.is_(None),
        )
    ).first()


def entry_named(collection: Collection, reference: str) -> ScheduleEntry | None:
    """The entry of a collection's current schedules with that reference."""
    return db.session.scalars(
        select(ScheduleEntry)
        .join(ScheduleEntry.schedule)
        .where(
            Schedule.collection_id == collection.id,
            Schedule.superseded_at.is_(None),
            ScheduleEntry.reference == reference.strip(),
        )
        .order_by(ScheduleEntry.id)
    ).first()


def _take_over(made: Schedule) -> None:
    """What had a class of the version before has the class of the same reference now. One that is no longer
    there stays what it was: nobody's records lose their class because a line was dropped."""
    if made.before_id is None:
        return
    now = {entry.reference: entry.id for entry in _entries(made.id)}
    for entry in _entries(made.before_id):
        if entry.reference in now:
            for table in (CollectionClass, PostClass):
                db.session.execute(
                    update(table).where(table.entry_id == entry.id).values(entry_id=now[entry.reference])
                )


def _entries(schedule_id: int) -> list[ScheduleEntry]:
    statement = select(ScheduleEntry).where(ScheduleEntry.schedule_id == schedule_id)
    return list(db.session.scalars(statement.order_by(ScheduleEntry.position, ScheduleEntry.id)))


@dataclass(frozen=True)
class Change:
    """What a new version changed of an entry. None: there was none before, or is none after."""

    reference: str
    before: ScheduleEntry | None
    after: ScheduleEntry | None


def changes(schedule: Schedule) -> list[Change]:
    """How a version differs from the one that it took the place of, by reference."""
    if schedule.before_id is None:
        return []
    was = {entry.reference: entry for entry in _entries(schedule.before_id)}
    now = {entry.reference: entry for entry in _entries(schedule.id)}
    told = []
    for reference in sorted(was.keys() | now.keys()):
        before, after = was.get(reference), now.get(reference)
        if before is None or after is None or _says(before) != _says(after):
            told.append(Change(reference, before, after))
    return told


def _says(entry: ScheduleEntry) -> tuple[Any, ...]:
    return entry.title, entry.starts, entry.months, entry.action, entry.words, entry.authority
