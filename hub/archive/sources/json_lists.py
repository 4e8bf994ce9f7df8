"""Rows of lists that lie somewhere inside one JSON value, in constant memory, each with its exact bytes.

Exports wrap their lists: `{"comments_v2": [...]}`, `{"Comment": {"Comments": {"CommentsList": [...]}}}`. The
value is walked as it streams. What nobody asks for is passed over piece by piece, so that a list of half a
million things watched costs no memory on the way to ten comments.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import BinaryIO

from hub.archive.sources.json_stream import Broken, Row, Window

#: The keys that lead to a value; () is the whole file.
Path = tuple[str, ...]
Wanted = Callable[[Path], bool]

# How deep objects are walked; the exports read here need four. What lies deeper is one value.
DEEPEST = 8


def _none(path: Path) -> bool:
    return False


def list_rows(stream: BinaryIO, lists: Wanted, objects: Wanted = _none) -> Iterator[tuple[Path, Row]]:
    """(path, row) of each element of the lists that are wanted, and of each object that is wanted whole.

    Rows are numbered from 1 over the whole file. Raises Broken at the first thing that JSON does not allow.
    """
    window = Window(stream)
    if not window.peek():
        raise Broken("cut_short")
    yield from _Walk(window, lists, objects).value(())
    if window.peek():
        raise Broken("not_json")


class _Walk:
    def __init__(self, window: Window, lists: Wanted, objects: Wanted):
        self.window, self.lists, self.objects = window, lists, objects
        self.numbers = itertools.count(1)

    def value(self, path: Path) -> Iterator[tuple[Path, Row]]:
        opening = self.window.peek()
        if opening == "[":
            yield from self._elements(path)
        elif opening == "{" and self.objects(path):
            yield path, self.window.value(next(self.numbers))
        elif opening == "{" and len(path) < DEEPEST:
            yield from self._members(path)
        else:
            self.window.value(0)

    def _elements(self, path: Path) -> Iterator[tuple[Path, Row]]:
        wanted = self.lists(path)
        for _ in _items(self.window, "]"):
            row = self.window.value(next(self.numbers) if wanted else 0)
            if wanted:
                yield path, row

    def _members(self, path: Path) -> Iterator[tuple[Path, Row]]:
        for _ in _items(self.window, "}"):
            key = self.window.value(0).value
            if not isinstance(key, str):
                raise Broken("not_json")
            _expect(self.window, ":")
            self.window.peek()
            yield from self.value((*path, key))


def _items(window: Window, closing: str) -> Iterator[None]:
    """Stands before each item of a list or an object in turn; whoever asks for the next has read it."""
    window.skip()
    if window.peek() != closing:
        while True:
            window.peek()
            yield
            if window.peek() != ",":
                break
            window.skip()
    _expect(window, closing)


def _expect(window: Window, character: str) -> None:
    found = window.peek()
    if found != character:
        raise Broken("not_json" if found else "cut_short")
    window.skip()
