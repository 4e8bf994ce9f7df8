"""Notes of moderators: written, and taken back."""

from sqlalchemy import update

from hub.content.actions.permitting import acting_person, permit
from hub.content.actions.spine import happened_in
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.markup import render
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import DigestNote
from .ranges import NOTED


def write_note(actor: Actor, group: Group, source: str) -> DigestNote:
    """Put a note at the top of the next digest of everybody who hears of the group, once."""
    permit(actor, "group.moderate", group)
    note = DigestNote(
        group=group,
        activity_id=happened_in(NOTED, group.id, actor.person_id).id,
        person_id=actor.person_id,
        byline=acting_person(actor).byline(),
        source=source.strip(),
        html=render(source.strip()),
    )
    db.session.add(note)
    db.session.flush()
    record(actor, "digest_note.written", note, group_id=group.id)
    return note


def take_back_note(actor: Actor, note: DigestNote) -> bool:
    """Whoever was not mailed it yet is not mailed it any more, and no digest's page shows it."""
    permit(actor, "group.moderate", note.group)
    taken = db.session.execute(
        update(DigestNote.__table__)  # type: ignore[arg-type]
        .where(DigestNote.id == note.id, DigestNote.taken_back_at.is_(None))
        .values(taken_back_at=clock.now())
    )
    done = bool(taken.rowcount == 1)  # type: ignore[attr-defined]
    if done:
        record(actor, "digest_note.taken_back", note, group_id=note.group_id)
    return done
