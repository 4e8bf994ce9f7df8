"""Mail about reports, composed when it is sent, from what is true then."""

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer

from .actions import ANSWER, DECIDED, WITHDRAWN
from .models import Report
from .takedown import ASKED, keepers_told


@composer(ANSWER)
def answer_reporter(mail: Mail) -> Email | None:
    """To whoever reported something: what was decided, and why."""
    return _compose("report_answer", mail)


@composer(WITHDRAWN)
def tell_of_withdrawal(mail: Mail) -> Email | None:
    """To the author. Not when it was put back meanwhile."""
    made = _report(mail)
    return _compose("report_withdrawn", mail) if made is not None and made.withdrawn else None


@composer(ASKED)
def tell_keepers(mail: Mail) -> Email | None:
    """To the keepers of what the example shows, while it is undecided."""
    made = _report(mail)
    if made is None or not made.waiting or made.example is None:
        return None
    if all(keeper.id != mail.person_id for keeper in keepers_told(made.example)):
        return None
    return _compose("report_takedown", mail)


@composer(DECIDED)
def tell_of_decision(mail: Mail) -> Email | None:
    """To the author: whether it stands, and why."""
    return _compose("report_decided", mail)


def _report(mail: Mail) -> Report | None:
    return db.session.get(Report, mail.payload.get("report_id"))


def _compose(message: str, mail: Mail) -> Email | None:
    made = _report(mail)
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    if made is None or (person is not None and not person.active):
        return None
    return letter(message, locale=person.locale if person else "en_GB", report=made)
