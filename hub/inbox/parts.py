"""What a message is made of: the words that its sender wrote, and what they came with.

Plain text counts before HTML. What cannot become a post is named, so that its sender can be told; what mail
programs add by themselves (signatures' pictures, cards with an address) is dropped without a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

from hub.core.markup import tidy

from .flowed import unflowed
from .from_html import as_markdown

# More is no letter. Reading stops here, so that a message made to keep us busy does not.
MOST_PARTS = 200
LONGEST_READ = 200_000

# Kinds of what is left out.
FILE, PICTURE, INVITATION, FORWARDED = "file", "picture", "invitation", "forwarded"

ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[\w-]+:[^\n]*\n)*\n?(.*?)"
    r"^-----BEGIN PGP SIGNATURE-----.*?"
    r"(?:^-----END PGP SIGNATURE-----|\Z)",
    re.MULTILINE | re.DOTALL,
)
# What programs write into plain text where a picture stood.
PICTURE_MARK = re.compile(r"<?\[(?:cid|image|inline image|inline):\s*([^\]\n]{1,200})\]>?", re.IGNORECASE)

# Added by mail programs and by nobody's wish.
UNASKED = frozenset(
    {
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pkix-cert",
    }
)
INVITATIONS = frozenset({"text/calendar", "application/ics"})


class Unreadable(ValueError):
    """Its sender has to send it otherwise: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Enclosed:
    """A file or a picture. cid: how the text points at it. attached: it stands beside the text, not in it."""

    kind: str
    name: str
    content: bytes = field(repr=False)
    cid: str = ""
    attached: bool = True


@dataclass
class Letter:
    """What somebody wrote, with everything that their program quoted and added. left_out: (kind, name)."""

    text: str = ""
    enclosed: list[Enclosed] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def letter_of(raw: bytes) -> Letter:
    """Read by the parser that takes whatever comes. Raises Unreadable for what is encrypted, or sealed so
    that only a mail program opens it."""
    message = message_from_bytes(raw)
    letter = Letter()
    texts: list[str] = []
    budget = iter(range(MOST_PARTS))
    for part in _parts(message, budget):
        _read(part, texts, letter)
    text = "\n\n".join(one for one in texts if one.strip())
    if ENCRYPTED.search(text):
        raise Unreadable("encrypted")
    letter.text = SIGNED.sub(lambda found: re.sub(r"^- ", "", found[1], flags=re.MULTILINE), text)
    return letter


def headers(raw: bytes) -> Message:
    """Only them, in their order, by the same parser."""
    return BytesHeaderParser().parsebytes(raw)


def without_picture_marks(text: str) -> tuple[str, list[str]]:
    """The text without the marks of pictures, and which they name."""
    return PICTURE_MARK.sub("", text), PICTURE_MARK.findall(text)


def _parts(part: Message, budget: Iterator[int]) -> Iterator[Message]:
    """The parts that count, in order: of alternatives the best, of what is signed its content."""
    if next(budget, None) is None:
        return
    kind = part.get_content_type()
    if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        sealed = str(part.get_param("smime-type") or "").lower() == "signed-data"
        raise Unreadable("sealed" if sealed else "encrypted")
    if kind == "multipart/encrypted":
        raise Unreadable("encrypted")
    if not part.is_multipart() or kind == "message/rfc822" or part.get_content_maintype() == "message":
        yield part
        return
    inner = [one for one in part.get_payload() if isinstance(one, Message)]
    if kind == "multipart/alternative":
        inner = _best(inner)
    elif kind == "multipart/signed":
        inner = inner[:1]
    for one in inner:
        yield from _parts(one, budget)


def _best(alternatives: list[Message]) -> list[Message]:
    """Plain text where it says anything; else the last that we understand. Invitations stand beside it."""
    others = [one for one in alternatives if one.get_content_type() in INVITATIONS]
    plain = [one for one in alternatives if one.get_content_type() == "text/plain" and decoded(one).strip()]
    if plain:
        rich = [one for one in alternatives if one.is_multipart()]
        beside = [inner for one in rich for inner in one.get_payload() if isinstance(inner, Message)]
        return [plain[0], *(one for one in beside if one.get_content_maintype() != "text"), *others]
    return [one for one in alternatives if one not in others][-1:] + others


def _read(part: Message, texts: list[str], letter: Letter) -> None:
    kind, name = part.get_content_type(), _name(part)
    if kind in UNASKED:
        return
    if kind in INVITATIONS:
        if (INVITATION, "") not in letter.left_out:
            letter.left_out.append((INVITATION, ""))
    elif part.get_content_maintype() == "message":
        letter.left_out.append((FORWARDED, ""))
    elif part.get_content_maintype() == "image":
        cid, attached = str(part.get("Content-ID", "")), part.get_content_disposition() == "attachment"
        letter.enclosed.append(Enclosed(PICTURE, name, _bytes(part), cid, attached))
    elif kind in {"text/plain", "text/html"} and part.get_content_disposition() != "attachment" and not name:
        texts.append(_text(part, kind))
    else:
        letter.enclosed.append(Enclosed(FILE, name, _bytes(part)))


def _text(part: Message, kind: str) -> str:
    text = decoded(part)
    if kind == "text/html":
        return as_markdown(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def decoded(part: Message) -> str:
    """The text of a part whatever it calls its characters, with one kind of line end."""
    raw = _bytes(part)[:LONGEST_READ]
    for charset in (_charset(part), "utf-8"):
        try:
            text = raw.decode(charset)
            break
        except (LookupError, UnicodeError, ValueError):
            continue
    else:
        text = raw.decode("cp1252", "replace")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _charset(part: Message) -> str:
    """Windows programs say Latin 1 or ASCII, and mean their own."""
    try:
        said = str(part.get_content_charset() or "utf-8").lower()
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"
    if said in {"iso-8859-1", "latin-1", "latin1"}:
        return "cp1252"
    # Codecs of Python that are no characters, and what only guesses.
    return "utf-8" if said in {"us-ascii", "ascii", "unknown-8bit", "default"} or "_codec" in said else said


def _name(part: Message) -> str:
    try:
        name = str(make_header(decode_header(part.get_filename() or "")))
    except (LookupError, UnicodeError, ValueError, TypeError, MessageError):
        name = "?"
    return " ".join(tidy(name).split())[:120]
