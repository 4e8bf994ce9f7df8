"""A bag that a Knowledge Hub made: another hub's posts with everything it kept of them.

The whole bag is checked first (`hub.archive.bags`), then its record against the other hub's log: what cannot
be verified is refused, and nothing of it is kept.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import Counted, Noted, Record, StillReading
from hub.archive.adapters.hub_bag_log import BagLog
from hub.archive.adapters.hub_bag_rows import NotOurs, Rows
from hub.archive.adapters.kept import KeptPost
from hub.archive.bags import BadBag, check_bag
from hub.archive.bags.layout import ACCOUNTS, COLLECTION, FORMAT, HUB_BAG, IMPORTS, POSTS
from hub.archive.bags.unpacking import lay_out, top_folder, unpacking_folder
from hub.archive.sources import Source, Unreadable, limits

MESSAGE = "message"

# Between two signs of life while the bag is checked, in seconds.
PATIENCE = 2.0


class HubBag:
    name = HUB_BAG
    label = _l("Bag of a Knowledge Hub")
    evidence = "kept"
    how = _l("the zip that another Knowledge Hub made under “Hand over”, as a bag")

    def __init__(self, *, sealed: bool = False):
        """sealed: for bags of sealed collections, which only a sealed collection takes."""
        self._sealed = sealed

    def recognises(self, source: Source) -> bool:
        if not source.holds_files:
            return False
        try:
            with source.open(top_folder(source) + COLLECTION) as stream:
                said = json.loads(stream.read(limits.KB * 64))
        except (BadBag, Unreadable, ValueError):
            return False
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            return False
        return (said.get("sealed") is True) is self._sealed

    def read(self, source: Source) -> Iterator[Record]:
        with tempfile.TemporaryDirectory(dir=unpacking_folder(), prefix="bag-") as name:
            folder = Path(name)
            yield from _checked(source, folder)
            yield from self._of_the_right_kind(_records(source, folder))

    def _of_the_right_kind(self, records: Iterator[Record]) -> Iterator[Record]:
        """Whatever the bag says of itself: a private message is none of an open collection's."""
        for record in records:
            if isinstance(record, KeptPost) and not self._sealed and record.values["form"] == MESSAGE:
                raise Unreadable("private_messages")
            yield record


def _checked(source: Source, folder: Path) -> Iterator[Record]:
    """Lay the bag out and check it, showing signs of life meanwhile. Raises Unreadable."""

    def check() -> None:
        lay_out(source, folder)
        check_bag(folder)

    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(check)
        while not wait([checking], PATIENCE).done:
            yield StillReading()
    try:
        checking.result()
    except BadBag as bad:
        raise Unreadable(bad.reason, bad.where) from bad


def _records(source: Source, folder: Path) -> Iterator[Record]:
    top = top_folder(source)

    def read(name: str) -> bytes:
        with source.open(name) as stream:
            return stream.read()

    rows = Rows(folder, lambda name: top + name, read)
    for place, value in enumerate(_values(folder, IMPORTS), 1):
        brought = _made(rows.came_in, value, IMPORTS, place)
        if brought.place != place:
            raise Unreadable("bag_record", f"{IMPORTS}, line {place}")
        rows.imports = place
        yield brought
    for place, value in enumerate(_values(folder, ACCOUNTS), 1):
        yield _made(rows.account, value, ACCOUNTS, place)
    about = next(_values(folder, COLLECTION))
    log = BagLog(folder, whole=about.get("whole") is True, token=str(about.get("token")))
    found = 0
    for found, value in enumerate(_values(folder, POSTS), 1):
        post: KeptPost = _made(rows.post, value, POSTS, found)
        log.check(post)
        yield post
    yield from log.at_the_end()
    yield Counted(POSTS, found, found)
    yield Noted("former_log", log.note.origin, str(log.note.size))


def _made(make: Any, value: Any, file: str, line: int) -> Any:
    try:
        return make(value)
    except (NotOurs, RecursionError) as problem:
        raise Unreadable("bag_record", f"{file}, line {line} ({problem})") from problem


def _values(folder: Path, file: str) -> Iterator[Any]:
    """The lines of a file of the record, each read."""
    path = folder / file
    if not path.is_file():
        raise Unreadable("bag_record", file)
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(limits.MAX_VALUE + 1):
            number += 1
            if len(line) > limits.MAX_VALUE:
                raise Unreadable("value_too_large", f"{file}, line {number}")
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as problem:
                raise Unreadable("bag_record", f"{file}, line {number}") from problem
