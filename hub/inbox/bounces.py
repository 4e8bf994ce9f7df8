"""Mail that came back, and mail that was called unwanted: what it means for the address that it went to."""

from sqlalchemy import or_, select

from hub.accounts.models import Person
from hub.core import clock
from hub.core.addressees import HARD, SOFT, Failure, judged, note_complaint, note_failure
from hub.core.database import db
from hub.core.mail import Mail
from hub.core.mail_days import BOUNCED, COMPLAINED, DEFERRED, count
from hub.subscriptions.actions import leave_altogether
from hub.subscriptions.models import Subscriber

from .reading import Arrived
from .returned import DELAYED, FAILED, Report, came_to_a_return_path, complaint, mail_of, reports
from .sorting import Settled, done, refused, sorts

# Reports come before all else: nothing in them is for people.
COMPLAINTS, BOUNCES = 10, 20

# Somebody says that a message is *not* unwanted.
PRAISE = "not-spam"


@sorts(COMPLAINTS)
def take_complaint(arrived: Arrived) -> Settled | None:
    """Whoever calls our mail unwanted gets no more of any list, at once."""
    kind = complaint(arrived)
    if kind is None:
        return None
    mail = mail_of(arrived)
    if mail is None:
        return refused("complaint", "It complains of a message that the hub does not know.")
    if kind != PRAISE:
        count(COMPLAINED, mail.to_address)
        note_complaint(mail.to_address)
        for subscriber in _subscribers(mail):
            leave_altogether(subscriber)
    return done("complaint")


@sorts(BOUNCES)
def take_bounce(arrived: Arrived) -> Settled | None:
    """What came back. Anything else that comes to a return path is an automatic answer, and is dropped."""
    to_return_path = came_to_a_return_path(arrived)
    if not to_return_path and not _looks_like_a_report(arrived):
        return None
    found = reports(arrived)
    if not found:
        return done("automatic") if to_return_path else None
    mail = mail_of(arrived)
    if mail is None:
        return refused("bounce", "It is about a message that the hub does not know.")
    for report in found:
        _note(mail, report)
    return done("bounce")


def _looks_like_a_report(arrived: Arrived) -> bool:
    message = arrived.message
    is_report = message.get_content_type() == "multipart/report"
    return is_report or arrived.incoming.sender == "" or arrived.from_address.startswith("mailer-daemon@")


def _note(mail: Mail, report: Report) -> None:
    if report.outcome == DELAYED:
        count(DEFERRED, mail.to_address)
    if report.outcome != FAILED or mail.came_back_at is not None:
        return  # a second report about one message says nothing new
    mail.came_back_at = clock.now()
    mail.problem = f"It came back: {report.said}"[:2000].replace("\0", "")
    count(BOUNCED, mail.to_address)
    note_failure(mail.to_address, _failure(mail, report))


def _failure(mail: Mail, report: Report) -> Failure:
    """Where our address leads on to others, and one of those is gone, ours may still be read by the rest:
    that stops mail only when it goes on for days."""
    failure = judged(report.said, report.status)
    ours = mail.to_address.strip().lower()
    if failure.kind == HARD and report.recipients and ours not in report.recipients:
        return Failure(SOFT, failure.said)
    return failure


def _subscribers(mail: Mail) -> list[Subscriber]:
    """Whoever gets lists at that address."""
    address = mail.to_address.strip().lower()
    at_it = select(Person.id).where(Person.email == address)
    found = select(Subscriber).where(or_(Subscriber.address == address, Subscriber.person_id.in_(at_it)))
    return list(db.session.scalars(found))
