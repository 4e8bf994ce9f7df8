"""Posts out of the pages of a web archive: which records are pages, whose post each is, what it said.

A page of the web is a post of its site, named by its address; two captures of it are one post, with a version
for each differing text. A page of one post on a platform joins that post by the platform's own id. There the
page's text is never taken for the whole of the post (it may be more, or less): `complete` is False, so that
such a capture is one more sighting of what an export holds, and never an edit. See docs/decisions/0016.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import html

from hub.archive.adapters import twitter_fields
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Cited,
    Counted,
    LeftOut,
    Noted,
    Record,
    Slice,
    StillReading,
    content_hash,
)
from hub.archive.adapters.web_archives.markup import MAX_PAGE, MAX_SHEET, as_text, parse
from hub.archive.adapters.web_archives.page_texts import PageText, read_page
from hub.archive.adapters.web_archives.records import CSS, HTML, NoRecord
from hub.archive.adapters.web_archives.references import base_of, joined, of_css, of_page
from hub.archive.adapters.web_archives.shelf import Listed, Shelf, Shelved
from hub.archive.platforms import LONGEST_ID
from hub.archive.post_addresses import WEB, Address, read_address
from hub.archive.sources import limits
from hub.core.urls import server_of

# What one page may be made of: more than the heaviest true ones.
MOST_PARTS = 500
MAX_PARTS_SIZE = 64 * limits.MB
# Style sheets that call for style sheets.
MOST_SHEETS_DEEP = 5
# A longer text is cut; the record keeps the rest.
LONGEST_TEXT = 500_000
# A crawler's own reading of a page is taken where the page's HTML says so little: scripts wrote it.
TOO_SHORT = 200


@dataclass(slots=True)
class Capture:
    """One capture of a page: the record that was met, the way to the answer, and the list's entry for it."""

    way: list[Shelved]
    listed: Listed | None = None

    @property
    def met(self) -> Shelved:
        """The record of the moment: the answer itself, or the note that it was the same as before."""
        return next((one for one in reversed(self.way) if one.kind == "revisit"), self.way[-1])

    @property
    def answer(self) -> Shelved:
        return self.way[-1]

    @property
    def address(self) -> str:
        return next((one.address for one in reversed(self.way) if one.location == ""), self.answer.address)


class Pages:
    """Makes posts of what is on a shelf. `file`: what the report calls the list of pages. `package`: bytes
    that every page of the archive leans on, by role."""

    def __init__(self, shelf: Shelf, file: str, package: tuple[Cited, ...] = ()):
        self.shelf, self.file, self.package = shelf, file, package
        self.packed_otherwise = 0
        self._sheets: dict[str, list[str]] = {}

    def records(self) -> Iterator[Record]:
        found = 0
        for capture in self._captures():
            if isinstance(capture, LeftOut):
                yield capture
                continue
            found += 1
            yield from self._records(capture)
            yield StillReading()
        if self.packed_otherwise:
            yield Noted("packed_otherwise", self.file, str(self.packed_otherwise))
        yield Counted(self.file, self.shelf.how_many_listed() or None, found)

    # Which records are pages.

    def _captures(self) -> Iterator[Capture | LeftOut]:
        if self.shelf.how_many_listed():
            yield from self._of_list()
            return
        for first, embedded in self.shelf.pages():
            way = self.shelf.led(first)
            if first.kind == "revisit" and not way:
                yield LeftOut("revisit_unknown", first.file)
            elif way and way[-1].media_type in HTML and way[-1].status == 200:
                yield LeftOut("part_of_page", first.file) if embedded else Capture(way)

    def _of_list(self) -> Iterator[Capture | LeftOut]:
        seen: set[int] = set()
        for entry in self.shelf.listed():
            first = self._first(entry)
            way = self.shelf.led(first) if first else []
            if not way or way[-1].status != 200:
                yield LeftOut("page_not_held", entry.file, detail=entry.address)
            elif way[-1].media_type not in HTML:
                yield LeftOut("page_not_html", entry.file, detail=entry.address)
            elif way[0].id not in seen:
                seen.add(way[0].id)
                yield Capture(way, entry)

    def _first(self, entry: Listed) -> Shelved | None:
        """The record of a listed page; archives differ in whether "/" and "https" belong to its address."""
        address = entry.address
        other = "http" if address.startswith("https:") else "https"
        same = (address, address.rstrip("/"), address + "/", other + address[address.find(":") :])
        return next((one for each in same if (one := self.shelf.nearest(each, entry.at))), None)

    # What a page is.

    def _records(self, capture: Capture) -> Iterator[Record]:
        answer = capture.answer
        try:
            record = self.shelf.read(answer, MAX_PAGE)
        except NoRecord:
            yield LeftOut("unexpected_shape", answer.file)
            return
        tree = parse(as_text(record.body, record.charset)) if record.readable else None
        if not record.readable:
            self.packed_otherwise += 1
        parts, left = self._parts(tree, capture) if tree is not None else ([], 0)
        if left:
            yield LeftOut("parts_left_out", answer.file, left)
        page = read_page(tree) if tree is not None else PageText()
        listed = capture.listed.text if capture.listed else ""
        if len(page.text) < TOO_SHORT and len(listed) > 2 * len(page.text):
            page.text = listed
        page.title = page.title or (capture.listed.title if capture.listed else "")
        post = self._post(capture, page, whole=record.whole)
        post.cites = list(self._cites(capture, parts))
        if post.account_id:
            yield Account(
                post.platform, post.account_id, capture.met.moment, name=page.site or post.account_id
            )
        yield post

    def _post(self, capture: Capture, page: PageText, *, whole: bool) -> CapturedPost:
        address = identity(capture.address, page.object_id)
        single = address.platform != WEB and address.sure
        at = capture.met.moment
        text = (page.post or page.text) if single else page.text
        post_id = _fitting(address.post_id)
        posted_at = _not_after(page.posted_at, at) or _by_number(address)
        return CapturedPost(
            evidence="capture",
            platform=address.platform,
            post_id=post_id,
            version_id=post_id,
            account_id="" if address.platform != WEB else _fitting(server_of(address.post_id)),
            text=text[:LONGEST_TEXT],
            # What its author wrote: neither its bytes, which differ each time, nor what stands around it.
            # What could not be read is itself only byte for byte.
            content_hash=content_hash(WEB, page.title, text or capture.answer.sha256),
            source=self.shelf.slice(capture.met),
            posted_at=posted_at,
            # A page says seldom when it was changed; that it said so at this moment is certain.
            written_at=None if single else (_not_after(page.changed_at, at) or at),
            captured_at=at,
            complete=whole and not single and len(text) <= LONGEST_TEXT,
            title=page.title or None,
            form="" if single else "page",
            language=page.language or None,
            author=page.author or None,
            url=capture.address[:LONGEST_ID],
        )

    def _cites(self, capture: Capture, parts: list[Shelved]) -> Iterator[Cited]:
        met = capture.met
        for one in capture.way:
            if one.id != met.id:
                yield Cited("page", self.shelf.slice(one))
        if capture.listed:
            yield Cited("page_list", self.shelf.slice(capture.listed))
        yield from self.package
        for one in parts:
            yield Cited("resource", self.shelf.slice(one))

    # What it is made of.

    def _parts(self, tree: html.HtmlElement, capture: Capture) -> tuple[list[Shelved], int]:
        """Records of its pictures, styles and fonts, as near to its own moment as the archive has them; and
        how many more there would have been."""
        at = capture.met.at
        waiting = [(one, 0) for one in of_page(tree, base_of(tree, capture.address))]
        asked, parts, size, left = set(), {}, 0, 0
        own = {one.id for one in capture.way}
        for address, deep in waiting:
            if address in asked:
                continue
            asked.add(address)
            first = self.shelf.nearest(address, at)
            way = self.shelf.led(first) if first else []
            fresh = [one for one in way if one.id not in parts and one.id not in own]
            if not fresh:
                continue
            adds = sum(one.size for one in fresh)
            if len(parts) + len(fresh) > MOST_PARTS or size + adds > MAX_PARTS_SIZE:
                left += 1
                continue
            size += adds
            parts |= {one.id: one for one in fresh}
            if way[-1].media_type == CSS and deep < MOST_SHEETS_DEEP:
                base = way[-1].address
                inner = (joined(base, one) for one in self._in_sheet(way[-1]))
                waiting.extend((one, deep + 1) for one in inner if one)
        return list(parts.values()), left

    def _in_sheet(self, sheet: Shelved) -> list[str]:
        if sheet.sha256 not in self._sheets:
            if len(self._sheets) > 100:
                self._sheets.clear()
            self._sheets[sheet.sha256] = self._read_sheet(sheet)
        return self._sheets[sheet.sha256]

    def _read_sheet(self, sheet: Shelved) -> list[str]:
        try:
            record = self.shelf.read(sheet, MAX_SHEET)
        except NoRecord:
            return []
        return list(dict.fromkeys(of_css(as_text(record.body, record.charset))))[:MOST_PARTS]


def identity(address: str, object_id: str = "") -> Address:
    """Which post a page is: that of its platform where address or page names it, else a page of the web."""
    found = read_address(address) or Address(WEB, address, sure=False)
    if found.platform == "bluesky" and object_id.startswith("at://did:"):
        return Address("bluesky", object_id)
    if found.platform == "mastodon":
        same_host = server_of(object_id) == server_of(found.post_id)
        # Other sites have pages at such addresses too: theirs do not name an object of the federated web.
        return (
            Address("mastodon", object_id) if object_id and same_host else Address(WEB, address, sure=False)
        )
    return found


def _by_number(address: Address) -> datetime | None:
    return twitter_fields.time_from_id(address.post_id) if address.platform == "x" and address.sure else None


def _not_after(stated: datetime | None, at: datetime | None) -> datetime | None:
    """A date that the page states, unless it lies after the capture."""
    return stated if stated and (at is None or stated <= at) else None


def _fitting(text: str) -> str:
    """An id of its platform that fits its column: of a longer one, its beginning and its hash."""
    if len(text) <= LONGEST_ID:
        return text
    digest = Slice(text.encode("utf-8", "replace"), "", 0).sha256
    return f"{text[: LONGEST_ID - 65]}#{digest}"
