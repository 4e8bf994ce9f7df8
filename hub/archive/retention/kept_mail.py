"""Mail that is kept in the hub and says an erased post's words goes with them."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select, update

from hub.core.database import db
from hub.core.delivery import Folder
from hub.core.mail import Mail

from .reaching import also_in

# Messages whose bytes are looked through at a time.
LOT = 200


@also_in("kept_mail")
def _kept_mail(stands_in: Callable[[str], bool]) -> int:
    """The whole message: a mail cannot be taken back, but its copies here can."""
    folder = Folder(current_app.extensions["settings"].folder("mail"))
    gone = 0
    for token, message in folder.messages():
        if _says(message, stands_in):
            (folder.folder / f"{token}.eml").unlink(missing_ok=True)
            gone += 1
    return gone


@also_in("kept_bytes")
def _kept_bytes(stands_in: Callable[[str], bool]) -> int:
    """The bytes of mail to many, which are kept for two weeks."""
    kept = select(Mail).where(Mail.kept.is_not(None)).order_by(Mail.id).execution_options(yield_per=LOT)
    told = [mail.id for mail in db.session.scalars(kept) if _says(_read(mail.raw or b""), stands_in)]
    for first in range(0, len(told), LOT):
        db.session.execute(update(Mail).where(Mail.id.in_(told[first : first + LOT])).values(kept=None))
    return len(told)


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _says(message: EmailMessage, stands_in: Callable[[str], bool]) -> bool:
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return any(stands_in(text) for text in [str(message["Subject"] or ""), *parts])
