"""Who sees what of a collection, and who may do what with it.

A collection, and all in it, is for its keepers. What an import wrote is seen once the import is revealed.
A higher room adds grants: an example shows a version of a post where it is attached.
"""

from sqlalchemy import ColumnElement, and_, or_, select

from hub.accounts.models import ONLY_SAID, Person
from hub.core.policy import Actor, permission, visibility

from .models import (
    ArchivedPost,
    ArchiveEvent,
    Collection,
    CoveredPicture,
    Import,
    Keeper,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
)

# An organisation's collection needs two, so that it does not leave with one person.
KEEPERS_OF_AN_ORGANISATION = 2


def revealed(import_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which what an import wrote counts: the whole of that import does.

    The sum keeps SQLite from reading all that an import wrote, by that column's index, for a page of posts.
    """
    return (import_id + 0).in_(select(Import.id).where(Import.revealed_at.is_not(None)))


def event_counts() -> ColumnElement[bool]:
    """The condition under which an event counts: what an import told of, once that counts; acts, at once."""
    return or_(ArchiveEvent.import_id.is_(None), revealed(ArchiveEvent.import_id))


def kept_by(collection_id: ColumnElement[int], actor: Actor) -> ColumnElement[bool]:
    return collection_id.in_(select(Keeper.collection_id).where(Keeper.person_id == actor.person_id))


def not_sealed(collection_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition under which what a collection holds may be shown to others at all."""
    return collection_id.not_in(select(Collection.id).where(Collection.sealed))


def for_its_organisation() -> ColumnElement[bool]:
    """Whether it is known that a collection is its organisation's: one of its keepers works there, by their
    address or a moderator's word. Anybody can say that they do."""
    known = select(Keeper.person_id).join(Person, Person.id == Keeper.person_id)
    return known.where(
        Keeper.collection_id == Collection.id,
        Person.organisation_id == Collection.organisation_id,
        Person.organisation_confirmed != ONLY_SAID,
    ).exists()


@visibility(Collection)
def _sees_collection(actor: Actor) -> ColumnElement[bool]:
    return kept_by(Collection.id, actor)


@visibility(Import)
def _sees_import(actor: Actor) -> ColumnElement[bool]:
    return kept_by(Import.collection_id, actor)


def _kept_and_revealed(model):
    def rule(actor: Actor) -> ColumnElement[bool]:
        return and_(kept_by(model.collection_id, actor), revealed(model.import_id))

    rule.__qualname__ = f"_sees_{model.__tablename__}"
    return visibility(model)(rule)


for _model in (ArchivedPost, PostVersion, Sighting, Media, PostMedia, SocialAccount):
    _kept_and_revealed(_model)


@visibility(ArchiveEvent)
def _sees_event(actor: Actor) -> ColumnElement[bool]:
    return and_(kept_by(ArchiveEvent.collection_id, actor), event_counts())


@visibility(CoveredPicture)
def _sees_covered(actor: Actor) -> ColumnElement[bool]:
    return kept_by(CoveredPicture.collection_id, actor)


def _is_keeper(actor: Actor, collection: Collection) -> bool:
    return actor.signed_in and any(keeper.person_id == actor.person_id for keeper in collection.keepers)


@permission("collection.read")
def _may_read(_actor: Actor, _subject: object) -> bool:
    return True  # whoever sees it; those who see a post by a grant load its version, not its collection


@permission("collection.keep")
def _may_keep(actor: Actor, collection: Collection) -> bool:
    """Import into it, name its keepers, say what its accounts are."""
    return _is_keeper(actor, collection)


@permission("import.keep")
def _may_keep_import(actor: Actor, found: Import) -> bool:
    return _is_keeper(actor, found.collection)


@permission("archived_post.read")
def _may_read_post(actor: Actor, post: ArchivedPost) -> bool:
    """The whole of a post, its history and its bytes. An example shows its version in its own room."""
    return _is_keeper(actor, post.collection)


@permission("covered_picture.read")
def _may_see_covered(_actor: Actor, _picture: CoveredPicture) -> bool:
    return True  # whoever sees it


@permission("archived_media.read")
def _may_see_media(_actor: Actor, _media: Media) -> bool:
    return True  # whoever sees it


@permission("social_account.keep")
def _may_classify(actor: Actor, account: SocialAccount) -> bool:
    return actor.signed_in  # whoever sees it keeps its collection
