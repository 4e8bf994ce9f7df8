"""Brings the sample posts in through the real import path: files on disk, read by the importers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from hub.accounts.models import Organisation, Person
from hub.archive.actions import add_keeper, create_collection, keep_upload, start_import
from hub.archive.adapters.by_hand import ByHand
from hub.archive.approvals.actions import decide
from hub.archive.capturing.by_hand import FILE_NAME
from hub.archive.importing.reader import run
from hub.archive.models import DONE, PRIVATE, Collection, Import, SocialAccount
from hub.archive.unmasking import say_whose
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor

from . import shapes
from .channel import Channel
from .channel_files import write_files
from .elsewhere import Elsewhere, write_elsewhere

# A keeper uploads one file after another.
BETWEEN_UPLOADS = timedelta(minutes=6)

# As the archive calls what the content says of an account.
KINDS = {"organisation": "organisation", "office-holder": "office_holder", "private": PRIVATE}


class ImportFailed(RuntimeError):
    """One of the channel's own files could not be imported: the importers and the sample disagree."""


def found_collections(
    founding: shapes.Founding, channel: Channel, elsewhere: Elsewhere, now: datetime
) -> int:
    """Make each collection and import its files; what is there already is left alone. How many imports."""
    imported = 0
    kinds = elsewhere.kinds | {post.author.id: post.author.kind for post in channel.posts.values()}
    with _files(channel, elsewhere) as paths:
        for wanted in founding.collections:
            when = wanted.when.seen_from(now)
            with clock.at(when), unit_of_work():
                collection, actor = _collection(founding, wanted)
            for number, key in enumerate(wanted.files, 1):
                with clock.at(when + number * BETWEEN_UPLOADS):
                    imported += _import(actor, collection, paths[key])
            with clock.at(when + (len(wanted.files) + 1) * BETWEEN_UPLOADS), unit_of_work():
                _classify(actor, _another(collection, actor), collection, kinds)
    return imported


@contextmanager
def _files(channel: Channel, elsewhere: Elsewhere) -> Iterator[dict[str, Path]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield write_files(channel, folder) | write_elsewhere(elsewhere, channel.pictures, folder)


def _collection(founding: shapes.Founding, wanted: shapes.Collection) -> tuple[Collection, Actor]:
    first, *others = wanted.keepers
    actor = db.session.scalars(select(Person).where(Person.handle == first)).one().as_actor()
    collection = db.session.scalar(
        select(Collection).where(Collection.is_sample, Collection.name == wanted.name)
    )
    if collection is None:
        body = next(body for body in founding.organisations if body.slug == wanted.organisation)
        organisation = db.session.scalar(select(Organisation).where(Organisation.name == body.name))
        collection = create_collection(actor, wanted.name, wanted.about, organisation)
        collection.is_sample = True
        for handle in others:
            add_keeper(actor, collection, handle)
    return collection, actor


def _import(actor: Actor, collection: Collection, path: Path) -> int:
    """One file, unless an import of that name is there already."""
    done = select(Import.id).where(
        Import.collection_id == collection.id, Import.file_name == path.name, Import.state == DONE
    )
    if db.session.scalar(done) is not None:
        return 0
    with path.open("rb") as file:
        upload = keep_upload(file)
    with unit_of_work():
        collection = db.session.get_one(Collection, collection.id)
        adapter = ByHand.name if path.name == FILE_NAME else ""
        import_id = start_import(actor, collection, path.name, upload, adapter).id
    run(import_id)
    found = db.session.get_one(Import, import_id, populate_existing=True)
    if found.state != DONE:
        raise ImportFailed(f"{path.name}: {found.state}")
    return 1


def _another(collection: Collection, actor: Actor) -> Actor:
    """The keeper who agrees to what the first one asks."""
    keepers = db.session.get_one(Collection, collection.id).keepers
    return next(one.person.as_actor() for one in keepers if one.person_id != actor.person_id)


def _classify(actor: Actor, second: Actor, collection: Collection, kinds: dict[str, str]) -> None:
    """Say which accounts are not private people's. Private is what every account is at first."""
    accounts = db.session.scalars(select(SocialAccount).where(SocialAccount.collection_id == collection.id))
    for account in accounts:
        kind = KINDS[kinds.get(account.platform_id, PRIVATE)]
        if kind != account.kind:
            asked = say_whose(actor, account, kind, "Its profile says whose it is.")
            if asked is not None:
                decide(second, asked, approve=True)
