"""Slots: a lower room's page names a place; a higher room may put something there."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from markupsafe import Markup

Filler = Callable[..., Any]

_fillers: dict[str, list[Filler]] = {}


def fills(slot: str) -> Callable[[Filler], Filler]:
    """Register a filler; it gets what the page passes, and returns Markup, or None for nothing."""

    def register(filler: Filler) -> Filler:
        _fillers.setdefault(slot, []).append(filler)
        return filler

    return register


def slot(name: str, *subjects: Any) -> Markup:
    """What the rooms above have to show here, in the order in which they registered."""
    parts = (filler(*subjects) for filler in _fillers.get(name, []))
    return Markup("").join(part for part in parts if part)


def gather(name: str, *subjects: Any) -> dict[int, Markup]:
    """The same for each row of a page at once: fillers of this slot give a mapping from the row's id to what
    they show there, so that a page of thirty asks as little as a page of three."""
    gathered: dict[int, Markup] = {}
    for filler in _fillers.get(name, []):
        for row_id, part in (filler(*subjects) or {}).items():
            gathered[row_id] = gathered.get(row_id, Markup("")) + part
    return gathered


def init_app(app: Flask) -> None:
    app.jinja_env.globals["slot"] = slot
