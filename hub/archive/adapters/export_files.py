"""What exports that are zips of JSON or HTML files have in common: an allow-list of files, and two passes.

The first pass reads every file to its end, so that nothing of a damaged file is kept by halves, and finds
which moments the export covers. The second gives the rows.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from hub.archive.adapters.base import ROWS_BETWEEN_SIGNS, Counted, LeftOut, Record, Slice, Span, StillReading
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import Path, list_rows
from hub.archive.sources.json_stream import Row

MEDIA_SUFFIXES = {
    "jpg": "photo", "jpeg": "photo", "png": "photo", "webp": "photo", "heic": "photo", "gif": "animation",
    "mp4": "video", "mov": "video", "m4v": "video", "webm": "video", "srt": "other",
}  # fmt: skip
DATA_SUFFIXES = (".json", ".html")
# Folders of a name that the report shows: enough to know what was there, few enough to be read.
FOLDERS_SHOWN = 2


@dataclass(frozen=True)
class Kind:
    """One kind of file. `files` finds it in a member's name, from the export's root to the end; its group,
    if it has one, is the number of the file among several. `ids`: how ids of its posts begin, if absence from
    it means something."""

    name: str
    files: re.Pattern[str]
    ids: str = ""

    def found_in(self, name: str) -> re.Match[str] | None:
        """A zip may hold a hundred thousand pictures: their names are not searched."""
        return self.files.search(name) if name.endswith(DATA_SUFFIXES) else None


class ExportFiles:
    """The members of an export, sorted by kind. The zip may hold the export's folders, or wrap them in one.

    why_not: the reason for which a member of no kind is left out; "" for pictures that posts may name.
    """

    def __init__(self, source: Source, kinds: Iterable[Kind], why_not: Callable[[str], str]):
        self._source = source
        self.kinds = {kind.name: kind for kind in kinds}
        self._why_not = why_not
        self.root = self._root()
        self._of: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._rest: Counter[tuple[str, str]] = Counter()
        for member in source.members():
            self._sort_in(member.name)
        for names in self._of.values():
            names.sort()

    def of(self, kind: str) -> list[str]:
        """Names of the files of a kind, in the order of their numbers."""
        return [name for _, name in self._of[kind]]

    def gaps(self, kind: str) -> bool:
        """Whether a kind's files are not all here, as far as their numbers tell."""
        numbers = {number for number, _ in self._of[kind] if number}
        return bool(numbers) and numbers != set(range(1, len(numbers) + 1))

    def left_out(self) -> Iterator[LeftOut]:
        for (reason, folder), count in sorted(self._rest.items()):
            yield LeftOut(reason, folder, count)

    def refused(self) -> Iterator[tuple[LeftOut, Kind | None]]:
        """What cannot be read, and of which kind it would have been."""
        for one in self._source.refused:
            yield LeftOut(one.reason, one.name), self._kind_of(one.name)

    def media(self, uri: Any, allowed: re.Pattern[str]) -> str | None:
        """The member that a row names as its picture or film; None when it is elsewhere, or not a place where
        pictures of posts lie: a row must not fetch what the allow-list keeps out."""
        if not isinstance(uri, str) or media_kind(uri) is None or not allowed.search(uri):
            return None
        tails = (uri, uri.partition("/")[2])
        return next((name for tail in tails if self._source.has(name := self.root + tail)), None)

    def _root(self) -> str:
        """The folder (with its slash, "" for none) under which the export lies, the outermost if several."""
        roots = [
            member.name[: found.start()]
            for member in self._source.members()
            for kind in self.kinds.values()
            if (found := kind.found_in(member.name))
        ]
        return min(roots, key=lambda root: (root.count("/"), root), default="")

    def _sort_in(self, name: str) -> None:
        kind = self._kind_of(name)
        if kind is None:
            below = name[len(self.root) :] if name.startswith(self.root) else name
            if reason := self._why_not(below):
                self._rest[reason, _outer(below)] += 1
        else:
            found = kind.found_in(name)
            number = found.group(1) if found.re.groups else None
            self._of[kind.name].append((int(number) if number else 0, name))

    def _kind_of(self, name: str) -> Kind | None:
        for kind in self.kinds.values():
            found = kind.found_in(name)
            if found and name[: found.start()] == self.root:
                return kind
        return None


def by_place(private: re.Pattern[str], pictures: re.Pattern[str]) -> Callable[[str], str]:
    """Why a member of no kind is not read, from its place below the export's root; "" for pictures that posts
    may name."""

    def why_not(name: str) -> str:
        if private.search(name):
            return "private"
        if media_kind(name):
            return "" if pictures.search(name) else "private_media"
        return "not_posts" if name.endswith(DATA_SUFFIXES) else "viewer"

    return why_not


def media_kind(name: str) -> str | None:
    """What a file is by its suffix, in the archive's words; None for what is no picture or film."""
    return MEDIA_SUFFIXES.get(name.rpartition(".")[2].lower())


def _outer(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:-1][:FOLDERS_SHOWN]) + "/" if len(parts) > 1 else name


#: The rows of a file: how the two kinds of exports (JSON, HTML) differ.
Framing = Callable[[BinaryIO], Iterator[Row]]


def json_rows(lists: Callable[[Path], bool]) -> Framing:
    def rows(stream: BinaryIO) -> Iterator[Row]:
        for _path, row in list_rows(stream, lists):
            yield row

    return rows


class Survey:
    """The first pass: which files can be read to their end, and which moments they cover."""

    def __init__(self, source: Source, files: ExportFiles, rows: Framing):
        self._source, self._files, self._rows = source, files, rows
        self._good: dict[str, list[str]] = defaultdict(list)
        self._torn: set[str] = set()
        self._covered: defaultdict[str, Reach] = defaultdict(Reach)

    def look(self, kinds: Iterable[str], moments: Callable[[Any], Iterable[datetime]]) -> Iterator[Record]:
        """Read all files of these kinds once. moments: the times that a row's value names, its own first."""
        for problem, kind in self._files.refused():
            yield problem
            if kind:
                self._torn.add(kind.ids)
        yield from self._files.left_out()
        for kind in kinds:
            for name in self._files.of(kind):
                yield from self._look_at(self._files.kinds[kind], name, moments)
            if self._files.gaps(kind):
                self._torn.add(self._files.kinds[kind].ids)

    def rows(self, kind: str) -> Iterator[tuple[Row, Slice]]:
        """The second pass: the rows of a kind's sound files, each with its exact bytes."""
        for name in self._good[kind]:
            with self._source.open(name) as stream:
                for row in self._rows(stream):
                    yield row, Slice(row.raw, name, row.number)

    @property
    def newest(self) -> datetime | None:
        """The last moment that the export tells of: it was made then or later."""
        return max((reach.newest for reach in self._covered.values() if reach.newest), default=None)

    @property
    def whole(self) -> bool:
        return not self._torn

    def spans(self) -> tuple[Span, ...]:
        """What the export covers, kind by kind: from the first to the last that it holds. Somebody may have
        asked for some years only, or this may be one of several zips; between its first and last post of a
        kind an export has them all."""
        return tuple(
            Span(ids, since, until)
            for ids, reach in sorted(self._covered.items())
            if ids and ids not in self._torn and (since := reach.since) and (until := reach.until)
        )

    def _look_at(self, kind: Kind, name: str, moments) -> Iterator[Record]:
        found, reach = 0, Reach()
        try:
            with self._source.open(name) as stream:
                for row in self._rows(stream):
                    found += 1
                    if found % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
                    reach.add(list(moments(row.value)))
        except (Broken, Unreadable) as error:
            self._torn.add(kind.ids)
            yield LeftOut(error.reason, name, 1, str(getattr(error, "row", "")))
            return
        self._good[kind.name].append(name)
        self._covered[kind.ids].join(reach)
        yield Counted(name, None, found)


@dataclass
class Reach:
    """The first and the last moment of posts, and the newest moment of all that is told about them."""

    since: datetime | None = None
    until: datetime | None = None
    newest: datetime | None = None

    def add(self, times: list[datetime]) -> None:
        if times:
            self.join(Reach(times[0], times[0], max(times)))

    def join(self, other: Reach) -> None:
        if other.since and other.until and other.newest:
            self.since = min(self.since or other.since, other.since)
            self.until = max(self.until or other.until, other.until)
            self.newest = max(self.newest or other.newest, other.newest)
