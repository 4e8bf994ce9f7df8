"""Reads chosen elements of an XML file one after another, each with its exact bytes, in bounded memory.

Expat walks the file piece by piece and tells at which byte each thing begins; an element that is wanted is
built as a small tree while it passes. Entities are refused where they are declared, so nothing can be made
to grow, and nothing outside of the file is ever asked for.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable
from hub.archive.sources.json_stream import Broken

# Between a name's parts, as expat gives them: address of its namespace, name, prefix.
PARTS = "\x1f"
DEEPEST = 200
# Of the file, read at a time: all that is wanted in one piece is built before any of it is given.
PIECE = 64 * limits.KB
# Of one element that is wanted: a page with ten thousand comments has 150,000.
MOST_NODES = 300_000


@dataclass(slots=True)
class Node:
    """An element: its namespace ("" for none) and name, its attributes as written, its own text, and where
    its bytes begin and end in the file."""

    space: str
    name: str
    attributes: dict[str, str]
    start: int
    end: int = -1
    pieces: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def child(self, name: str, space: str = "") -> Node | None:
        return next((one for one in self.children if one.name == name and one.space.startswith(space)), None)

    def value(self, name: str, space: str = "") -> str:
        """The text of the first child of a name (in a namespace that begins so); "" where there is none."""
        found = self.child(name, space)
        return found.text if found else ""


@dataclass(slots=True)
class Element:
    """A wanted element, its bytes, which of the wanted it is (from 1), and what makes a file of its own:
    the declaration and the tags that are open around it (`before`), and their closing (`after`)."""

    node: Node
    raw: bytes
    number: int
    before: bytes
    after: bytes

    def part(self, node: Node) -> bytes:
        """The exact bytes of an element inside."""
        return self.raw[node.start - self.node.start : node.end - self.node.start]


@dataclass(frozen=True, slots=True)
class Open:
    """An element that is open around: its name as written, and the bytes of its opening tag."""

    space: str
    name: str
    written: str
    tag: bytes


#: Whether an element is wanted, by the (namespace, name) of those around it and its own, outermost first.
Wanted = Callable[[tuple[tuple[str, str], ...]], bool]


def elements(stream: BinaryIO, wanted: Wanted) -> Iterator[Element | Broken]:
    """The wanted elements, in order; a Broken in the place of one that is too large. None lies in another.

    Raises Broken where the file is not well-formed, ends too early, is too deep, or declares entities.
    """
    walk = _Walk(wanted)
    while chunk := stream.read(PIECE):
        walk.feed(chunk)
        yield from walk.take()
    walk.feed(b"", last=True)
    yield from walk.take()


def root_of(stream: BinaryIO) -> tuple[str, str] | None:
    """(namespace, name) of the outermost element; None for what does not begin as XML.

    Raises Unreadable for a file that declares entities: no true export does.
    """
    found: list[tuple[str, str]] = []

    def remember(path: tuple[tuple[str, str], ...]) -> bool:
        found.append(path[0])
        return False

    walk = _Walk(remember)
    try:
        while not found and walk.fed < limits.CHUNK and (chunk := stream.read(limits.KB)):
            walk.feed(chunk)
    except Broken as error:
        if error.reason == "entities":
            raise Unreadable(error.reason) from error
    return found[0] if found else None


class _Walk:
    """The state of one reading. `held` are the file's bytes from `held_from` on that may still be needed."""

    def __init__(self, wanted: Wanted):
        self.wanted = wanted
        self.fed = 0
        self.held = bytearray()
        self.held_from = 0
        self.seen_to = 0
        self.number = 0
        self.encoding = "utf-8"
        self.declaration = b""
        self.path: list[Open] = []
        self.inside: list[Node] = []
        self.nodes = 0
        self.too_large = False
        self.at_next: list[Callable[[int], None]] = []
        self.ready: list[Element | Broken] = []
        self.parser = self._parser()

    def _parser(self) -> Any:
        parser = expat.ParserCreate(namespace_separator=PARTS)
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.DefaultHandlerExpand = self._other
        parser.XmlDeclHandler = self._declared
        parser.EntityDeclHandler = self._entity
        return parser

    def feed(self, chunk: bytes, last: bool = False) -> None:
        self.held += chunk
        self.fed += len(chunk)
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise self._not_xml(error, last) from error
        except (ValueError, LookupError) as error:
            raise Broken("encoding", self.number) from error
        if last:
            self._tick(self.fed)
        self._let_go()

    def take(self) -> Iterator[Element | Broken]:
        ready, self.ready = self.ready, []
        yield from ready

    def _not_xml(self, error: expat.ExpatError, last: bool) -> Broken:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]:
            return Broken("encoding", self.number)
        return Broken("cut_short" if last else "not_xml", self.number)

    def _let_go(self) -> None:
        """Forget the bytes that nobody needs any more; give up on what never ends."""
        if self.fed - self.seen_to > limits.MAX_VALUE:
            raise Broken("value_too_large", self.number)
        first = self.inside[0].start if self.inside else self.seen_to
        if self.fed - first > limits.MAX_VALUE and not self.too_large:
            self._give_up()
        if not self.inside or self.too_large:
            first = self.seen_to
        # What is taken at the next event begins at the last one.
        del self.held[: first - self.held_from]
        self.held_from = first

    def _give_up(self) -> None:
        """The element is larger than what is read of one: it is passed over to its end."""
        self.too_large = True
        self.inside[0].children.clear()
        self.inside[0].pieces.clear()

    def _bytes(self, start: int, end: int) -> bytes:
        return bytes(self.held[start - self.held_from : end - self.held_from])

    # Events. Expat says where a thing begins; where it ends is where the next one begins.

    def _tick(self, at: int | None = None) -> int:
        at = self.parser.CurrentByteIndex if at is None else at
        waiting, self.at_next = self.at_next, []
        for one in waiting:
            one(at)
        self.seen_to = at
        return at

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        at = self._tick()
        self.encoding = encoding or self.encoding
        self.at_next.append(lambda end: self._remember_declaration(at, end))

    def _remember_declaration(self, start: int, end: int) -> None:
        self.declaration = self._bytes(min(start, self.held_from), end)

    def _entity(self, *declared: Any) -> None:
        raise Broken("entities", self.number)

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        at = self._tick()
        if len(self.path) + len(self.inside) >= DEEPEST:
            raise Broken("too_deep", self.number)
        space, name, written = _names(full)
        if self.inside:
            self._inner(Node(space, name, attributes, at))
            return
        opened = Open(space, name, written, b"")
        around = tuple((one.space, one.name) for one in (*self.path, opened))
        if self.wanted(around):
            self.inside = [Node(space, name, attributes, at)]
            self.nodes, self.too_large = 1, False
        else:
            self.path.append(opened)
            depth = len(self.path) - 1
            self.at_next.append(lambda end: self._remember_tag(depth, at, end))

    def _remember_tag(self, depth: int, start: int, end: int) -> None:
        if depth < len(self.path):
            opened = self.path[depth]
            self.path[depth] = Open(opened.space, opened.name, opened.written, self._bytes(start, end))

    def _inner(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES and not self.too_large:
            self._give_up()
        if not self.too_large:
            self.inside[-1].children.append(node)
        self.inside.append(node)

    def _end(self, full: str) -> None:
        self._tick()
        if not self.inside:
            self.path.pop()
            return
        node = self.inside.pop()
        if self.inside:
            self.at_next.append(lambda end: setattr(node, "end", end))
        else:
            self.number += 1
            self.inside = [node]  # its bytes are held until its end is known
            self.at_next.append(lambda end: self._finish(node, end))

    def _finish(self, node: Node, end: int) -> None:
        self.inside = []
        if self.too_large:
            self.ready.append(Broken("value_too_large", self.number))
            return
        node.end = end
        before = self.declaration + b"".join(one.tag for one in self.path)
        closing = "".join(f"</{one.written}>" for one in reversed(self.path))
        after = closing.encode(_plain(self.encoding), "replace")
        self.ready.append(Element(node, self._bytes(node.start, end), self.number, before, after))

    def _text(self, data: str) -> None:
        self._tick()
        if self.inside and not self.too_large:
            self.inside[-1].pieces.append(data)

    def _other(self, data: str) -> None:
        """Comments, instructions, and names of characters that only a declaration elsewhere explains."""
        self._tick()
        if self.inside and not self.too_large and data.startswith("&"):
            self.inside[-1].pieces.append(html.unescape(data))


def _plain(encoding: str) -> str:
    """The encoding without a mark at its beginning, which "utf-16" would put before each piece."""
    try:
        "".encode(encoding)
    except LookupError:
        return "utf-8"
    return "utf-16-le" if encoding.lower().replace("_", "-") == "utf-16" else encoding


def _names(full: str) -> tuple[str, str, str]:
    """(namespace, name, name as written) of what expat gives."""
    parts = full.split(PARTS)
    if len(parts) == 1:
        return "", full, full
    prefix = f"{parts[2]}:" if len(parts) > 2 else ""
    return parts[0], parts[1], prefix + parts[1]
