"""Reads a WARC once, from beginning to end: what pages may need goes onto the shelf, the rest is counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from hub.archive.adapters.base import LeftOut, Noted, Record, StillReading
from hub.archive.adapters.fields import as_dict, as_word, dicts
from hub.archive.adapters.web_archives.framing import Framed, framed
from hub.archive.adapters.web_archives.records import (
    CSS,
    HTML,
    INFO,
    METADATA,
    REQUEST,
    RESPONSE,
    REVISIT,
    NoRecord,
    WebRecord,
    read_record,
)
from hub.archive.adapters.web_archives.shelf import Full, Shelf
from hub.archive.adapters.web_archives.times import moment_of

# Of what a page can be made of here, beside HTML and CSS. Servers give fonts many names.
PART_TYPES = ("image/", "font/", "audio/", "video/", "application/font", "application/x-font",
              "application/vnd.ms-fontobject")  # fmt: skip

# Small bodies that are read for what they tell of others: requests' headers, crawlers' notes, lists.
NOTE = 256 * 1024
MOST_LISTED = 100_000
BETWEEN_SIGNS = 200

# What browsers say a request is for, when it is for a page of its own.
DOCUMENT = "document"
# The last step by which Heritrix came to an address: embedded, or guessed at.
EMBEDDED_HOPS = ("E", "X", "I")


class Shelving:
    """Of one file of records. `file`: what the report calls it. `lists`: whether the archive's description is
    asked for a list of pages; a package has a better one."""

    def __init__(self, shelf: Shelf, file: str, *, lists: bool = True):
        self.shelf, self.file, self.lists = shelf, file, lists
        self.left: Counter[str] = Counter()
        self.wrong = 0

    def records(self, stream: BinaryIO) -> Iterator[Record]:
        """Shelve every record; then what was left out, and what is to know."""
        for one in framed(stream):
            if reason := one.trouble or self._shelved(one):
                self.left[reason] += 1
            if one.number % BETWEEN_SIGNS == 0:
                yield StillReading()
        for reason, count in sorted(self.left.items()):
            yield LeftOut(reason, self.file, count)
        if self.wrong:
            yield Noted("wrong_checksum", self.file, str(self.wrong))

    def _shelved(self, one: Framed) -> str:
        try:
            return self._shelve(one)
        except Full:
            return "archive_too_large"

    def _shelve(self, one: Framed) -> str:
        """Lay the record aside, or say why not: a code of `reasons`."""
        try:
            found = read_record(one.raw, checked=True)
        except NoRecord:
            return "unreadable_record"
        if found.kind in (INFO, METADATA, REQUEST):
            self._take_hints(found, one)
            return "not_an_answer"
        if found.kind not in (RESPONSE, REVISIT):
            return "not_an_answer"
        if not found.address:
            return "no_address"
        reason = _why_not(found)
        if not reason:
            self.wrong += found.checksum in ("wrong", "partly")
            self._hint_of_own(found)
            self.shelf.add(found, one.raw, self.file, one.number)
        return reason

    # What tells pages from parts of pages.

    def _hint_of_own(self, found: WebRecord) -> None:
        kind = found.hints.get("warc-resource-type", "").lower()
        if kind:
            found.hints["warc-concurrent-to"] = found.record_id
            self.shelf.add_hint(found, kind == DOCUMENT)

    def _take_hints(self, found: WebRecord, one: Framed) -> None:
        if found.kind == REQUEST:
            purpose = found.fields.get("sec-fetch-dest", "").lower()
            scripted = found.fields.get("x-requested-with", "").lower() == "xmlhttprequest"
            if purpose or scripted:
                self.shelf.add_hint(found, purpose == DOCUMENT and not scripted)
            return
        try:
            told = read_record(one.raw, NOTE).body.decode("utf-8", "replace")
        except NoRecord:
            return
        fields = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
        if found.kind == METADATA and fields.get("hopsFromSeed"):
            self.shelf.add_hint(found, not fields["hopsFromSeed"].rstrip("R").endswith(EMBEDDED_HOPS))
        if self.lists and found.kind == INFO and fields.get("json-metadata"):
            self._take_list(fields["json-metadata"], one)

    def _take_list(self, text: str, one: Framed) -> None:
        """Webrecorder writes which pages somebody looked at into the archive's own description."""
        try:
            pages = dicts(as_dict(json.loads(text)).get("pages"))
        except (ValueError, RecursionError):
            return
        where = self.shelf.lay(one.raw) if pages else ()
        for page in pages[:MOST_LISTED]:
            address, title = as_word(page.get("url"), 2_000), as_word(page.get("title"), 300)
            if address:
                at = moment_of(page.get("timestamp") or page.get("ts"))
                self.shelf.add_listed(address, at, title or "", "", where, file=self.file, row=one.number)


def _why_not(found: WebRecord) -> str:
    if found.kind == REVISIT or found.location:
        return ""
    if found.status != 200:
        return "not_ok"
    kept = found.media_type in HTML or found.media_type == CSS or found.media_type.startswith(PART_TYPES)
    return "" if kept else "not_replayed"
