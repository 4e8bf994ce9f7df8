"""Web archives as one file of records (WARC), gzipped or not."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import Noted, Record
from hub.archive.adapters.web_archives.framing import open_unpacked, starts_like_warc
from hub.archive.adapters.web_archives.pages import Pages
from hub.archive.adapters.web_archives.shelf import Shelf
from hub.archive.adapters.web_archives.shelving import Shelving
from hub.archive.sources import Source, Unreadable


class Warc:
    """Pages out of a WARC. Which HTML is a page: what the archive lists (Webrecorder's warcinfo), else every
    HTML answer that neither its request nor the crawler's notes say to be part of another."""

    name = "warc"
    label = "WARC"
    evidence = "capture"
    how = _l("A web archive of pages, as Heritrix, wget, Webrecorder or another crawler wrote it.")

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        try:
            with source.open(next(source.members()).name) as stream:
                return starts_like_warc(stream)
        except Unreadable:
            return False

    def read(self, source: Source) -> Iterator[Record]:
        member = next(source.members())
        shelf = Shelf(source.folder)
        with open_unpacked(source, member.name, member.size) as stream:
            yield from Shelving(shelf, member.name).records(stream)
        if not shelf.how_many_listed():
            yield Noted("no_page_list", member.name)
        yield from Pages(shelf, member.name).records()
        yield from shelf.left_over()
