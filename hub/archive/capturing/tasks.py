"""Jobs of captures over time: looking when it is due, telling keepers what a look showed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.models import DELETED, EDITED, ArchivedPost, ArchiveEvent, Import
from hub.core import carrying, clock
from hub.core.database import db
from hub.core.fetching import installed_fetcher
from hub.core.jobs import enqueue, job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on

from . import rules as _rules  # noqa: F401 - importing registers
from .models import ON, WatchedAddress, WatchImport
from .watching import look_again

NOTICED = "watch_noticed"  # the purpose of the mail, and the folder of its templates
# More than this are told in a number.
MOST_TOLD = 10


@job("archive.watch", long=True)
def look(watch_id: int) -> None:
    look_again(watch_id, installed_fetcher(), sign_of_life=carrying.heartbeat)


@job("archive.watches")
def begin_what_is_due() -> None:
    """Looks whose time has come; one job a watch, asked for once however often this runs."""
    due = (
        select(WatchedAddress.id)
        .where(WatchedAddress.state == ON, WatchedAddress.next_at <= clock.now())
        .order_by(WatchedAddress.next_at)
    )
    for watch_id in db.session.scalars(due):
        enqueue("archive.watch", key=f"archive.watch:{watch_id}", serial="archive.watch", watch_id=watch_id)


scheduled("archive.watches", timedelta(minutes=5))


@on("archive.imported")
def tell_what_was_noticed(import_id: int) -> None:
    """Keepers learn by mail that a watched post was edited, or is gone."""
    found = db.session.get(Import, import_id)
    if not found.events or db.session.get(WatchImport, import_id) is None:
        return
    for keeper in found.collection.keepers:
        key = f"{NOTICED}:{import_id}:{keeper.person_id}"
        post_mail(NOTICED, keeper.person.email, key=key, person_id=keeper.person_id, import_id=import_id)


@composer(NOTICED)
def compose(mail: Mail) -> Email | None:
    """Nothing for who no longer keeps the collection."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    led = db.session.get(WatchImport, mail.payload["import_id"])
    if person is None or not person.active or led is None:
        return None
    collection = led.watch.collection
    if all(keeper.person_id != person.id for keeper in collection.keepers):
        return None
    events = db.session.execute(
        select(ArchiveEvent.kind, ArchivedPost)
        .join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
        .where(ArchiveEvent.import_id == led.import_id, ArchiveEvent.kind.in_((EDITED, DELETED)))
        .order_by(ArchiveEvent.id)
        .limit(MOST_TOLD + 1)
    ).all()
    if not events:
        return None
    return letter(
        NOTICED,
        locale=person.locale,
        person=person,
        watch=led.watch,
        collection=collection,
        events=events[:MOST_TOLD],
        more=len(events) > MOST_TOLD,
    )
