"""A collection with archived posts for tests, brought in through the real import."""

from pathlib import Path

from sqlalchemy import select

from hub.accounts.models import Organisation, Person
from hub.archive import actions
from hub.archive.importing import reader
from hub.archive.models import ORGANISATION, Collection, Import, SocialAccount
from hub.core.database import db, unit_of_work

from .people import actor_of


def collection(
    keeper: Person, name: str = "Our channel", organisation: Organisation | None = None
) -> Collection:
    actor = actor_of(keeper)
    with unit_of_work():
        if organisation is not None:
            organisation = db.session.get_one(Organisation, organisation.id)
        return actions.create_collection(actor, name, organisation=organisation)


def bring_in(keeper: Person, into: Collection, path: Path) -> Import:
    """Upload a file into the collection and carry the import through."""
    with path.open("rb") as stream, unit_of_work():
        upload = actions.keep_upload(stream)
        found = actions.start_import(
            actor_of(keeper), db.session.get_one(Collection, into.id), path.name, upload
        )
    reader.run(found.id)
    db.session.rollback()
    return db.session.get_one(Import, found.id, populate_existing=True)


def declare(keeper: Person, kept: Collection, platform_id: str, kind: str = ORGANISATION) -> None:
    """A keeper says whose an account is: an import unmasks nobody."""
    with unit_of_work():
        account = db.session.scalars(
            select(SocialAccount).where(
                SocialAccount.collection_id == kept.id, SocialAccount.platform_id == platform_id
            )
        ).one()
        actions.classify_account(actor_of(keeper), account, kind, "Its profile says whose it is.")
