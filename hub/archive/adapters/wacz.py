"""Web archives as a package (WACZ): records with a list of pages, hashes of all files, maybe a signature."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import Cited, LeftOut, Noted, Record, Slice, StillReading
from hub.archive.adapters.fields import as_dict, as_word, dicts
from hub.archive.adapters.web_archives.framing import open_unpacked
from hub.archive.adapters.web_archives.pages import Pages
from hub.archive.adapters.web_archives.shelf import Full, Shelf
from hub.archive.adapters.web_archives.shelving import MOST_LISTED, Shelving
from hub.archive.adapters.web_archives.times import moment_of
from hub.archive.sources import Broken, Source, Unreadable, limits
from hub.archive.sources.json_stream import decode, line_rows

LIST, SEAL = "datapackage.json", "datapackage-digest.json"
WARCS = (".warc", ".warc.gz")
PAGE_LISTS = ("pages/pages.jsonl", "pages/extraPages.jsonl")
HASHES = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
# What a crawler read on a page, as the list of pages holds it.
LONGEST_TEXT = 500_000


class Wacz:
    """Pages out of a WACZ. Its hashes are checked and told; a signature is kept beside each page, unjudged:
    whose certificate it was can be asked long after we are gone, of the bytes themselves."""

    name = "wacz"
    label = "WACZ"
    evidence = "capture"
    how = _l("A web archive of pages as one package, as Browsertrix or ArchiveWeb.page gives it.")

    def recognises(self, source: Source) -> bool:
        if not source.holds_files:
            return False
        if any(source.has(name) for name in PAGE_LISTS) and any(_warcs(source)):
            return True
        value = as_dict(_small(source, LIST)[1])
        return "wacz_version" in value or (value.get("profile") == "data-package" and "resources" in value)

    def read(self, source: Source) -> Iterator[Record]:
        yield from _Package(source, Shelf(source.folder)).records()


def _warcs(source: Source) -> Iterator:
    return (one for one in source.members() if one.name.lower().endswith(WARCS))


def _small(source: Source, name: str) -> tuple[bytes, Any]:
    """A small file's bytes and the value in it; nothing and None where there is none that can be read."""
    try:
        with source.open(name) as stream:
            raw = stream.read(limits.MAX_SMALL_FILE)
        return raw, decode(raw.decode("utf-8-sig", "replace").strip(), 0)[0]
    except (Unreadable, Broken):
        return b"", None


class _Package:
    def __init__(self, source: Source, shelf: Shelf):
        self.source, self.shelf = source, shelf
        self.list_raw, value = _small(source, LIST)
        self.list = as_dict(value)
        self.seal_raw, seal = _small(source, SEAL)
        self.seal = as_dict(seal)
        self.has_list = False

    def records(self) -> Iterator[Record]:
        for one in self.source.refused:
            yield LeftOut(one.reason, one.name)
        yield from self._check()
        for name in PAGE_LISTS:
            if self.source.has(name):
                yield from self._take_pages(name)
        self.has_list = bool(self.shelf.how_many_listed())
        for member in self.source.members():
            if member.name.lower().endswith(WARCS):
                yield from self._shelve(member.name, member.size)
            elif member.name not in (LIST, SEAL, *PAGE_LISTS):
                yield LeftOut("archive_parts", member.name)
        if not self.shelf.how_many_listed():
            yield Noted("no_page_list", PAGE_LISTS[0])
        yield from Pages(self.shelf, PAGE_LISTS[0], tuple(self._cites())).records()
        yield from self.shelf.left_over()

    def _cites(self) -> Iterator[Cited]:
        if self.list_raw:
            yield Cited("package", Slice(self.list_raw, LIST, 1))
        if self.seal_raw:
            yield Cited("signature", Slice(self.seal_raw, SEAL, 1))

    # Hashes.

    def _check(self) -> Iterator[Record]:
        resources = dicts(self.list.get("resources"))[: limits.MAX_ENTRIES]
        if not resources:
            yield Noted("no_list", LIST)
            return
        listed = set()
        for resource in resources:
            name = as_word(resource.get("path"), 1_000) or ""
            listed.add(name)
            if not self.source.has(name):
                yield LeftOut("missing_file", name)
            elif not (yield from self._agrees(name, *_stated(resource))):
                yield Noted("wrong_hash", name)
        for member in self.source.members():
            if member.name not in listed and member.name not in (LIST, SEAL):
                yield Noted("not_listed", member.name)
        if self.seal_raw:
            sealed = _stated(self.seal)
            if sealed != ("sha256", hashlib.sha256(self.list_raw).hexdigest()):
                yield Noted("wrong_list_hash", LIST)
            if as_dict(self.seal.get("signedData")).get("signature"):
                yield Noted("signed", SEAL)

    def _agrees(self, name: str, algorithm: str, stated: str) -> Iterator[Record]:
        """Whether a file has the hash that the list states; what is not stated cannot be wrong."""
        if algorithm not in HASHES:
            return not stated
        digest = hashlib.new(algorithm, usedforsecurity=False)
        try:
            with self.source.open(name) as stream:
                while part := stream.read(limits.CHUNK):
                    digest.update(part)
                    yield StillReading()
        except Unreadable:
            return False
        return digest.hexdigest() == stated

    # Pages and records.

    def _take_pages(self, name: str) -> Iterator[Record]:
        wrong = 0
        try:
            with self.source.open(name) as stream:
                for row in line_rows(stream):
                    value = None if isinstance(row, Broken) else as_dict(row.value)
                    address = as_word(value.get("url"), 2_000) if value else None
                    if address and row.number <= MOST_LISTED:
                        self._take_page(value, row, name)
                    elif not (value and row.number == 1 and "format" in value):
                        wrong += 1
        except Full:
            yield LeftOut("archive_too_large", name)
        except Unreadable as error:
            yield LeftOut(error.reason, name)
        if wrong:
            yield Noted("list_unreadable", name, str(wrong))

    def _take_page(self, value: dict, row, name: str) -> None:
        self.shelf.add_listed(
            as_word(value.get("url"), 2_000) or "",
            moment_of(value.get("ts")),
            as_word(value.get("title"), 300) or "",
            as_word(value.get("text"), LONGEST_TEXT) or "",
            self.shelf.lay(row.raw),
            file=name,
            row=row.number,
        )

    def _shelve(self, name: str, size: int) -> Iterator[Record]:
        try:
            with open_unpacked(self.source, name, size) as stream:
                yield from Shelving(self.shelf, name, lists=not self.has_list).records(stream)
        except Unreadable as error:
            yield LeftOut(error.reason, name)


def _stated(resource: dict) -> tuple[str, str]:
    """(algorithm, hash in hex) as a list of either version of the format states it."""
    stats = as_dict(resource.get("stats"))
    value = as_word(resource.get("hash")) or as_word(stats.get("hash")) or ""
    algorithm, mark, digest = value.lower().partition(":")
    if mark:
        return algorithm, digest
    return (as_word(resource.get("hashing")) or "sha256").lower(), value.lower()
