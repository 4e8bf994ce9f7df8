"""Mail: every message is a row first, and composed at the moment of sending, when access is checked again.

States: queued, sending, sent, failed, dropped (its composer found nothing that may be sent), uncertain
(the other side may have accepted it just as we died: shown, never sent again blindly).

A message is *sending* only from the instant before the byte that hands it over until its answer is kept. A
worker that dies before that leaves it queued, and it is sent later; two workers that meet over one message
cannot both pass that instant.

Mail *to many* (digests, notices) is paced, leaves after what somebody waits for, and its bytes are kept for
two weeks. Of other mail nothing is kept: it may hold links that let somebody in.
"""

import hashlib
import time
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .addressees import forget_old, judged, note_failure, note_taken, why_not
from .addressing import mail_comes_in, signed_address
from .audit import record
from .carrying import NotYet, finish_with_this, heartbeat, keep_lease
from .database import Base, UtcDateTime, begin_reading, db, new_token, unit_of_work
from .delivery import PATIENCE_AFTER_TEXT, Delivery, Folder, NotAccepted, Unknown, delivery
from .dkim import CannotSign, signed, signers_of
from .jobs import AFTERWARDS, FIRST, LEASE, enqueue, job, scheduled
from .mail_days import DEFERRED, DELIVERED, REFUSED, count, forget_days
from .message import CannotBeWritten, Email, Outgoing, address, travelling
from .message import build as build_message
from .pacing import ALL, domain_of, forget_paces, free_from, leave_alone, take_turn
from .policy import Actor

__all__ = ["Email", "Mail", "composer", "keeps_mail", "post_mail", "send_again", "when_settled"]

QUEUED, SENDING, SENT = "queued", "sending", "sent"
FAILED, DROPPED, UNCERTAIN = "failed", "dropped", "uncertain"

# Rows of settled mail name people's addresses: they are kept as long as somebody may ask what became of it.
KEPT = timedelta(days=90)
# The bytes of mail to many: as long as somebody asks what exactly they were sent.
BYTES_KEPT = timedelta(days=14)

# What comes back, comes to an address that is signed for its message alone.
RETURN_PATH = "bounce"

# Pauses after temporary failures: each twice the one before. Four days in all, as mail servers do (RFC 5321).
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
MOST_TRIES = 32
# An other side that can be asked what it took is asked when whatever was on its way must have arrived.
ASKED_AFTER = timedelta(minutes=10)
# What takes less than this, in seconds, wears off little of a lease.
AT_EASE = 5


def keeps_mail() -> bool:
    """Whether no mail server is set, so that messages stay in the hub, where an administrator reads them."""
    return not current_app.extensions["settings"].mail_url.get_secret_value()


class Mail(Base):
    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    purpose: Mapped[str] = mapped_column(String(60), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(320))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), default=QUEUED, index=True)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    problem: Mapped[str] = mapped_column(Text, default="")
    # How often it was refused for now.
    tries: Mapped[int] = mapped_column(default=0)
    # The turn that it was given, when it came too soon.
    turn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the very bytes that were handed over, in hexadecimal; the bytes themselves, compressed.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    kept: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # When the other side said that it had arrived, where it says so.
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # When a report said that it was not delivered after all.
    came_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def raw(self) -> bytes | None:
        """The bytes that were handed over; None when they are not kept, or no longer."""
        return zlib.decompress(self.kept) if self.kept is not None else None


Composer = Callable[[Mail], Email | None]
Settled = Callable[[Mail], None]
_composers: dict[str, Composer] = {}
_settled: dict[str, Settled] = {}
_to_many: set[str] = set()


def composer(purpose: str, *, to_many: bool = False) -> Callable[[Composer], Composer]:
    """Register what writes messages of a purpose. It only reads, and returns None when nothing may be sent
    any more. to_many: nobody waits for one, and none holds a secret."""

    def register(compose: Composer) -> Composer:
        _composers[purpose] = compose
        if to_many:
            _to_many.add(purpose)
        return compose

    return register


def purposes_to_many() -> frozenset[str]:
    return frozenset(_to_many)


def when_settled(purpose: str) -> Callable[[Settled], Settled]:
    """Register what must follow, in the same transaction, when a message of a purpose is sent, failed,
    dropped or uncertain."""

    def register(follow: Settled) -> Settled:
        _settled[purpose] = follow
        return follow

    return register


def post_mail(
    purpose: str, to_address: str, *, key: str, person_id: int | None = None, **payload: Any
) -> int | None:
    """Queue a message in the current transaction; its id. A key that was ever used sends nothing again."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {
        "token": new_token(),
        "purpose": purpose,
        "key": key,
        "to_address": to_address,
        "person_id": person_id,
        "payload": payload,
        "state": QUEUED,
        "queued_at": clock.now(),
        "problem": "",
        "tries": 0,
        "sha256": "",
    }
    made: int | None = db.session.execute(
        dialect.insert(Mail).values(values).on_conflict_do_nothing().returning(Mail.id)
    ).scalar_one_or_none()
    if made is not None:
        _enqueue(made, purpose)
    return made


def send_again(actor: Actor, mail: Mail) -> bool:
    """An administrator decides that an uncertain message goes out once more. Others never do."""
    again = db.session.execute(
        update(Mail.__table__)  # type: ignore[arg-type]
        .where(Mail.id == mail.id, Mail.state == UNCERTAIN)
        .values(state=QUEUED, settled_at=None, problem="", tries=0)
    )
    if again.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _enqueue(mail.id, mail.purpose)
    record(actor, "mail.sent_again", mail)
    return True


def _enqueue(mail_id: int, purpose: str) -> None:
    rank = AFTERWARDS if purpose in _to_many else FIRST
    enqueue("mail.send", key=f"mail:{mail_id}", rank=rank, mail_id=mail_id)


def _give_up(mail_id: int) -> None:
    """Its job was tried as often as jobs are."""
    mail = db.session.get(Mail, mail_id)
    if mail is not None and mail.state in {QUEUED, SENDING}:
        _settle_in_place(mail, FAILED if mail.state == QUEUED else UNCERTAIN, mail.problem)


@job("mail.send", long=True, given_up=_give_up)
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


def _is_to_be_sent(mail_id: int, line: Delivery) -> bool:
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return False
        if mail.state == QUEUED:
            if reason := why_not(mail.purpose, mail.to_address, to_many=mail.purpose in _to_many):
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
    if mail.purpose not in _to_many:
        return now
    settings = current_app.extensions["settings"]
    paced = settings.mail_per_minute or settings.mail_per_minute_to_a_domain
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
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state not in {QUEUED, SENDING}:
            return
        _settle_in_place(mail, FAILED, str(problem))
        count(REFUSED, mail.to_address)
        if problem.is_of_the_address:
            note_failure(mail.to_address, judged(str(problem)))


def _try_later(mail_id: int, problem: NotAccepted | CannotSign) -> None:
    """With growing pauses; who asked for patience is left alone by what is sent to many. Raises NotYet."""
    with unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
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
    mail = db.session.get(Mail, mail_id)
    email = _composers[mail.purpose](mail) if mail is not None and mail.state == QUEUED else None
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
    kept = zlib.compress(message.raw) if message.to_many else None
    with unit_of_work() as session:
        keep_lease(LEASE + timedelta(seconds=PATIENCE_AFTER_TEXT))
        begun = session.execute(
            update(Mail.__table__)  # type: ignore[arg-type]
            .where(Mail.id == mail_id, Mail.state == QUEUED)
            .values(state=SENDING, sha256=hashlib.sha256(message.raw).hexdigest(), kept=kept)
        )
        alone = bool(begun.rowcount == 1)  # type: ignore[attr-defined]
        if alone and message.email.begun is not None:
            message.email.begun()
        return alone


def _settle(
    mail_id: int, state: str, problem: str = "", *, only: str | None = None, last: bool = False
) -> None:
    with unit_of_work() as session:
        if last:
            finish_with_this()
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or (only and mail.state != only) or mail.state in {SENT, FAILED, DROPPED}:
            return
        if state == QUEUED:
            _queue_anew(mail, problem)
        else:
            _settle_in_place(mail, state, problem)


def _queue_anew(mail: Mail, problem: str) -> None:
    mail.state, mail.problem, mail.settled_at = QUEUED, problem[:2000], None
    _enqueue(mail.id, mail.purpose)  # unless its job is open still, which is the rule


def _settle_in_place(mail: Mail, state: str, problem: str) -> None:
    mail.state, mail.problem, mail.settled_at = state, problem[:2000], clock.now()
    if state == SENT:
        count(DELIVERED, mail.to_address)
        note_taken(mail.to_address)
    if (follow := _settled.get(mail.purpose)) is not None:
        follow(mail)
    if state not in {SENT, UNCERTAIN}:
        mail.sha256, mail.kept = "", None
    if state != UNCERTAIN:
        mail.payload = {}  # links that let somebody in are not kept longer than needed


def build(mail: Mail, email: Email) -> Outgoing:
    """The message of a row as it travels. Its Message-ID is the row's (or what its
    composer says): the same however often it is tried. Raises CannotBeWritten and CannotSign."""
    settings = current_app.extensions["settings"]
    sender = address(settings.mail_from, email.sender_name or current_app.extensions["hub_name"]())
    message = build_message(email, sender=sender, to=mail.to_address, token=mail.token, at=clock.now())
    return Outgoing(
        token=mail.token,
        sender=_return_path(mail, email, sender.addr_spec),
        recipient=address(mail.to_address).addr_spec,
        raw=signed(travelling(message), signers_of(settings)),
        email=email,
        to_many=mail.purpose in _to_many,
    )


def _return_path(mail: Mail, email: Email, ours: str) -> str:
    """Who is told when it cannot be delivered: nobody, of an answer."""
    if email.answers:
        return ""
    of_its_own = mail_comes_in() and current_app.extensions["settings"].mail_return_path == "each"
    return signed_address(RETURN_PATH, mail.token) if of_its_own else ours


@job("mail.forget")
def forget() -> None:
    """Forget what was settled long ago, and what was kept in the hub of it."""
    forget_paces(clock.now())
    db.session.execute(
        update(Mail)
        .where(Mail.kept.is_not(None), Mail.settled_at < clock.now() - BYTES_KEPT)
        .values(kept=None)
    )
    forget_days()
    forget_old()
    Folder(current_app.extensions["settings"].folder("mail")).forget(clock.now() - KEPT)
    db.session.execute(delete(Mail.__table__).where(Mail.settled_at < clock.now() - KEPT))  # type: ignore[arg-type]


scheduled("mail.forget", timedelta(days=1))
