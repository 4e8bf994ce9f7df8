"""Reads JSON values one after another, in constant memory, each with its exact bytes.

`json.JSONDecoder.raw_decode` runs over a sliding window of text. The text is decoded with surrogateescape,
so that a value's slice encodes back to the very bytes it was read from, whatever they were.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from hub.archive.sources import limits

Taken = TypeVar("Taken")

BOM = "\ufeff"
WHITESPACE = re.compile(r"[ \t\n\r]*")
ASSIGNMENT = re.compile(r"\s*window\.([\w.$]+) = ")
LONGEST_ASSIGNMENT = 1_000
# What a number may go on with: after "10." in "10.5" the decoder has read 10 and left the point.
REST_OF_NUMBER = re.compile(r"[-+.eE0-9]*")
# How values end that cannot go on.
CLOSED = ("}", "]", '"')


class Broken(Exception):
    """A value, and what follows it in its file or on its line, cannot be read as JSON (or whatever it is).

    `reason` is a code of `hub.archive.reasons`; `row` counts values from 1.
    """

    def __init__(self, reason: str, row: int = 0):
        super().__init__(f"{reason} at {row}")
        self.reason = reason
        self.row = row


@dataclass(slots=True)
class Row:
    """A parsed value, its number in the file (from 1) and the bytes it was read from."""

    value: Any
    raw: bytes
    number: int


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def decode(text: str, at: int) -> tuple[Any, int]:
    """The value at `at` and where it ends. Raises Broken."""
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError as error:
        raise Broken("too_deep") from error
    except ValueError as error:  # also numbers of more digits than Python will read
        raise Broken("not_json") from error


def to_bytes(text: str) -> bytes:
    """The bytes that `text` was decoded from."""
    return text.encode("utf-8", "surrogateescape")


def after_whitespace(text: str, at: int) -> int:
    return WHITESPACE.match(text, at).end()


class Window:
    """A sliding window of decoded text over a binary stream."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.at = 0
        self.ended = False
        self._grow(limits.CHUNK)
        if self.text.startswith(BOM):
            self.at = 1
        if "\x00" in self.text[:4] or self.text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
            raise Broken("encoding")

    def _grow(self, size: int) -> None:
        data = self._stream.read(size)
        self.ended = not data
        # The decoder holds back an unfinished character until the bytes that finish it come.
        self.text = self.text[self.at :] + self._decoder.decode(data, self.ended)
        self.at = 0

    def peek(self) -> str:
        """The next character that is not white space; "" at the end."""
        while True:
            following = self.text[self.at : self.at + 1]
            if following and following not in " \t\n\r":  # told at once, without looking for more of it
                return following
            self.at = after_whitespace(self.text, self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if self.ended:
                return ""
            self._grow(limits.CHUNK)

    def skip(self) -> None:
        self.at += 1

    def skip_assignment(self) -> str:
        """Step over `window.NAME = ` and return NAME; "" when there is none."""
        found = ASSIGNMENT.match(self.text[self.at : self.at + LONGEST_ASSIGNMENT])
        if not found:
            return ""
        self.at += found.end()
        return found.group(1)

    def value(self, row: int) -> Row:
        """The value that starts here; the window grows, doubling, until it holds the whole of it."""
        value, end = self._decoded(row)
        raw = to_bytes(self.text[self.at : end])
        self.at = end
        return Row(value, raw, row)

    def pass_over(self, row: int) -> int:
        """Step over the value that starts here, if it is one: `value`, without what is made of it."""
        _value, self.at = self._decoded(row)
        return row

    def _decoded(self, row: int) -> tuple[Any, int]:
        while True:
            try:
                value, end = decode(self.text, self.at)
            except Broken as error:
                if error.reason == "too_deep" or self.ended:
                    raise Broken(error.reason, row) from error
            else:
                if self.ended or self.text[end - 1] in CLOSED:
                    return value, end
                # A number that the end of the window cuts may go on behind it.
                if REST_OF_NUMBER.match(self.text, end).end() < len(self.text):
                    return value, end
            waiting = len(self.text) - self.at
            if waiting > limits.MAX_VALUE:
                raise Broken("value_too_large", row)
            self._grow(max(limits.CHUNK, waiting))


def array_rows(stream: BinaryIO, *, assigned: bool = False) -> Iterator[Row]:
    """The elements of one array that is the whole file; with `assigned`, behind `window.NAME = `.

    Raises Broken at the first thing that JSON does not allow, also after the array.
    """
    window = Window(stream)
    yield from _array(window, window.value, assigned)


def checked_rows(stream: BinaryIO, *, assigned: bool = False) -> Iterator[int]:
    """The numbers of the elements that `array_rows` would give: to know whether it can, to the end."""
    window = Window(stream)
    yield from _array(window, window.pass_over, assigned)


def _array(window: Window, take: Callable[[int], Taken], assigned: bool) -> Iterator[Taken]:
    if assigned and not window.skip_assignment():
        raise Broken("not_json")
    _expect(window, "[", 0)
    number = 0
    if window.peek() != "]":
        while True:
            number += 1
            window.peek()
            yield take(number)
            if window.peek() != ",":
                break
            window.skip()
    _expect(window, "]", number)
    if assigned and window.peek() == ";":
        window.skip()
    if window.peek():
        raise Broken("not_json", number)


def _expect(window: Window, character: str, row: int) -> None:
    found = window.peek()
    if found != character:
        raise Broken("not_json" if found else "cut_short", row)
    window.skip()


def single_value(stream: BinaryIO, *, assigned: bool = False) -> Any:
    """The one value that is the whole file. Raises Broken."""
    window = Window(stream)
    if assigned and not window.skip_assignment():
        raise Broken("not_json")
    if not window.peek():
        raise Broken("cut_short")
    value = window.value(1).value
    if assigned and window.peek() == ";":
        window.skip()
    if window.peek():
        raise Broken("not_json", 1)
    return value


def line_rows(stream: BinaryIO) -> Iterator[Row | Broken]:
    """One value a line. A line that cannot be read gives a Broken in its place and costs nothing else."""
    number = 0
    while line := stream.readline(limits.MAX_VALUE):
        whole = line.endswith(b"\n") or len(line) < limits.MAX_VALUE
        if not whole:
            _skip_line(stream)
        if not line.strip():
            continue
        number += 1
        yield _row_of(line, number) if whole else Broken("value_too_large", number)


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(limits.CHUNK)) and not rest.endswith(b"\n"):
        pass


def _row_of(line: bytes, number: int) -> Row | Broken:
    text = line.decode("utf-8", "surrogateescape").lstrip(BOM)
    start = after_whitespace(text, 0)
    try:
        value, end = decode(text, start)
    except Broken as error:
        return Broken(error.reason, number)
    if after_whitespace(text, end) != len(text):
        return Broken("not_json", number)
    return Row(value, to_bytes(text[start:end]), number)


def stream_rows(stream: BinaryIO) -> Iterator[Row]:
    """Values one after another with only white space between, each over as many lines as it likes."""
    window = Window(stream)
    number = 0
    while window.peek():
        number += 1
        yield window.value(number)
