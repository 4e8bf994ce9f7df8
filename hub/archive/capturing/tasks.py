"""Jobs of captures over time: looking when it is due, telling keepers what a look showed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.models import DELETED, EDITED, FOUND_AGAIN, ArchivedPost, ArchiveEvent, Import
from hub.core import carrying, clock
from hub.core.database import db
from hub.core.fetching import installed_fetcher
from hub.core.jobs import enqueue, job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on

from . import rules as _rules  # noqa: F401 - importing registers
from .looking import problem_sentence
from .models import ON, WatchedAddress, WatchImport
from .watching import look_again

# The purposes of the mail, and the folders of its templates.
NOTICED, SILENT = "watch_noticed", "watch_silent"
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
    """Keepers learn by mail that a watched post was edited, is gone, or is there again."""
    found = db.session.get(Import, import_id)
    if not found.events or db.session.get(WatchImport, import_id) is None:
        return
    for keeper in found.collection.keepers:
        key = f"{NOTICED}:{import_id}:{keeper.person_id}"
        post_mail(NOTICED, keeper.person.email, key=key, person_id=keeper.person_id, import_id=import_id)


@on("archive.watch_silent")
def tell_that_nothing_is_seen(watch_id: int) -> None:
    """Keepers learn by mail that looks come to nothing, once each time that it begins."""
    watch = db.session.get(WatchedAddress, watch_id)
    if watch is None:
        return
    since = int(watch.looked_at.timestamp()) if watch.looked_at else 0
    for keeper in watch.collection.keepers:
        key = f"{SILENT}:{watch_id}:{since}:{keeper.person_id}"
        post_mail(SILENT, keeper.person.email, key=key, person_id=keeper.person_id, watch_id=watch_id)


@composer(SILENT)
def compose_silent(mail: Mail) -> Email | None:
    """Nothing where the address answers again, or nobody looks at it any more."""
    watch = db.session.get(WatchedAddress, mail.payload["watch_id"])
    if watch is None or watch.state != ON or not watch.problem:
        return None
    person = _keeper(mail, watch)
    if person is None:
        return None
    why = problem_sentence(watch.problem, watch.problem_detail)
    return letter(SILENT, locale=person.locale, person=person, watch=watch, why=why)


def _keeper(mail: Mail, watch: WatchedAddress) -> Person | None:
    """Whom a message is for; None: they no longer keep the collection."""
    keepers = {keeper.person_id: keeper.person for keeper in watch.collection.keepers}
    person = keepers.get(mail.person_id)
    return person if person is not None and person.active else None


@composer(NOTICED)
def compose_noticed(mail: Mail) -> Email | None:
    led = db.session.get(WatchImport, mail.payload["import_id"])
    person = _keeper(mail, led.watch) if led is not None else None
    if person is None:
        return None
    events = db.session.execute(
        select(ArchiveEvent.kind, ArchivedPost)
        .join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
        .where(ArchiveEvent.import_id == led.import_id, ArchiveEvent.kind.in_((EDITED, DELETED, FOUND_AGAIN)))
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
        collection=led.watch.collection,
        events=events[:MOST_TOLD],
        more=len(events) > MOST_TOLD,
    )
