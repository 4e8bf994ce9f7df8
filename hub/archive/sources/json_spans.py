"""Where the parts of a JSON value lie in its text.

A captured page holds many posts, accounts and media in one value. Each part's exact bytes are evidence, so
the page is walked here instead of being parsed whole: `scan` parses it once, and remembers the span of each
part that the plan names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.archive.sources.json_stream import Broken, after_whitespace, decode, to_bytes

#: A plan is a dict of keys to plans; PART keeps the value (each value of a list) with its span.
PART = object()


@dataclass(slots=True)
class Part:
    """A parsed value and the exact bytes it was read from."""

    value: Any
    raw: bytes


def scan(text: str, at: int, plan: Any) -> tuple[Any, int]:
    """Parse the value at `at` by the plan; returns it, with Parts inside, and where it ends.

    Raises Broken. A value of another shape than the plan expects is parsed plainly.
    """
    at = after_whitespace(text, at)
    opening = text[at : at + 1]
    if plan is PART and opening == "[":
        return _list_of_parts(text, at)
    if plan is PART:
        value, end = decode(text, at)
        return Part(value, to_bytes(text[at:end])), end
    if plan and opening == "{":
        return _object(text, at, plan)
    return decode(text, at)


def _object(text: str, at: int, plan: dict) -> tuple[dict, int]:
    found: dict[str, Any] = {}
    at = after_whitespace(text, at + 1)
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        key, at = decode(text, after_whitespace(text, at))
        if not isinstance(key, str):
            raise Broken("not_json")
        at = _over(text, at, ":")
        found[key], at = scan(text, at, plan.get(key))
        at = after_whitespace(text, at)
        if text[at : at + 1] == "}":
            return found, at + 1
        at = _over(text, at, ",")


def _list_of_parts(text: str, at: int) -> tuple[list[Part], int]:
    parts: list[Part] = []
    at = after_whitespace(text, at + 1)
    if text[at : at + 1] == "]":
        return parts, at + 1
    while True:
        at = after_whitespace(text, at)
        value, end = decode(text, at)
        parts.append(Part(value, to_bytes(text[at:end])))
        at = after_whitespace(text, end)
        if text[at : at + 1] == "]":
            return parts, at + 1
        at = _over(text, at, ",")


def _over(text: str, at: int, character: str) -> int:
    at = after_whitespace(text, at)
    if text[at : at + 1] != character:
        raise Broken("not_json")
    return at + 1


def parts_of(value: Any) -> Iterator[Part]:
    """The Parts in a scanned place: one, several, or none."""
    if isinstance(value, Part):
        yield value
    elif isinstance(value, list):
        yield from (part for part in value if isinstance(part, Part))
