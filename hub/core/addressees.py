"""What is known of addresses that mail goes to: only those with whom something was wrong have a row.

A *hard* failure (there is no such mailbox) stops all mail but what its owner asked for a moment ago: such a
link may show that the address lives again. *Soft* failures (the mailbox is full) stop mail when they go on
for days; after a pause it is tried once more. A *complaint* (somebody called our mail spam) stops mail to
many until its owner chooses it again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, Text, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Base, UtcDateTime, db, new_token

# How often an address must have failed for a while, on different days, over how long, before mail stops. A
# mailbox that is full over a holiday is not given up.
SOFT_DAYS = 5
SOFT_OVER = timedelta(days=7)
# Then one message tries it again.
TRIED_AGAIN_AFTER = timedelta(days=14)
# Mail servers tell within five days that they gave up (RFC 5321): what was taken longer ago than that, and
# did not come back, has arrived.
ARRIVED_AFTER = timedelta(days=6)
# Failures that lie further apart than this have nothing to do with each other.
FORGOTTEN_AFTER = timedelta(days=40)

# What somebody asked for a moment ago, at that address: it is sent whatever is known.
ASKED_FOR = frozenset(
    {
        "account.confirm",
        "account.known",
        "account.recover",
        "account.change_email",
        "digest.confirm",
        "subscriptions.links",
    }
)

# Who has not been mailed for so long may be tried again: addresses are not kept for good.
KEPT = timedelta(days=730)

HARD, SOFT, NEITHER = "hard", "soft", "neither"

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BASIC = re.compile(r"^\D{0,20}\b([45]\d\d)\b")


class MailAddress(Base):
    __tablename__ = "mail_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    # In small letters.
    address: Mapped[str] = mapped_column(String(320), unique=True)
    # What the other side said last.
    problem: Mapped[str] = mapped_column(Text, default="")
    # Since when there is no such mailbox.
    hard_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Failures for a while: the first, the last, and on how many days.
    soft_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_days: Mapped[int] = mapped_column(default=0)
    # The first message after the last failure that a mail server took.
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    complained_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)

    @property
    def is_soft_stopped(self) -> bool:
        """Whether it failed for days. True also while it is tried again."""
        return (
            self.soft_since is not None
            and self.failed_at is not None
            and self.failed_days >= SOFT_DAYS
            and self.failed_at - self.soft_since >= SOFT_OVER
        )

    @property
    def gets_nothing(self) -> bool:
        """Whether mail to it stops now."""
        if self.hard_since is not None:
            return True
        failed = self.failed_at
        return self.is_soft_stopped and failed is not None and clock.now() - failed < TRIED_AGAIN_AFTER


@dataclass(frozen=True)
class Failure:
    """What a mail server said. kind: hard, soft, or neither: it is about the message or about us, not about
    the mailbox."""

    kind: str
    said: str


def judged(said: str, status: str = "") -> Failure:
    """What an answer or a report of a permanent failure means for the address. status: an enhanced status
    code (RFC 3463), if the report has one; where it says little, what the server said says more."""
    inside = _ENHANCED.search(said)
    if inside is not None and (not status or status.endswith(".0.0")):
        status = inside.group(0)
    found = _ENHANCED.fullmatch(status.strip())
    if found is not None and found.group(0)[1:] != ".0.0":
        return Failure(_by_status(found.group(1), found.group(2), found.group(3)), said)
    basic = _BASIC.match(said)
    code = basic.group(1) if basic else ""
    if code in {"550", "551", "553"} or (not code and found is not None and found.group(1) == "5"):
        return Failure(HARD, said)
    return Failure(SOFT, said)


def _by_status(kind: str, subject: str, detail: str) -> str:
    if subject in {"6", "7"} or (subject, detail) in {("1", "7"), ("1", "8"), ("2", "3"), ("3", "4")}:
        return NEITHER  # content, policy, our own address, a message too large
    gone = subject == "1" or (subject, detail) in {("2", "1"), ("4", "1"), ("4", "4")}
    return HARD if kind == "5" and gone else SOFT


def why_not(purpose: str, address: str, *, to_many: bool) -> str:
    """Why nothing of that purpose is sent to the address now; empty when it is."""
    known = known_of(address)
    if known is None or purpose in ASKED_FOR:
        return ""
    if known.gets_nothing:
        return f"Not sent: mail to this address came back ({known.problem[:300]})."
    if to_many and known.complained_at is not None:
        return "Not sent: somebody at this address reported such mail as unwanted."
    return ""


# Made once: every message asks it.
_KNOWN = select(MailAddress).where(MailAddress.address == bindparam("address"))


def known_of(address: str) -> MailAddress | None:
    return db.session.scalar(_KNOWN, {"address": address.strip().lower()})


def closed_to_lists(addresses: Iterable[str]) -> set[str]:
    """Of addresses those to which nothing that is sent to many goes now, in small letters: it need not be
    written down first. One query for all of them."""
    asked = {address.strip().lower() for address in addresses}
    if not asked:
        return set()
    known = db.session.scalars(select(MailAddress).where(MailAddress.address.in_(asked)))
    return {one.address for one in known if one.gets_nothing or one.complained_at is not None}


def note_failure(address: str, failure: Failure) -> None:
    """Mail to it failed for good. Counts once a day."""
    if failure.kind == NEITHER:
        return
    known, now = _row(address), clock.now()
    known.problem, known.taken_at, known.changed_at = _plain(failure.said), None, now
    if failure.kind == HARD:
        known.hard_since = known.hard_since or now
        return
    if known.failed_at is None or now - known.failed_at > FORGOTTEN_AFTER:
        known.soft_since, known.failed_days = now, 1
    elif known.failed_at.date() != now.date():
        known.failed_days += 1
    known.failed_at = now


def note_taken(address: str) -> None:
    """A mail server took a message to it. When none comes back for days, all is well again."""
    known = known_of(address)
    if known is None or known.soft_since is None:
        return
    now = clock.now()
    known.taken_at = known.taken_at or now
    if now - known.taken_at >= ARRIVED_AFTER:
        works(address)


def note_complaint(address: str) -> None:
    known = _row(address)
    known.complained_at = known.changed_at = clock.now()


def works(address: str) -> None:
    """Its owner showed that it works (a link that was mailed to it was used), or asks to try it again. That
    mail was unwanted once stays known."""
    known = known_of(address)
    if known is None:
        return
    if known.complained_at is None:
        db.session.delete(known)
        return
    known.hard_since = known.soft_since = known.failed_at = known.taken_at = None
    known.failed_days, known.problem = 0, ""


def wants_mail_again(address: str) -> None:
    """Its owner chose mail to many, after having called it unwanted."""
    known = known_of(address)
    if known is None or known.complained_at is None:
        return
    known.complained_at = None
    if known.hard_since is None and known.soft_since is None:
        db.session.delete(known)


def forget_old() -> None:
    """Addresses to which nothing was sent for so long that nobody knows any more."""
    db.session.execute(delete(MailAddress).where(MailAddress.changed_at < clock.now() - KEPT))


def _row(address: str) -> MailAddress:
    known = known_of(address)
    if known is None:
        known = MailAddress(address=address.strip().lower(), failed_days=0, problem="")
        db.session.add(known)
        db.session.flush()
    return known


def _plain(said: str) -> str:
    return " ".join(said.replace("\0", "").encode("utf-8", "replace").decode().split())[:1000]
