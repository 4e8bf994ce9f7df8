"""Texts with private people left out, piece by piece: what is shown still knows where it stands in the text.

So a passage that somebody chose is found in what they saw, kept by its place in the version's own text, and
marked again in whatever is shown of it later.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from .platforms import HOSTS, person_at

# A handle as platforms write it, also with the dot in front that shows an answer to everybody (".@jane"); the
# "@" of an e-mail address follows a letter.
_MENTION = re.compile(r"(?<![\w@＠])[@＠](\w[\w.-]*\w|\w)(@[\w.-]+\w)?")
# Pages of people are written without the scheme, too, as platforms show them.
_ADDRESS = re.compile(
    rf"https?://[^\s<>\"]+|(?<![\w@./=-])(?:[\w-]+\.)?(?:{'|'.join(map(re.escape, HOSTS))})/[^\s<>\"]+",
    re.IGNORECASE,
)
# What ends a sentence or a bracket is no part of the address before it.
_AFTER_ADDRESS = ".,;:!?'\")]}»”’…"
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+|0)\d(?:[ ()-]?\d){8,13}(?!\w)")

# One letter is no name; it would take letters out of words.
SHORTEST_NAME = 2
# A longer passage is no passage; and nobody looks for more.
MOST_PASSAGES = 10

Passage = tuple[int, int]
"""From and to, in characters of the version's own text."""


@dataclass(frozen=True)
class Public:
    """Who of a collection may be named: handles (without "@") and names in lower case, platforms' ids."""

    handles: Collection[str] = frozenset()
    ids: Collection[str] = frozenset()
    names: Collection[str] = frozenset()


@dataclass(frozen=True)
class Piece:
    """A run of the text. `shown` is the same, or what stands in its place."""

    start: int
    end: int
    shown: str
    hidden: bool = False


@dataclass(frozen=True)
class MaskedText:
    """A text as others see it."""

    pieces: tuple[Piece, ...] = ()

    def __str__(self) -> str:
        return "".join(piece.shown for piece in self.pieces)

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not any(piece.hidden for piece in self.pieces)

    def place(self, words: str) -> Passage | None:
        """Where words that somebody saw stand in the text itself; None: they are not in it. However lines
        were broken on the way here."""
        typed = words.split()
        if not typed:
            return None
        found = re.search(r"\s+".join(map(re.escape, typed)), str(self))
        return (self._origin(found.start()), self._origin(found.end(), end=True)) if found else None

    def _origin(self, at: int, end: bool = False) -> int:
        """The place in the text of a place in what is shown; what stands for something is one with it."""
        passed = 0
        for piece in self.pieces:
            beyond = passed + len(piece.shown)
            if at < beyond or (end and at == beyond):
                if piece.hidden:
                    return piece.end if end else piece.start
                return piece.start + at - passed
            passed = beyond
        return self.pieces[-1].end if self.pieces else 0

    def marked(self, passages: Sequence[Passage]) -> list[tuple[str, bool]]:
        """What is shown in runs, each with whether it belongs to a passage."""
        runs: list[tuple[str, bool]] = []
        for piece in self.pieces:
            for shown, marked in _cut(piece, passages):
                if runs and runs[-1][1] == marked:
                    runs[-1] = (runs[-1][0] + shown, marked)
                elif shown:
                    runs.append((shown, marked))
        return runs


def _cut(piece: Piece, passages: Sequence[Passage]) -> Iterator[tuple[str, bool]]:
    if piece.hidden:
        yield piece.shown, any(start < piece.end and piece.start < end for start, end in passages)
        return
    inside = {edge for passage in passages for edge in passage if piece.start < edge < piece.end}
    edges = [piece.start, *sorted(inside), piece.end]
    for start, end in itertools.pairwise(edges):
        marked = any(one <= start and end <= other for one, other in passages)
        yield piece.shown[start - piece.start : end - piece.start], marked


@dataclass(frozen=True)
class Mask:
    """What to leave out: handles and profiles of whoever is not `public`, the `names`, and with `contacts`
    e-mail addresses and telephone numbers."""

    public: Public = field(default_factory=Public)
    names: tuple[str, ...] = ()
    contacts: bool = False

    def __call__(self, text: str) -> MaskedText:
        pieces: list[Piece] = []
        done = 0
        for start, end, shown in sorted(self._hidden(text), key=lambda one: (one[0], -one[1])):
            if start < done:
                continue
            if start > done:
                pieces.append(Piece(done, start, text[done:start]))
            pieces.append(Piece(start, end, shown, hidden=True))
            done = end
        if done < len(text):
            pieces.append(Piece(done, len(text), text[done:]))
        return MaskedText(tuple(pieces))

    def _hidden(self, text: str) -> Iterator[tuple[int, int, str]]:
        private = _("@[private person]")
        for found in _ADDRESS.finditer(text):
            address = found[0].rstrip(_AFTER_ADDRESS)
            whole = address if address.lower().startswith("http") else f"https://{address}"
            if names_private_person(whole, self.public.handles):
                yield found.start(), found.start() + len(address), private
        for found in _MENTION.finditer(text):
            # With its server a handle is another's than the same without, or on another server.
            if f"{found[1]}{found[2] or ''}".casefold() not in self.public.handles:
                yield found.start(), found.end(), private
        for found in self._names_in(text):
            yield found.start(), found.end(), _("[private person]")
        if self.contacts:
            for pattern in (_E_MAIL, _TELEPHONE):
                for found in pattern.finditer(text):
                    yield found.start(), found.end(), _("[contact left out]")

    def _names_in(self, text: str) -> Iterator[re.Match[str]]:
        wanted = sorted({name for name in self.names if len(name) >= SHORTEST_NAME}, key=len, reverse=True)
        if wanted:
            either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in wanted)
            yield from re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE)


def names_private_person(address: str, public: Collection[str]) -> bool:
    """Whether an address leads to the profile or a post of somebody who is not known to be public."""
    try:
        handle = person_at(address)
    except ValueError:
        return True  # what cannot be read cannot be judged
    return handle is not None and handle not in public


def private_names(mentions: Iterable[Sequence[str | None]], public: Public) -> tuple[str, ...]:
    """What the private people whom a version mentions are called: [handle, platform id, name] each."""
    found: list[str] = []
    for handle, account_id, name in mentions:
        known = (
            (handle or "").casefold() in public.handles
            or account_id in public.ids
            or (not handle and not account_id and (name or "").casefold() in public.names)
        )
        if not known:
            found += [one.strip() for one in (handle, name) if one and one.strip()]
    return tuple(dict.fromkeys(found))
