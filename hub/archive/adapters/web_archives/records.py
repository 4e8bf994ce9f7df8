"""Reads one record of a WARC: what it is of, and what the server answered."""

from __future__ import annotations

import binascii
import io
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urldefrag, urljoin

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from hub.archive.adapters.fields import iso_time

# What warcio raises at hostile bytes, found by feeding it such bytes.
ERRORS = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, TypeError, AttributeError,
    IndexError, KeyError, OSError, zlib.error, binascii.Error,
)  # fmt: skip

RESPONSE, REVISIT, REQUEST, METADATA, INFO = "response", "revisit", "request", "metadata", "warcinfo"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PACKED_AS_WE_READ = frozenset({"", "identity", "gzip", "deflate"})
HTML = frozenset({"text/html", "application/xhtml+xml"})
CSS = "text/css"


class NoRecord(Exception):
    """The bytes cannot be read as a record."""


@dataclass(slots=True)
class WebRecord:
    """What a record says. `checksum`: right, wrong, or "" where it states none; partly, where that of what
    the server sent is right and that of the whole record is not.

    `refers_to`, `refers_at`: of a revisit, the earlier record whose answer was the same, byte for byte.
    `hints`: other headers of its own, in lower case.
    """

    kind: str
    address: str
    at: datetime | None
    record_id: str = ""
    status: int = 0
    media_type: str = ""
    charset: str = ""
    packed: str = ""
    location: str = ""
    payload: str = ""
    refers_to: str = ""
    refers_at: datetime | None = None
    checksum: str = ""
    hints: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)  # of HTTP, in lower case
    body: bytes = b""
    whole: bool = True  # False: the body was longer than asked for

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.media_type in HTML

    @property
    def readable(self) -> bool:
        return self.packed in PACKED_AS_WE_READ


def plain_address(address: str) -> str:
    """An address as records are looked up by it: without its fragment."""
    return urldefrag(address.strip())[0]


def read_record(raw: bytes, longest_body: int = 0, *, checked: bool = False) -> WebRecord:
    """Read a record's bytes (their beginning is enough for its headers), and so much of its body.

    checked: compute its checksums over all of it. Raises NoRecord.
    """
    try:
        parsed = ArcWarcRecordLoader().parse_record_stream(
            io.BytesIO(raw), known_format="warc", check_digests=checked
        )
        found = _said(parsed)
        if longest_body and (parsed.http_headers is None or found.readable):
            body = parsed.content_stream().read(longest_body + 1)
            found.body, found.whole = body[:longest_body], len(body) <= longest_body
        if checked:
            while parsed.raw_stream.read(1 << 16):
                pass
            found.checksum = _checksum(parsed)
        return found
    except ERRORS as error:
        raise NoRecord(str(error)) from error


def _said(parsed) -> WebRecord:
    own = {name.lower(): value for name, value in parsed.rec_headers.headers}
    found = WebRecord(
        kind=own.get("warc-type", "").lower(),
        address=plain_address(own.get("warc-target-uri", "").strip("<>")),
        at=iso_time(own.get("warc-date")),
        record_id=own.get("warc-record-id", ""),
        payload=own.get("warc-payload-digest", "").lower(),
        refers_to=plain_address(own.get("warc-refers-to-target-uri", "")),
        refers_at=iso_time(own.get("warc-refers-to-date")),
        hints=own,
    )
    if parsed.http_headers is not None:
        _answer(found, parsed.http_headers)
    return found


def _answer(found: WebRecord, headers) -> None:
    found.fields = {name.lower(): value for name, value in headers.headers}
    status = headers.get_statuscode() or ""
    found.status = int(status) if status.isdecimal() and len(status) == 3 else 0
    media_type, _, rest = found.fields.get("content-type", "").partition(";")
    found.media_type = media_type.strip().lower()
    found.charset = rest.lower().partition("charset=")[2].strip(" \"';").partition(";")[0][:40]
    found.packed = found.fields.get("content-encoding", "").strip().lower()
    location = found.fields.get("location", "")
    if found.status in REDIRECTS and location:
        found.location = plain_address(urljoin(found.address, location))


def _checksum(parsed) -> str:
    checker = parsed.digest_checker
    if checker is None or (checker.passed is None and not checker.problems):
        return ""
    if not checker.problems:
        return "right"
    payload = "WARC-Payload-Digest" in dict(parsed.rec_headers.headers)
    return "partly" if payload and not any("payload" in one for one in checker.problems) else "wrong"
