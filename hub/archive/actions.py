"""What keepers do with collections. Actor first; nothing commits here."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import select, update

from hub.accounts.models import Organisation, Person
from hub.core import audit, clock
from hub.core.database import db, new_token
from hub.core.errors import Refused
from hub.core.jobs import Job, enqueue
from hub.core.outbox import emit
from hub.core.policy import Actor

from . import storage
from .changes import posts_look_different
from .models import ACCOUNT_KINDS, Collection, Import, Keeper, SocialAccount
from .own_accounts import CLASSIFIED

LONGEST_FILE_NAME = 255


def create_collection(
    actor: Actor, name: str, about: str = "", organisation: Organisation | None = None
) -> Collection:
    """A new collection, kept by whoever makes it, for their organisation or for themselves. It is not sealed:
    a sealed one is made by an administrator's recorded act (see `sealed`)."""
    collection = Collection(name=name.strip(), about=about.strip(), organisation=organisation)
    collection.keepers.append(Keeper(person_id=actor.person_id))
    db.session.add(collection)
    db.session.flush()
    audit.record(actor, "collection.create", collection)
    return collection


def must_be_open(collection: Collection) -> None:
    """Raises Refused where a collection is closed."""
    if collection.closed_at is not None:
        raise Refused(
            _(
                "This collection is closed: nothing more comes in. What it keeps is unchanged. Its keepers "
                "can open it again, unless it has ended."
            )
        )


def keep_upload(stream: BinaryIO) -> tuple[str, int, str]:
    """Bring a stream to rest in the data folder, before any transaction: (name there, size, SHA-256)."""
    name = new_token()
    size, sha256 = storage.keep_upload(stream, name)
    return name, size, sha256


def start_import(
    actor: Actor, collection: Collection, file_name: str, upload: tuple[str, int, str], adapter: str = ""
) -> Import:
    """An upload that was kept becomes an import that waits for its turn. adapter: of what the hub made.
    Raises Refused where the collection is closed."""
    name, size, sha256 = upload
    # Counted by the database: two uploads at once must not get one number.
    number = db.session.scalar(
        update(Collection)
        .where(Collection.id == collection.id, Collection.closed_at.is_(None))
        .values(last_number=Collection.last_number + 1)
        .returning(Collection.last_number)
    )
    if number is None:
        db.session.refresh(collection)
        must_be_open(collection)
    found = Import(
        collection=collection,
        number=number,
        person_id=actor.person_id,
        file_name=_plain_name(file_name),
        file_size=size,
        file_sha256=sha256,
        upload=name,
        adapter=adapter,
        report={},
    )
    db.session.add(found)
    db.session.flush()
    audit.record(actor, "collection.import", found, sha256=sha256)
    return found


def queue_import(found: Import, run_at: datetime | None = None, after: str = "") -> None:
    """Let the worker carry it out; imports of one collection go one after another. after: what it was stopped
    for, so that the job is another than the one that may just be ending."""
    enqueue(
        "archive.import",
        key=_job_key(found) + (f":{after}" if after else ""),
        serial=f"collection:{found.collection_id}",
        run_at=run_at,
        import_id=found.id,
    )


def unqueue_import(found: Import) -> None:
    """Whoever carried an import through leaves the worker nothing to do about it."""
    db.session.execute(
        update(Job)
        .where(Job.key == _job_key(found), Job.finished_at.is_(None))
        .values(finished_at=clock.now(), leased_until=None)
    )


def _job_key(found: Import) -> str:
    return f"archive.import:{found.id}"


def cancel_import(actor: Actor, found: Import) -> None:
    """Stop an import that is not finished; nothing of it is kept but its report."""
    if not found.unfinished:
        raise Refused(_("This import has ended already, so there is nothing to stop."))
    found.cancel_asked = True
    audit.record(actor, "collection.cancel_import", found)


def add_keeper(actor: Actor, collection: Collection, handle: str) -> Person:
    """Another member holds the collection too, and sees all of it."""
    person = db.session.scalar(select(Person).where(Person.handle == handle.strip().lstrip("@").lower()))
    if person is None:
        raise Refused(_("Nobody here has the handle “%(handle)s”. Nothing was changed.", handle=handle))
    if all(keeper.person_id != person.id for keeper in collection.keepers):
        collection.keepers.append(Keeper(person=person))
        audit.record(actor, "collection.add_keeper", collection, keeper=person.id)
    return person


def remove_keeper(actor: Actor, collection: Collection, handle: str) -> None:
    """A keeper hands over. The last one cannot: what nobody keeps, nobody can answer for."""
    keeper = next((one for one in collection.keepers if one.person.handle == handle), None)
    if keeper is None:
        raise Refused(_("“%(handle)s” does not keep this collection. Nothing was changed.", handle=handle))
    if len(collection.keepers) == 1:
        raise Refused(_("A collection needs a keeper. Name another one first. Nothing was changed."))
    collection.keepers.remove(keeper)
    audit.record(actor, "collection.remove_keeper", collection, keeper=keeper.person_id)


def classify_account(actor: Actor, account: SocialAccount, kind: str, reason: str) -> None:
    """Say whether an account is an organisation's, an office holder's, a member's or a private person's.

    Private people are masked on examples, so what lifts that is recorded with its reason. That somebody is a
    private person is an answer too, although every account is taken for one at first.
    """
    if kind not in ACCOUNT_KINDS:
        raise ValueError(kind)
    audit.record(actor, CLASSIFIED, account, reason=reason, before=account.kind, after=kind)
    if kind != account.kind:
        account.kind = kind
        posts_look_different(account.collection_id)
        emit("archive.account_classified", collection_id=account.collection_id)


def _plain_name(name: str) -> str:
    """A file's own name as it may be shown: no folders, nothing unprintable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:LONGEST_FILE_NAME] or "upload"
