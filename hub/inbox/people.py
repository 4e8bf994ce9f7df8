"""Who writes, by the address that a message says it is from."""

from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.core.database import db


def person_writing_from(address: str) -> Person | None:
    """Whose confirmed address it is, with an account that is open."""
    if not address:
        return None
    return db.session.scalar(
        select(Person)
        .where(func.lower(Person.email) == address, Person.active, Person.confirmed_at.is_not(None))
        .execution_options(populate_existing=True)
    )
