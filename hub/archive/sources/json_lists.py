"""Rows of lists that lie somewhere inside one JSON value, in constant memory, each with its exact bytes.

Exports wrap their lists: `{"comments_v2": [...]}`, `{"totalItems": 3, "orderedItems": [...]}`. The value is
walked as it streams. What nobody asks for is passed over piece by piece, so that a list of half a million
things watched costs no memory on the way to ten comments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, BinaryIO

from hub.archive.sources.json_stream import Broken, Row, Window

#: The keys that lead to a value; () is the whole file.
Path = tuple[str, ...]
Wanted = Callable[[Path], bool]
Tell = Callable[[Path, Any], None]

# How deep objects are walked; the exports read here need four. What lies deeper is one value.
DEEPEST = 8
# How much of what stands beside the rows is remembered: a true file has a dozen values, and short lists.
MOST_REMEMBERED = 1_000
LONGEST_LIST = 20


def _none(path: Path) -> bool:
    return False


def _not_too_deep(path: Path) -> bool:
    return len(path) < DEEPEST


def list_rows(stream: BinaryIO, lists: Wanted, objects: Wanted = _none) -> Iterator[tuple[Path, Row]]:
    """(path, row) of each element of the lists that are wanted, and of each object that is wanted whole.

    Rows are numbered from 1 over the whole file. Raises Broken at the first thing that JSON does not allow.
    """
    window = Window(stream)
    if not window.peek():
        raise Broken("cut_short")
    yield from _Walk(window, lists, objects).whole()


def member_rows(
    stream: BinaryIO, lists: Collection[str], inside: Collection[str] = (), head: dict[str, Any] | None = None
) -> Iterator[Row]:
    """The elements of every list that stands under a key of `lists` in the object that is the whole file;
    also of those in objects under a key of `inside`.

    Other values go to `head`, those of the file's own object first; of lists the first elements. Raises
    Broken at the first thing that JSON does not allow.
    """
    beside: dict[str, Any] = {} if head is None else head

    def remember(path: Path, value: Any) -> None:
        if len(beside) < MOST_REMEMBERED:
            beside.setdefault(path[-1], value)

    window = Window(stream)
    if (found := window.peek()) != "{":
        raise Broken("not_json" if found else "cut_short")
    walk = _Walk(
        window,
        lambda path: path[-1] in lists,
        walked=lambda path: not path or (path[-1] in inside and len(path) <= len(inside)),
        tell=remember,
    )
    for _path, row in walk.whole():
        yield row


class _Walk:
    """`lists`: of which each element is a row; `objects`: which are a row each; `walked`: which other objects
    are looked into, where the rest is one value; `tell` gets what is no row."""

    def __init__(
        self,
        window: Window,
        lists: Wanted,
        objects: Wanted = _none,
        *,
        walked: Wanted = _not_too_deep,
        tell: Tell | None = None,
    ):
        self.window, self.lists, self.objects, self.walked, self.tell = window, lists, objects, walked, tell
        self.number = 0

    def whole(self) -> Iterator[tuple[Path, Row]]:
        yield from self._value(())
        if self.window.peek():
            raise Broken("not_json", self.number)

    def _value(self, path: Path) -> Iterator[tuple[Path, Row]]:
        opening = self.window.peek()
        if opening == "[" and self.lists(path):
            for _ in self._items("]"):
                yield path, self._row()
        elif opening == "[":
            self._pass_over(path)
        elif opening == "{" and self.objects(path):
            yield path, self._row()
        elif opening == "{" and self.walked(path):
            yield from self._members(path)
        else:
            self._told(path, self.window.value(self.number).value)

    def _row(self) -> Row:
        self.number += 1
        return self.window.value(self.number)

    def _members(self, path: Path) -> Iterator[tuple[Path, Row]]:
        for _ in self._items("}"):
            if self.window.peek() != '"':
                raise self._broken()
            key = self.window.value(self.number).value
            self._expect(":")
            yield from self._value((*path, key))

    def _pass_over(self, path: Path) -> None:
        first = []
        for _ in self._items("]"):
            value = self.window.value(self.number).value
            if self.tell and len(first) < LONGEST_LIST:
                first.append(value)
        self._told(path, first)

    def _told(self, path: Path, value: Any) -> None:
        if self.tell:
            self.tell(path, value)

    def _items(self, closing: str) -> Iterator[None]:
        """Stands before each item of a list or an object in turn; whoever asks for the next has read it."""
        self.window.skip()
        if self.window.peek() != closing:
            while True:
                self.window.peek()
                yield
                if self.window.peek() != ",":
                    break
                self.window.skip()
        self._expect(closing)

    def _expect(self, character: str) -> None:
        if self.window.peek() != character:
            raise self._broken()
        self.window.skip()

    def _broken(self) -> Broken:
        return Broken("not_json" if self.window.peek() else "cut_short", self.number)
