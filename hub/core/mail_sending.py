"""Mail as it is sent: a message that was written down (`mail`) is composed, handed over and settled.

A message is *sending* only from the instant before the byte that hands it over until its answer is kept. A
worker that dies before that leaves it queued, and it is sent later; two workers that meet over one message
cannot both pass that instant.
"""

import hashlib
import time
import zlib
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, select, update

from . import clock
from .addressees import judged, note_failure, note_taken, why_not
from .addressing import mail_comes_in, signed_address
from .carrying import NotYet, finish_with_this, heartbeat, keep_lease
from .database import begin_reading, db, unit_of_work
from .delivery import PATIENCE_AFTER_TEXT, Delivery, NotAccepted, Unknown, delivery
from .dkim import CannotSign, signed, signers_of
from .jobs import LEASE, job
from .mail import (
    DROPPED,
    FAILED,
    QUEUED,
    RETURN_PATH,
    SEND,
    SENDING,
    SENT,
    UNCERTAIN,
    Mail,
    compose,
    enqueue_mails,
    is_to_many,
    was_not_sent,
)
from .mail_days import DEFERRED, DELIVERED, REFUSED, count
from .message import CannotBeWritten, Email, Outgoing, address, written
from .pacing import ALL, MOST_AHEAD, domain_of, free_from, leave_alone, take_turn

# Pauses after temporary failures: each twice the one before. Four days in all, as mail servers do (RFC 5321).
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
MOST_TRIES = 32
# An other side that can be asked what it took is asked when whatever was on its way must have arrived.
ASKED_AFTER = timedelta(minutes=10)
# Messages that are taken up together.
LOT = 20
# What takes less than this, in seconds, wears off little of a lease.
AT_EASE = 5


def _give_up(mail_id: int) -> None:
    """Its job was tried as often as jobs are."""
    mail = _mail(mail_id)
    if mail is not None and mail.state in {QUEUED, SENDING}:
        _settle_in_place(mail, FAILED if mail.state == QUEUED else UNCERTAIN, mail.problem)


@job(SEND, long=True, given_up=_give_up, lot=LOT)
def send(mail_id: int) -> None:
    """Send one queued message: never twice, whatever dies in between."""
    line = delivery(current_app)
    if not _is_to_be_sent(mail_id, line):
        return
    try:
        _connect(line)
        _hand_over(mail_id, line)
    except CannotBeWritten as problem:
        _settle(mail_id, FAILED, str(problem))
    except NotAccepted as problem:
        if problem.permanent:
            _refused(mail_id, problem)
        else:
            _try_later(mail_id, problem)
    except CannotSign as problem:
        _try_later(mail_id, problem)
    except Unknown as problem:
        if problem.may_be_asked:
            raise NotYet(clock.now() + ASKED_AFTER, str(problem)) from problem
        _settle(mail_id, UNCERTAIN, str(problem))


def _connect(line: Delivery) -> None:
    """A mail server may take its time, up to what a lease bears."""
    begun = time.monotonic()
    line.connect()
    if time.monotonic() - begun > AT_EASE:
        heartbeat()


# Statements are made once: for every message some of them are sent.
_table = Mail.__table__
_MAIL = select(Mail).where(Mail.id == bindparam("mail_id")).execution_options(populate_existing=True)
_MAIL_HELD = _MAIL.with_for_update()
_BEGIN = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("mail_id"), _table.c.state == QUEUED)
    .values(state=SENDING, sha256=bindparam("hash"), kept=bindparam("bytes"))
)
_SENT = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("mail_id"), _table.c.state.not_in((SENT, FAILED, DROPPED)))
    .values(state=SENT, problem="", settled_at=bindparam("now"), payload={})
    .returning(_table.c.to_address)
)


def _mail(mail_id: int, *, held: bool = False) -> Mail | None:
    """The row as it is; held: nobody else changes it until this transaction ends."""
    statement = _MAIL_HELD if held else _MAIL
    return db.session.scalars(statement, {"mail_id": mail_id}).one_or_none()


def _is_to_be_sent(mail_id: int, line: Delivery) -> bool:
    with unit_of_work():
        mail = _mail(mail_id, held=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return False
        if mail.state == QUEUED:
            if reason := why_not(mail.purpose, mail.to_address, to_many=is_to_many(mail.purpose)):
                _settle_in_place(mail, FAILED, reason)
                return False
            turn = _turn_of(mail)
            token = ""
        else:
            token = mail.token
    if token:
        return _is_found_unsent(mail_id, line, token)
    if turn > clock.now():
        raise NotYet(turn)
    return True


def _turn_of(mail: Mail) -> datetime:
    """When it may go. A message that is given a later turn keeps it."""
    now = clock.now()
    if not is_to_many(mail.purpose):
        return now
    settings = current_app.extensions["settings"]
    paced = settings.mail_per_minute or settings.mail_per_minute_to_a_domain
    if mail.turn_at is not None and mail.turn_at > now + MOST_AHEAD:
        mail.turn_at = None
    if mail.turn_at is None and paced:
        mail.turn_at = take_turn(
            mail.to_address,
            now,
            in_all=settings.mail_per_minute,
            to_a_domain=settings.mail_per_minute_to_a_domain,
        )
    return max(mail.turn_at or now, free_from(mail.to_address, now))


def _is_found_unsent(mail_id: int, line: Delivery, token: str) -> bool:
    """Somebody died while sending it, or the line broke: the other side is asked, where it can be."""
    try:
        known = line.accepted(token)
    except NotAccepted as problem:
        raise NotYet(clock.now() + ASKED_AFTER, str(problem)) from problem
    if known is None:
        _settle(mail_id, UNCERTAIN, "The hub stopped while this was being sent.")
    elif known:
        _settle(mail_id, SENT)
    else:
        _settle(mail_id, QUEUED)
    return known is False


def _refused(mail_id: int, problem: NotAccepted) -> None:
    """For good; where there is no such mailbox, nothing more goes there."""
    with unit_of_work():
        mail = _mail(mail_id, held=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return
        _settle_in_place(mail, FAILED, str(problem))
        count(REFUSED, mail.to_address)
        if problem.is_of_the_address:
            note_failure(mail.to_address, judged(str(problem)))


def _try_later(mail_id: int, problem: NotAccepted | CannotSign) -> None:
    """With growing pauses; who asked for patience is left alone by what is sent to many. Raises NotYet."""
    with unit_of_work():
        mail = _mail(mail_id, held=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return
        mail.tries += 1
        if mail.tries > MOST_TRIES:
            _settle_in_place(mail, FAILED, str(problem))
            return
        _queue_anew(mail, str(problem))
        if isinstance(problem, NotAccepted):
            count(DEFERRED, mail.to_address)
        if isinstance(problem, NotAccepted) and problem.is_of_the_server:
            leave_alone(ALL, clock.now())
        elif isinstance(problem, NotAccepted) and problem.asks_for_patience:
            leave_alone(domain_of(mail.to_address), clock.now())
        pause = min(FIRST_PAUSE * 2 ** (mail.tries - 1), LONGEST_PAUSE)
    raise NotYet(clock.now() + pause, str(problem))


def _hand_over(mail_id: int, line: Delivery) -> None:
    begin_reading()
    db.session.rollback()
    mail = _mail(mail_id)
    email = compose(mail) if mail is not None and mail.state == QUEUED else None
    if mail is None or email is None:
        db.session.rollback()
        _settle(mail_id, DROPPED, only=QUEUED)
        return
    message = build(mail, email)
    db.session.rollback()  # nothing of the database is held while the other side takes its time
    if line.deliver(message, lambda: _begin_sending(mail_id, message)):
        _settle(mail_id, SENT, last=True)


def _begin_sending(mail_id: int, message: Outgoing) -> bool:
    """The instant before it is handed over: whoever changes the state from queued goes on, alone."""
    told = {
        "mail_id": mail_id,
        "hash": hashlib.sha256(message.raw).hexdigest(),
        "bytes": zlib.compress(message.raw) if message.to_many else None,
    }
    with unit_of_work() as session:
        keep_lease(LEASE + timedelta(seconds=PATIENCE_AFTER_TEXT))
        alone = bool(session.execute(_BEGIN, told).rowcount == 1)  # type: ignore[attr-defined]
        if alone and message.email.begun is not None:
            message.email.begun()
        return alone


def _settle(
    mail_id: int, state: str, problem: str = "", *, only: str | None = None, last: bool = False
) -> None:
    with unit_of_work():
        if last:
            finish_with_this()
        if state == SENT:
            _was_taken(mail_id)
            return
        mail = _mail(mail_id, held=True)
        if mail is None or (only and mail.state != only) or mail.state in {SENT, FAILED, DROPPED}:
            return
        if state == QUEUED:
            _queue_anew(mail, problem)
        else:
            _settle_in_place(mail, state, problem)


def _was_taken(mail_id: int) -> None:
    """The other side took it. What it was made from may hold links that let somebody in: it goes."""
    told = {"mail_id": mail_id, "now": clock.now()}
    address = db.session.execute(_SENT, told).scalar_one_or_none()
    if address is not None:
        count(DELIVERED, address)
        note_taken(address)


def _queue_anew(mail: Mail, problem: str) -> None:
    mail.state, mail.problem, mail.settled_at = QUEUED, problem[:2000], None
    enqueue_mails(mail.purpose, [mail.id])  # unless its job is open still, which is the rule


def _settle_in_place(mail: Mail, state: str, problem: str) -> None:
    """It failed, was dropped, or is uncertain."""
    mail.state, mail.problem, mail.settled_at = state, problem[:2000], clock.now()
    if state == UNCERTAIN:
        return
    was_not_sent(mail)
    mail.sha256, mail.kept, mail.payload = "", None, {}


def build(mail: Mail, email: Email) -> Outgoing:
    """The message of a row as it travels. Its Message-ID is the row's (or what its
    composer says): the same however often it is tried. Raises CannotBeWritten and CannotSign."""
    settings = current_app.extensions["settings"]
    sender = address(settings.mail_from, email.sender_name or current_app.extensions["hub_name"]())
    raw = written(email, sender=sender, to=mail.to_address, token=mail.token, at=clock.now())
    return Outgoing(
        token=mail.token,
        sender=_return_path(mail, email, sender.addr_spec),
        recipient=address(mail.to_address).addr_spec,
        raw=signed(raw, signers_of(settings)),
        email=email,
        to_many=is_to_many(mail.purpose),
    )


def _return_path(mail: Mail, email: Email, ours: str) -> str:
    """Who is told when it cannot be delivered: nobody, of an answer."""
    if email.answers:
        return ""
    of_its_own = mail_comes_in() and current_app.extensions["settings"].mail_return_path == "each"
    return signed_address(RETURN_PATH, mail.token) if of_its_own else ours
