"""Reports about mail that the hub sent: what they say (RFC 3464, 5965, 6533), and which mail they are about.

Nothing here trusts them: whom a report names counts only beside a mail that it shows to be about.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from email.utils import parseaddr

from flufl.bounce import all_failures
from sqlalchemy import select

from hub.core.addressing import signed_token
from hub.core.database import db
from hub.core.mail import RETURN_PATH, Mail
from hub.core.message import OWN_TOKEN

from .reading import Arrived, header

FAILED, DELAYED, OTHER = "failed", "delayed", "other"
_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINALS = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
# How much of a report's text is looked through for what a mail server said, in characters.
LOOKED_THROUGH = 10_000

_fields = HeaderParser(policy=policy.compat32)


@dataclass(frozen=True)
class Report:
    """What became of one recipient. outcome: failed (for good), delayed, or other (delivered, relayed ...).
    status: 5.1.1 and such. said: a mail server's words. recipients: as the report names them."""

    outcome: str
    status: str = ""
    said: str = ""
    recipients: frozenset[str] = frozenset()


def reports(arrived: Arrived) -> list[Report]:
    """What the message reports of deliveries, in the standard's form or in one from before it."""
    found = [_report(block) for part in _parts(arrived, _STATUS) for block in _blocks(part)]
    return [report for report in found if report is not None] or _old_reports(arrived)


def _report(block: Message) -> Report | None:
    action = header(block, "Action").lower()
    status = header(block, "Status").split(" ")[0]
    if not action and not status:
        return None  # of the message, not of a recipient
    if action == FAILED or (not action and status.startswith("5")):
        outcome = FAILED
    else:
        outcome = DELAYED if action == DELAYED else OTHER
    said = header(block, "Diagnostic-Code").partition(";")[2].strip() or header(block, "Diagnostic-Code")
    names = (header(block, name).rpartition(";")[2] for name in ("Final-Recipient", "Original-Recipient"))
    recipients = frozenset(parseaddr(name)[1].lower() for name in names) - {""}
    return Report(outcome, status, said or status, recipients)


def _old_reports(arrived: Arrived) -> list[Report]:
    """In the forms of mail servers that do not follow the standard, which mailing lists have met."""
    try:
        delayed, failed = all_failures(arrived.message)
    except Exception:  # its detectors meet what they did not foresee
        return []
    said = " ".join(_text(arrived).split())[:LOOKED_THROUGH]
    if failed:
        names = frozenset(one.decode("utf-8", "replace").lower() for one in failed)
        return [Report(FAILED, "", _what_was_said(said), names)]
    return [Report(DELAYED)] if delayed else []


def _what_was_said(text: str) -> str:
    """The words after the first code of failure, or the beginning."""
    for code in ("550", "551", "552", "553", "554"):
        place = text.find(f"{code} ")
        if place >= 0:
            return text[place : place + 300]
    return text[:300]


def complaint(arrived: Arrived) -> str | None:
    """The kind of complaint that the message reports ("abuse", "fraud" ...); None when it is none."""
    for part in _parts(arrived, {"message/feedback-report"}):
        for block in _blocks(part):
            if kind := header(block, "Feedback-Type").lower():
                return kind
    return None


def mail_of(arrived: Arrived) -> Mail | None:
    """Which of the hub's messages it is about: by the address that it came to, which was signed for that
    message alone, or by what of the message came back. Only whoever got the message can know either."""
    for token in _tokens(arrived):
        mail = db.session.scalar(select(Mail).where(Mail.token == token).with_for_update())
        if mail is not None:
            return mail
    return None


def came_to_a_return_path(arrived: Arrived) -> bool:
    return any(signed_token(RETURN_PATH, address) for address in arrived.recipients)


def _tokens(arrived: Arrived) -> Iterator[str]:
    addresses = list(arrived.recipients)
    originals = list(_originals(arrived))
    for block in (block for part in _parts(arrived, {"message/feedback-report"}) for block in _blocks(part)):
        addresses.append(header(block, "Original-Mail-From"))
    addresses += [header(original, "Return-Path") for original in originals]
    for address in addresses:
        if (token := signed_token(RETURN_PATH, parseaddr(address)[1] or address)) is not None:
            yield token
    for original in originals:
        yield header(original, OWN_TOKEN)[:24]
        yield header(original, "Message-ID").strip("<> ").partition("@")[0][:24]


def _originals(arrived: Arrived) -> Iterator[Message]:
    """The headers of messages that came back."""
    for part in _parts(arrived, _ORIGINALS):
        inner = part.get_payload()
        if isinstance(inner, list):
            yield from (one for one in inner if isinstance(one, Message))
        else:
            yield _fields.parsestr(_decoded(part), headersonly=True)


def _parts(arrived: Arrived, kinds: set[str]) -> Iterator[Message]:
    """Parts of these kinds, but none from inside a message that came back."""
    waiting: list[Message] = [arrived.message]
    while waiting:
        part = waiting.pop(0)
        kind = part.get_content_type()
        if kind in kinds:
            yield part
        if kind.startswith("multipart/") and isinstance(part.get_payload(), list):
            waiting += part.get_payload()


def _blocks(part: Message) -> list[Message]:
    """The blocks of fields of a report, one after another."""
    inner = part.get_payload()
    if isinstance(inner, list):  # taken apart already, or taken for a message
        text = "\n\n".join(_as_it_came(one) for one in inner if isinstance(one, Message))
    else:
        text = _decoded(part)
    if header(part, "Content-Transfer-Encoding").lower() == "base64" and ":" not in text:
        text = _from_base64(text)  # the standard forbids it, so the parser leaves it as it is
    blocks = text.replace("\r\n", "\n").strip().split("\n\n")
    return [_fields.parsestr(block, headersonly=True) for block in blocks]


def _as_it_came(block: Message) -> str:
    """Its fields, which mail servers write in whatever characters they have, and what stands under them."""
    fields = [f"{name}: {value}" for name, value in block.raw_items()]  # type: ignore[attr-defined]
    body = block.get_payload()
    text = "\n".join([*fields, "", body if isinstance(body, str) else ""])
    return text.encode("utf-8", "replace").decode().strip()


def _from_base64(text: str) -> str:
    with suppress(ValueError):
        return base64.b64decode("".join(text.split())).decode("utf-8", "replace")
    return ""


def _decoded(part: Message) -> str:
    try:
        raw = part.get_payload(decode=True)
    except UnicodeError:  # bytes that are no characters, under a header that says otherwise
        return ""
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _text(arrived: Arrived) -> str:
    message = arrived.message
    try:
        body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    except Exception:  # what says that it has parts may have none
        return ""
    return _decoded(body) if body is not None else ""
