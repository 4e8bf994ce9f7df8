"""Reads the rows of a JSON object that is a whole file, such as {"totalItems": 3, "orderedItems": [...]}.

The lists that hold the rows can be as long as they like: they are read one element after another, each with
its exact bytes. What stands beside them is small, and is remembered.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from hub.archive.sources.json_stream import Broken, Row, Window

# How much of what stands beside the rows is remembered: a true file has a dozen values, and short lists.
MOST_REMEMBERED = 1_000
LONGEST_LIST = 20


def member_rows(
    stream: BinaryIO, lists: Collection[str], inside: Collection[str] = (), head: dict[str, Any] | None = None
) -> Iterator[Row]:
    """The elements of every list that stands under a key of `lists`, numbered through the file; also of
    those in objects under a key of `inside`. Other values go to `head`, those of the file's own object
    first. Raises Broken, at the first thing that JSON does not allow."""
    reading = _Reading(Window(stream), lists, inside, {} if head is None else head)
    yield from reading.object()
    if reading.window.peek():
        raise Broken("not_json", reading.number)


class _Reading:
    def __init__(self, window: Window, lists: Collection[str], inside: Collection[str], head: dict):
        self.window, self.lists, self.inside, self.head = window, lists, inside, head
        self.number = 0

    def object(self, depth: int = 0) -> Iterator[Row]:
        self._expect("{")
        if self.window.peek() == "}":
            self.window.skip()
            return
        while True:
            yield from self._member(depth)
            if self.window.peek() != ",":
                break
            self.window.skip()
        self._expect("}")

    def _member(self, depth: int) -> Iterator[Row]:
        if self.window.peek() != '"':
            raise self._broken()
        key = self.window.value(self.number).value
        self._expect(":")
        opening = self.window.peek()
        if opening == "[" and key in self.lists:
            yield from self._elements()
        elif opening == "[":
            self._remember(key, [row.value for row in self._elements(LONGEST_LIST)])
        elif opening == "{" and key in self.inside and depth < len(self.inside):
            yield from self.object(depth + 1)
        else:
            self._remember(key, self.window.value(self.number).value)

    def _remember(self, key: str, value: Any) -> None:
        if len(self.head) < MOST_REMEMBERED:
            self.head.setdefault(key, value)

    def _elements(self, most: int | None = None) -> Iterator[Row]:
        """The elements of a list; with `most`, only so many of them, which do not count as rows."""
        self.window.skip()
        if self.window.peek() == "]":
            self.window.skip()
            return
        for place in itertools.count():
            self.number += most is None
            self.window.peek()
            row = self.window.value(self.number)
            if most is None or place < most:
                yield row
            if self.window.peek() != ",":
                break
            self.window.skip()
        self._expect("]")

    def _expect(self, character: str) -> None:
        if self.window.peek() != character:
            raise self._broken()
        self.window.skip()

    def _broken(self) -> Broken:
        return Broken("not_json" if self.window.peek() else "cut_short", self.number)
