"""Reads the founding content from its files into shapes, strictly: what is unknown, missing or of the
wrong type is an error that names the file.

An item is a Markdown file in blocks, each a TOML table between `+++` lines and the text after it. The
first block is the item and its opening post; each later one is a post under it, or a later text of a
guidance page.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from .checking import check
from .elsewhere import read_elsewhere
from .shapes import (
    Ago,
    Collection,
    ContentError,
    Founding,
    Group,
    Item,
    Organisation,
    Person,
    Post,
    Topic,
)

CONTENT = Path(__file__).parent / "content"

# The folder of an item says its kind.
KINDS = {"questions": "question", "discussions": "discussion", "guidance": "guidance"}

# Words that TOML may use and Python may not.
_RENAMED = {"from": "came_from"}

Shape = TypeVar("Shape")


def read(folder: Path = CONTENT) -> Founding:
    """The founding content, checked. Raises ContentError with everything that is wrong."""
    founding = Founding(
        organisations=_rows(folder, "organisations", Organisation),
        people=_rows(folder, "people", Person),
        topics=_rows(folder, "topics", Topic),
        groups=_rows(folder, "groups", Group),
        collections=_rows(folder, "collections", Collection),
        items=tuple(_items(folder / "items")),
    )
    channel = _toml((folder / "channel.toml").read_text(encoding="utf-8"), "channel.toml")
    elsewhere = read_elsewhere(folder / "elsewhere.toml")
    files = {row["key"] for kind in ("exports", "captures", "compliance") for row in channel[kind]}
    check(founding, _channel_keys(channel), set(elsewhere.post_ids), files | elsewhere.files)
    return founding


def _channel_keys(channel: dict[str, Any]) -> set[str]:
    return {row["key"] for kind in ("posts", "captured") for row in channel[kind]}


def _rows(folder: Path, name: str, shape: type[Shape]) -> tuple[Shape, ...]:
    path = folder / f"{name}.toml"
    table = _toml(path.read_text(encoding="utf-8"), path.name)
    _must_be_marked(table, path.name)
    return tuple(
        build(shape, row, f"{path.name}, entry {number}") for number, row in enumerate(table[name], 1)
    )


def _items(folder: Path) -> Iterator[Item]:
    for path in sorted(folder.glob("*/*/*.md")):
        group, place, name = path.relative_to(folder).with_suffix("").parts
        if place not in KINDS:
            raise ContentError(f"{path.name}: lies in {place}/, which is not one of {', '.join(KINDS)}")
        yield read_item(path.read_text(encoding="utf-8"), group, place, name)


def read_item(text: str, group: str, place: str, name: str) -> Item:
    """One item from the text of its file."""
    address = f"{group}/{place}/{name}"
    (head, opening), *rest = blocks(text, address)
    _must_be_marked(head, address)
    posts, texts = [], []
    for number, (table, body) in enumerate(rest, 2):
        where = f"{address}, block {number}"
        if table.get("kind") == "revision":
            texts.append(body)
        else:
            posts.append(build(Post, table | {"text": body}, where))
    revisions = head.pop("revisions", [])
    if len(revisions) != len(texts):
        raise ContentError(f"{address}: {len(revisions)} revisions are described and {len(texts)} written")
    return build(
        Item,
        head
        | {
            "address": address,
            "kind": KINDS[place],
            "group": group,
            "text": opening,
            "posts": tuple(posts),
            "revisions": [row | {"text": body} for row, body in zip(revisions, texts, strict=True)],
        },
        address,
    )


def blocks(text: str, where: str) -> list[tuple[dict[str, Any], str]]:
    """The (table, text) pairs of a file."""
    parts = re.split(r"(?m)^\+\+\+[ \t]*\n", text)
    if parts[0].strip() or len(parts) < 3 or len(parts) % 2 == 0:
        raise ContentError(f"{where}: the +++ lines do not come in pairs from the first line on")
    return [
        (_toml(parts[place], f"{where}, block {place // 2 + 1}"), parts[place + 1].strip() + "\n")
        for place in range(1, len(parts), 2)
    ]


def build(shape: type[Shape], table: dict[str, Any], where: str) -> Shape:
    """A dataclass from a TOML table: nested tables, moments and lists are converted by the field's type."""
    table = {_RENAMED.get(name, name): value for name, value in table.items()}
    known = {each.name: each for each in fields(shape)}  # type: ignore[arg-type]
    if unknown := table.keys() - known.keys() - {"sample"}:
        raise ContentError(f"{where}: does not know {', '.join(sorted(unknown))}")
    values = {}
    for name, each in known.items():
        if name in table:
            values[name] = _convert(table[name], each.type, f"{where}, {name}")
        elif each.default is MISSING:
            raise ContentError(f"{where}: lacks {name}")
    return shape(**values)


def _convert(value: Any, wanted: Any, where: str) -> Any:
    if isinstance(wanted, UnionType):
        wanted = get_args(wanted)[0]
    if get_origin(wanted) is tuple:
        if not isinstance(value, list | tuple):
            raise ContentError(f"{where}: should be a list")
        inner = get_args(wanted)[0]
        return tuple(_convert(each, inner, where) for each in value)
    if wanted is Ago:
        try:
            return Ago.parse(value)
        except (ValueError, TypeError) as problem:
            raise ContentError(f"{where}: {problem}") from problem
    if is_dataclass(wanted) and isinstance(value, dict):
        return build(wanted, value, where)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ContentError(f"{where}: should be {_NAMES.get(wanted, wanted.__name__)}")
    return value.strip() if wanted is str and "\n" not in value.strip() else value


_NAMES = {str: "text", int: "a number", bool: "true or false", date: "a date"}


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ContentError(f"{where}: {problem}") from problem


def _must_be_marked(table: dict[str, Any], where: str) -> None:
    if table.get("sample") is not True:
        raise ContentError(f"{where}: is not marked as a sample (sample = true)")
