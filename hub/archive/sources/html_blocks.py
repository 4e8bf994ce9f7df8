"""Reads the elements of an HTML page that are records, one after another, each with its exact bytes.

A page of an export can be hundreds of megabytes; it is scanned as it streams, and only one element is held.
Nothing is parsed here beyond where tags begin and end: what a block says is for whoever asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.json_stream import Broken

TAG = re.compile(rb"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>"']|"[^"]*"|'[^']*')*+)>""")
MARKUP = re.compile(rb"<(?:!--|/?[a-zA-Z])")
CLASS = re.compile(rb"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# Elements whose content is no HTML: a "<" in them begins no tag.
RAW_TEXT = {b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"}
# One tag, with all its attributes: a picture may be written into one.
LONGEST_TAG = 1 * limits.MB

#: Whether a start tag opens a record: its name and its classes.
IsBlock = Callable[[str, frozenset[str]], bool]


def blocks(stream: BinaryIO, is_block: IsBlock) -> Iterator[bytes]:
    """The outermost elements that are records, as they stand.

    Raises Broken when the page ends within one or before its own end tag, or when one is too large.
    """
    return _Scanner(stream, is_block).blocks()


class _Scanner:
    def __init__(self, stream: BinaryIO, is_block: IsBlock):
        self._stream, self._is_block = stream, is_block
        self._held = b""  # what is not yet done with
        self._at = 0  # how far it is scanned
        self._ended = False
        self._inside: bytes | None = None  # the name of the element that the open record is
        self._depth = 0
        self._number = 0
        self._closed = False  # whether </html> was met

    def blocks(self) -> Iterator[bytes]:
        while self._to_next():
            tag = self._tag()
            if tag and (block := self._take(tag)):
                yield block
        if self._inside is not None or not self._closed:
            raise Broken("cut_short", self._number)

    # Where the scanner stands.

    def _to_next(self) -> bool:
        """Stand before the next tag or comment; False at the end."""
        while not (found := MARKUP.search(self._held, self._at)):
            # It may have begun in what is held.
            self._at = max(self._at, len(self._held) - 3)
            if not self._more():
                return False
        self._at = found.start()
        return True

    def _more(self) -> bool:
        """Read on, forgetting what is done with; False at the end. Raises Broken for a record too large."""
        if self._ended:
            return False
        if self._inside is None:
            self._held, self._at = self._held[self._at :], 0
        elif len(self._held) > limits.MAX_VALUE:
            raise Broken("value_too_large", self._number)
        data = self._stream.read(max(limits.CHUNK, len(self._held)))
        self._ended = not data
        self._held += data
        return not self._ended

    def _tag(self) -> re.Match[bytes] | None:
        """The tag that begins here; None for a comment, and for a tag that the page's end cuts off."""
        if self._held.startswith(b"<!--", self._at):
            self._at += 4
            self._go_to(b"-->")
            return None
        while not (found := TAG.match(self._held, self._at)):
            if len(self._held) - self._at > LONGEST_TAG:
                raise Broken("value_too_large", self._number)
            if not self._more():
                self._at = len(self._held)
                return None
        return found

    def _go_to(self, mark: bytes) -> None:
        """Stand before the next mark, whatever its case, or at the end."""
        wanted = re.compile(re.escape(mark), re.IGNORECASE)
        while True:
            found = wanted.search(self._held, self._at)
            if found:
                self._at = found.start()
                return
            # The mark may have begun in what is held.
            self._at = max(self._at, len(self._held) - len(mark) + 1)
            if not self._more():
                self._at = len(self._held)
                return

    # What it makes of a tag.

    def _take(self, tag: re.Match[bytes]) -> bytes | None:
        """Go past a tag. A record that it ends is given."""
        name, is_end = tag[2].lower(), bool(tag[1])
        begins, self._at = tag.start(), tag.end()
        self._closed = self._closed or (is_end and name == b"html")
        if self._inside is None:
            if not is_end and self._is_block(name.decode("latin-1"), _classes(tag[3])):
                self._inside, self._depth = name, 1
                self._number += 1
                self._held, self._at = self._held[begins:], self._at - begins
        elif name == self._inside:
            self._depth += -1 if is_end else 1
            if self._depth == 0:
                block, self._held, self._at, self._inside = (
                    self._held[: self._at],
                    self._held[self._at :],
                    0,
                    None,
                )
                return block
        if name in RAW_TEXT and not is_end:
            self._go_to(b"</" + name)
        return None


def _classes(attributes: bytes) -> frozenset[str]:
    found = CLASS.search(attributes)
    value = next((one for one in found.groups() if one is not None), b"") if found else b""
    return frozenset(value.decode("utf-8", "replace").split())
