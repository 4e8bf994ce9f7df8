"""Entries as they stand in a message. Most of a digest is the same for many readers, so what was made of one
entry is kept.

What is kept is found by all that it was made of: every word that it says, the language, and the hub's own
address. Nothing of who reads is in it, and it cannot be out of date: other words are found elsewhere. What a
reader may be told has been asked before, for them alone.
"""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from flask import current_app
from flask_babel import get_locale

from hub.core.fragments import fragments
from hub.core.site import address
from hub.examples import mail_wording

from . import wording
from .entries import Entry, Event
from .examples import NO_EXAMPLES

HTML, PLAIN = "html", "txt"

# Makes a macro of a form of the message, by its name, into text: of an entry, and how it is set.
Made = Callable[[], str]
Keeping = Callable[[Hashable, Made], str]


def keep(key: Hashable, made: Made) -> str:
    """What is kept under the key, or made now."""
    found: str = fragments.get(key, made, _size)
    return found


def _size(text: str) -> int:
    """With the key, which holds the same words."""
    return 2 * len(text)


def texts(keeping: Keeping = keep) -> dict[str, "Texts"]:
    """What the templates of the message call, for each of its forms."""
    return {form: Texts(form, keeping) for form in (HTML, PLAIN)}


class Texts:
    """Entries in one form of the message, in the language of the present reader."""

    def __init__(self, form: str, keeping: Keeping) -> None:
        hub = address()
        template = current_app.jinja_env.get_template(f"email/digest/_entry.{form}")
        self._macros = template.make_module({"hub": hub, "say": wording, "words": mail_wording})
        self._of = ("digest", form, hub, str(get_locale()))
        self._keep = keeping

    def in_full(self, entry: Entry, *how: Hashable) -> str:
        return self._text("entry_in_full", entry, how)

    def title(self, entry: Entry, *how: Hashable) -> str:
        return self._text("entry_title", entry, how)

    def _text(self, macro: str, entry: Entry, how: tuple[Hashable, ...]) -> str:
        made = partial(_called, self._macros, macro, entry, how)
        if entry.examples is not NO_EXAMPLES:
            return made()  # what the archive shows changes for reasons of its own
        return self._keep((*self._of, macro, how, said(entry)), made)


def _called(macros: Any, macro: str, entry: Entry, how: tuple[Hashable, ...]) -> str:
    text: str = getattr(macros, macro)(entry, *how)
    return text


def said(entry: Entry) -> Hashable:
    """All that is told of an entry."""
    events = tuple(
        (*_who_and_where(event), event.number, event.weight, tuple(event.paragraphs), tuple(event.files))
        for event in entry.events
    )
    return (entry.item, entry.titles_only, events)


def _who_and_where(event: Event) -> tuple[Hashable, ...]:
    return (event.kind, event.name, event.organisation, event.position)
