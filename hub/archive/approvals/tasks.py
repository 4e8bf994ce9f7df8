"""Mail about approvals, and letting lapse what nobody decided."""

from datetime import timedelta

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer

from . import actions
from .kinds import kind_of
from .models import Approval
from .rules import may_decide


@composer(actions.ASKED)
def tell_who_decides(mail: Mail) -> Email | None:
    """To each who may decide; not once it is decided, or no longer theirs."""
    approval, person = _about(mail)
    if approval is None or person is None or approval.asked_by is None:
        return None
    if not may_decide(person.as_actor(), approval):
        return None
    return _written("approval_asked", person, approval)


@composer(actions.DECIDED)
def tell_who_asked(mail: Mail) -> Email | None:
    approval, person = _about(mail)
    if approval is None or person is None or approval.waiting:
        return None
    return _written("approval_decided", person, approval)


def _about(mail: Mail) -> tuple[Approval | None, Person | None]:
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    approval = db.session.get(Approval, mail.payload.get("approval_id"))
    return approval, person if person is not None and person.active else None


def _written(message: str, person: Person, approval: Approval) -> Email:
    return letter(message, locale=person.locale, approval=approval, what=kind_of(approval).name)


@job("approvals.lapse")
def lapse() -> None:
    actions.lapse()


scheduled("approvals.lapse", timedelta(days=1))
