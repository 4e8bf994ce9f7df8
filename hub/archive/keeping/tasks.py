"""Mail to those whom it concerns that a collection's keeping has changed."""

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer

from .approver import TOLD


@composer(TOLD)
def tell_of_the_approver(mail: Mail) -> Email | None:
    """To the approver who was or is to be, and to the keepers: as it is when it is sent."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    collection = db.session.get(Collection, mail.payload.get("collection_id"))
    if person is None or not person.active or collection is None:
        return None
    return letter("collection_approver", locale=person.locale, person=person, collection=collection)
