"""Jobs of the log: sealing what is new, signing its head each day, and handing that out."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.archive.happenings import ask_for_sealing
from hub.archive.models import Import
from hub.core import carrying, clock
from hub.core.database import db, unit_of_work
from hub.core.jobs import enqueue, job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on

from . import checkpoints, daily, sealing, stamping
from .models import LogCheckpoint, LogHead

# The purpose of the mail to witnesses, and the folder of its templates.
WITNESSED = "log_checkpoints"
# Whoever asks while the last piece is being sealed is heard at the latest by then.
LATEST = timedelta(minutes=10)


@on("archive.imported")
def seal_import(import_id: int) -> None:
    """What an import told begins to count: it is sealed next."""
    found = db.session.get(Import, import_id)
    if found is not None:
        ask_for_sealing(found.collection_id)


@job("archive.seal", long=True)
def seal(collection_id: int) -> None:
    sealing.seal(collection_id, sign_of_life=carrying.heartbeat)


@job("archive.seal_rest", long=True)
def seal_rest() -> None:
    """Nothing waits for long, whatever became of whoever asked."""
    with unit_of_work():
        for collection_id in sealing.unsealed_collections():
            ask_for_sealing(collection_id)


scheduled("archive.seal_rest", LATEST)


@job("archive.sign", long=True)
def sign() -> None:
    """The day's checkpoints: one for each log that has grown, with what still waited for its entry."""
    for collection_id in sealing.unsealed_collections():
        sealing.seal(collection_id, sign_of_life=carrying.heartbeat)
    for collection_id in checkpoints.collections_with_news():
        checkpoints.make(collection_id)
        carrying.heartbeat()
    with unit_of_work():
        _hand_out()


def _hand_out() -> None:
    """Those that nobody outside holds yet: to the witnesses by mail, to the time-stamping authority."""
    fresh = list(db.session.scalars(select(LogCheckpoint).where(LogCheckpoint.handed_out_at.is_(None))))
    for one in fresh:
        one.handed_out_at = clock.now()
        if stamping.is_wanted():
            enqueue("archive.stamp", key=f"archive.stamp:{one.id}", checkpoint_id=one.id)
    if fresh:
        ids = [one.id for one in fresh]
        for address in checkpoints.witnesses():
            post_mail(WITNESSED, address, key=f"{WITNESSED}:{address}:{ids[-1]}", checkpoints=ids)


scheduled("archive.sign", timedelta(days=1))


@composer(WITNESSED)
def compose(mail: Mail) -> Email | None:
    found = checkpoints.some(mail.payload["checkpoints"])
    if not found:
        return None
    return letter(WITNESSED, notes=checkpoints.in_one_file(found).strip(), at=mail.queued_at)


@job("archive.stamp", long=True)
def stamp(checkpoint_id: int) -> None:
    """Have a checkpoint time-stamped. Tried again, with longer and longer pauses, while nobody answers."""
    with unit_of_work() as session:
        found = session.get(LogCheckpoint, checkpoint_id)
        note = found.note if found is not None and found.timestamp is None else None
    if note is None or not stamping.is_wanted():
        return
    answer, at = stamping.ask(note)
    with unit_of_work() as session:
        found = session.get_one(LogCheckpoint, checkpoint_id)
        found.timestamp, found.stamped_at = answer, at


@job("archive.verify_all", long=True)
def verify_all() -> None:
    """Every collection is verified once a day, so that what an example says of itself stays true."""
    with unit_of_work():
        for collection_id in db.session.scalars(select(LogHead.collection_id)).all():
            daily.ask_for(collection_id)


scheduled("archive.verify_all", timedelta(days=1))


@job("archive.verify", long=True)
def verify(collection_id: int) -> None:
    daily.carry_out(collection_id, sign_of_life=carrying.heartbeat)
