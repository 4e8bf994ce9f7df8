"""Members, as keepers name them."""

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.errors import Refused


def member_named(handle: str) -> Person:
    """The member with that handle, with or without its @. Raises Refused."""
    wanted = handle.strip().lstrip("@").lower()
    person = db.session.scalar(
        select(Person).where(Person.handle == wanted, Person.active, Person.confirmed_at.is_not(None))
    )
    if person is None:
        raise Refused(_("Nobody here has the handle “%(handle)s”. Nothing was changed.", handle=handle))
    return person
