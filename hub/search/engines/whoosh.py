"""The embedded engine: Whoosh indexes in files, one for what anybody may read and one for the rest.

The folder holds ``current`` (the name of the index in use), that index with its ``open`` and
``closed`` parts, ``write.lock``, and while a rebuild runs ``rebuild.lock`` and ``touched`` (keys that
changed meanwhile). Locks are the system's own and end with the process, so none is ever stale; a
process killed while it writes leaves the last commit in use.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from whoosh.util.filelock import FileLock, try_for

from hub.core.search import OPEN, Document, Query, SearchUnavailable
from hub.search.engines.whoosh_collect import Best, ByDate
from hub.search.engines.whoosh_query import OpenStatistics, split
from hub.search.engines.whoosh_shelf import Shelf
from hub.search.indexing import FORMAT, audiences_of
from hub.search.parsing import Parsed
from hub.search.ranking import Candidate, RankedSearch, depth

LOCK_SECONDS = 30  # how long a writer waits for another; batches are short
BATCH = 1_000  # documents in one commit
SEGMENT = 3_000  # documents in one commit of a rebuild: few segments, none of them merged before the night
Load = Callable[[Sequence[str]], Mapping[str, Document]]


class WhooshEngine(RankedSearch):
    """See ``hub.core.search.Engine``."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._shelves: _Shelves | None = None

    def add(self, documents: Iterable[Document]) -> None:
        latest = {document.key: document for document in documents}
        self._write(list(latest.values()), list(latest))

    def remove(self, keys: Iterable[str]) -> None:
        self._write([], list(keys))

    def _write(self, documents: Sequence[Document], keys: Sequence[str]) -> None:
        with self._writing() as shelves:
            self._touch(keys)
            for start in range(0, len(keys), BATCH):
                among = set(keys[start : start + BATCH])
                shelves.write([one for one in documents if one.key in among], sorted(among))

    def candidates(self, parsed: Parsed, query: Query) -> list[Candidate]:
        with suppress(Exception):
            return self._candidates(parsed, query)
        # The index may have been replaced between our reading its name and opening it: once more.
        self._forget_shelves()
        with self._readable():
            return self._candidates(parsed, query)

    def by_date(self, parsed: Parsed, query: Query, before: int | None, most: int) -> list[tuple[int, str]]:
        with suppress(Exception):
            return self._by_date(parsed, query, before, most)
        self._forget_shelves()
        with self._readable():
            return self._by_date(parsed, query, before, most)

    def _by_date(self, parsed: Parsed, query: Query, before: int | None, most: int) -> list[tuple[int, str]]:
        shelves = self._current()
        if shelves is None:
            return []
        newest = ByDate(before, most)
        self._collect(newest, shelves, parsed, query)
        return newest.newest()

    def _candidates(self, parsed: Parsed, query: Query) -> list[Candidate]:
        shelves = self._current()
        if shelves is None:
            return []
        best = Best(depth(query))
        self._collect(best, shelves, parsed, query)
        return best.candidates()

    @staticmethod
    def _collect(into: Best | ByDate, shelves: _Shelves, parsed: Parsed, query: Query) -> None:
        public, closed = split(query.audiences)
        with shelves.open.searcher() as opened:
            statistics = OpenStatistics(opened)
            for shelf, audiences in ((shelves.open, public), (shelves.closed, closed)):
                if audiences:
                    with shelf.searcher() as searcher:
                        into.collect(searcher, statistics, parsed, query, audiences)

    def keys(self) -> Iterator[tuple[str, str]]:
        with self._readable():
            shelves = self._current()
            if shelves is not None:
                yield from shelves.open.about()
                yield from shelves.closed.about()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Whatever Whoosh makes of damaged files: it has no error of its own for them."""
        try:
            yield
        except SearchUnavailable:
            raise
        except Exception as problem:
            self._forget_shelves()
            raise SearchUnavailable(f"The search index cannot be read: {problem!r}") from problem

    def clear(self) -> None:
        with self._lock("write.lock"):
            if self._current_name():
                self._use(self._new_name())

    def tidy(self) -> None:
        with self._writing() as shelves:
            shelves.open.tidy()
            shelves.closed.tidy()

    @contextmanager
    def rebuild(self) -> Iterator[WhooshRebuild]:
        with self._lock("rebuild.lock", wait=0):
            with self._lock("write.lock"):
                (self._folder / "touched").write_text("")
            name = self._new_name()
            building = WhooshRebuild(self, name, _Shelves.create(self._folder / name))
            try:
                yield building
            finally:
                building.shelves.close()
                (self._folder / "touched").unlink(missing_ok=True)
                if self._current_name() != name:
                    shutil.rmtree(self._folder / name, ignore_errors=True)

    def outdated(self) -> bool:
        return _of_another_version(self._current_name())

    def close(self) -> None:
        self._forget_shelves()

    def replace(self, rebuilt: WhooshRebuild, load: Load) -> None:
        """Let the rebuilt index catch up, and use it from now on."""
        with self._lock("write.lock"):
            touched = sorted(set((self._folder / "touched").read_text().split("\n")) - {""})
            for start in range(0, len(touched), BATCH):
                keys = touched[start : start + BATCH]
                rebuilt.shelves.write(list(load(keys).values()), keys)
            self._use(rebuilt.name, rebuilt=True)

    # Which index is in use.

    def _current_name(self) -> str:
        with suppress(FileNotFoundError):
            return (self._folder / "current").read_text()
        return ""

    def _current(self) -> _Shelves | None:
        """The index in use; None when nothing was indexed yet."""
        name = self._current_name()
        if not name:
            return None
        if _of_another_version(name):
            raise SearchUnavailable("The search index is of another version: run `hub search rebuild`.")
        if self._shelves is None or self._shelves.name != name:
            self._forget_shelves()
            self._shelves = _Shelves(self._folder / name)
        return self._shelves

    def _forget_shelves(self) -> None:
        if self._shelves is not None:
            self._shelves.close()
            self._shelves = None

    @staticmethod
    def _new_name() -> str:
        return f"v{FORMAT}-{token_hex(8)}"

    def _use(self, name: str, rebuilt: bool = False) -> None:
        """Make this the index in use, at once for every process, and drop others (not one being built)."""
        if not (self._folder / name).exists():
            _Shelves.create(self._folder / name).close()
        beside = self._folder / "current.new"
        with beside.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._folder / "current")
        self._forget_shelves()
        for other in self._folder.glob("v*-*"):
            if other.name != name and (rebuilt or not self._being_built()):
                shutil.rmtree(other, ignore_errors=True)

    # Writing.

    @contextmanager
    def _writing(self) -> Iterator[_Shelves]:
        with self._lock("write.lock"), self._readable():
            if not self._current_name():
                self._use(self._new_name())
            shelves = self._current()
            assert shelves is not None
            yield shelves

    @contextmanager
    def _lock(self, name: str, wait: float = LOCK_SECONDS) -> Iterator[None]:
        lock = FileLock(str(self._folder / name))
        if not try_for(lock.acquire, timeout=wait, delay=0.02):
            raise SearchUnavailable("Another process is writing the search index.")
        try:
            yield
        finally:
            lock.release()

    def _touch(self, keys: Sequence[str]) -> None:
        """Note what changes while a rebuild runs."""
        noted = self._folder / "touched"
        if not noted.exists():
            return
        if self._being_built():
            with noted.open("a") as file:
                file.write("".join(f"{key}\n" for key in keys))
        else:
            noted.unlink()  # its rebuild was killed

    def _being_built(self) -> bool:
        lock = FileLock(str(self._folder / "rebuild.lock"))
        if lock.acquire():
            lock.release()
            return False
        return True


def _of_another_version(name: str) -> bool:
    return bool(name) and not name.startswith(f"v{FORMAT}-")


class WhooshRebuild:
    """See ``hub.core.search.Rebuild``."""

    def __init__(self, engine: WhooshEngine, name: str, shelves: _Shelves):
        self._engine = engine
        self.name = name
        self.shelves = shelves
        self._waiting: list[Document] = []

    def add(self, documents: Iterable[Document]) -> None:
        self._waiting += documents
        while len(self._waiting) >= SEGMENT:
            self._write(self._waiting[:SEGMENT])
            del self._waiting[:SEGMENT]

    def finish(self, load: Load) -> None:
        self._write(self._waiting)
        self._waiting = []
        self._engine.replace(self, load)

    def _write(self, documents: Sequence[Document]) -> None:
        latest = {document.key: document for document in documents}
        self.shelves.write(list(latest.values()), list(latest))


class _Shelves:
    """The open and the closed index of one folder."""

    def __init__(self, folder: Path):
        self.name = folder.name
        self.open = Shelf(folder / "open")
        self.closed = Shelf(folder / "closed")

    @classmethod
    def create(cls, folder: Path) -> _Shelves:
        for part in ("open", "closed"):
            Shelf.create(folder / part).close()
        return cls(folder)

    def write(self, documents: Sequence[Document], keys: Sequence[str]) -> None:
        """The open index first: what is closed now leaves it before anything else happens."""
        findable = [one for one in documents if one.audiences]
        self.open.write([one for one in findable if OPEN in audiences_of(one)], keys)
        self.closed.write([one for one in findable if OPEN not in audiences_of(one)], keys)

    def close(self) -> None:
        self.open.close()
        self.closed.close()
