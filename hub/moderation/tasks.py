"""Mail about reports, composed when it is sent, from what is true then."""

from flask import current_app, render_template

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.mail import Email, Mail, composer

from .actions import ANSWER, DECIDED, WITHDRAWN
from .models import Report


def _compose(template: str, mail: Mail) -> Email | None:
    made = db.session.get(Report, mail.payload.get("report_id"))
    if made is None:
        return None
    if mail.person_id is not None:
        person = db.session.get(Person, mail.person_id)
        if person is None or not person.active:
            return None
    address = current_app.extensions["settings"].address
    told = {"report": made, "hub": address, "site_name": current_app.extensions["hub_name"]()}
    return Email(
        subject=render_template(f"email/{template}/subject.txt", **told),
        text=render_template(f"email/{template}/body.txt", **told),
    )


@composer(ANSWER)
def answer_reporter(mail: Mail) -> Email | None:
    return _compose("report_answer", mail)


@composer(WITHDRAWN)
def tell_of_withdrawal(mail: Mail) -> Email | None:
    """Not when it was put back meanwhile."""
    made = db.session.get(Report, mail.payload.get("report_id"))
    return _compose("report_withdrawn", mail) if made is not None and made.withdrawn else None


@composer(DECIDED)
def tell_of_decision(mail: Mail) -> Email | None:
    return _compose("report_decided", mail)
