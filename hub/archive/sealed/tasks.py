"""Mail about sealed collections. It says who asked and where to look, not what is kept there."""

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer

from . import actions
from .models import SealedRequest


@composer(actions.ASKED)
def tell_administrators(mail: Mail) -> Email | None:
    """To each administrator; not once it is decided, or to one who no longer is."""
    request, person = _about(mail)
    if request is None or person is None or not request.waiting or request.asked_by is None:
        return None
    return letter("sealed_asked", locale=person.locale, asked=request) if person.administrator else None


@composer(actions.DECIDED)
def tell_who_asked(mail: Mail) -> Email | None:
    request, person = _about(mail)
    if request is None or person is None or request.waiting:
        return None
    return letter("sealed_decided", locale=person.locale, asked=request)


def _about(mail: Mail) -> tuple[SealedRequest | None, Person | None]:
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    request = db.session.get(SealedRequest, mail.payload.get("request_id"))
    return request, person if person is not None and person.active else None
