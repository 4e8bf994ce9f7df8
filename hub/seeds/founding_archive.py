"""Brings the sample channel in through the real import path: files on disk, read by the importers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from hub.accounts.models import Organisation, Person
from hub.archive.actions import add_keeper, create_collection, keep_upload, start_import
from hub.archive.approvals.actions import decide
from hub.archive.importing.reader import run
from hub.archive.models import DONE, PRIVATE, Collection, Import, SocialAccount
from hub.archive.unmasking import say_whose
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor

from . import shapes
from .channel import Channel
from .channel_files import write_files

# A keeper uploads one file after another.
BETWEEN_UPLOADS = timedelta(minutes=6)

# As the archive calls what channel.toml says of an account.
KINDS = {"organisation": "organisation", "office-holder": "office_holder", "private": PRIVATE}


class ImportFailed(RuntimeError):
    """One of the channel's own files could not be imported: the importers and the sample disagree."""


def found_collections(founding: shapes.Founding, channel: Channel, now: datetime) -> int:
    """Make each collection and import its files; what is there already is left alone. How many imports."""
    imported = 0
    with _files(channel) as paths:
        for wanted in founding.collections:
            when = wanted.when.seen_from(now)
            with clock.at(when), unit_of_work():
                collection, actor = _collection(founding, wanted)
            for number, key in enumerate(wanted.files, 1):
                with clock.at(when + number * BETWEEN_UPLOADS):
                    imported += _import(actor, collection, paths[key])
            with clock.at(when + (len(wanted.files) + 1) * BETWEEN_UPLOADS), unit_of_work():
                _classify(actor, _another(collection, actor), collection, channel)
    return imported


@contextmanager
def _files(channel: Channel) -> Iterator[dict[str, Path]]:
    with TemporaryDirectory() as folder:
        yield write_files(channel, Path(folder))


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
        import_id = start_import(actor, collection, path.name, upload).id
    run(import_id)
    found = db.session.get_one(Import, import_id, populate_existing=True)
    if found.state != DONE:
        raise ImportFailed(f"{path.name}: {found.state}")
    return 1


def _another(collection: Collection, actor: Actor) -> Actor:
    """The keeper who agrees to what the first one asks."""
    keepers = db.session.get_one(Collection, collection.id).keepers
    return next(one.person.as_actor() for one in keepers if one.person_id != actor.person_id)


def _classify(actor: Actor, second: Actor, collection: Collection, channel: Channel) -> None:
    """Say which accounts are not private people's. Private is what every account is at first."""
    known = {post.author.id: post.author for post in channel.posts.values()}
    accounts = db.session.scalars(select(SocialAccount).where(SocialAccount.collection_id == collection.id))
    for account in accounts:
        author = known.get(account.platform_id)
        if author is not None and KINDS[author.kind] != account.kind:
            asked = say_whose(actor, account, KINDS[author.kind], "Its profile says whose it is.")
            if asked is not None:
                decide(second, asked, approve=True)
