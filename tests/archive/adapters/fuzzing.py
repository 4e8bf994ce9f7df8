"""Puts something wrong into each place of a JSON value in turn."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

WRONG = (None, -1, 10**30, "x" * 3_000, [], ["x"], {}, {"a": {"b": []}}, True, "\ud800\x00")


def wrong_values(value: Any) -> Iterator[Any]:
    """Copies of the value, each with one part replaced by something of another kind."""
    for path in _places(value):
        for wrong in WRONG:
            yield _with(value, path, wrong)


def _places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _places(one, (*path, key))
    elif isinstance(value, list):
        for at, one in enumerate(value[:3]):
            yield from _places(one, (*path, at))


def _with(value: Any, path: tuple, wrong: Any) -> Any:
    if not path:
        return wrong
    changed = copy.deepcopy(value)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    return changed
