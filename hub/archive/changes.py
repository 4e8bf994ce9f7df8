"""What changes how posts of a collection are shown: an import that begins to count, an account that is no
longer masked. Cards of examples are kept by the collection's version, so each of these must raise it."""

from sqlalchemy import update

from hub.core.database import db

from .models import Collection


def posts_look_different(collection_id: int) -> None:
    """In the transaction of the change itself: what was kept is out of date from its commit on."""
    db.session.execute(
        update(Collection).where(Collection.id == collection_id).values(version=Collection.version + 1)
    )
