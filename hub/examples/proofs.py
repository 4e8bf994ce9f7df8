"""The proof of what an example shows: for whoever sees the example, and no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.archive.models import SCREENSHOT
from hub.archive.proof import proofs
from hub.archive.proof.checkpoints import first_to_hold
from hub.archive.proof.models import LogCheckpoint, LogEntry
from hub.archive.proof.proofs import Shown, told_of

from .cards import Card
from .models import Example, ExamplePost

# What whoever sees an example sees of its post, and what of that is left when its author is masked: their
# name does not follow from it, nor does the number by which the platform would tell it. The post's own facts
# name whom it answers, and are left out of both.
OPEN = ("about", "author", "bytes", "media", "said", "words")
MASKED = ("about", "bytes", "words")
# What the words follow from: left out where something is left out of the words.
OF_THE_WORDS = ("said", "words")


def entry_of(card: Card) -> LogEntry | None:
    """The entry that seals the sighting which a card shows."""
    return proofs.entry_of_sighting(card.sighting.id) if card.sighting else None


def anchored_by(card: Card, part: ExamplePost) -> LogCheckpoint | None:
    """The earliest checkpoint that what a card shows is under."""
    entry = entry_of(card)
    return first_to_hold(part.archived_post.collection_id, entry.seq) if entry else None


def proof_of(example: Example, part: ExamplePost, card: Card, hub: str) -> dict[str, Any] | None:
    """The proof of one shown version; None while it is not sealed. hub: its address."""
    entry = entry_of(card)
    if entry is None:
        return None
    parts = [name for name in (MASKED if card.masked else OPEN) if _may_be_open(name, card, entry)]
    shown = [Shown(entry, parts)]
    return proofs.make(part.archived_post.collection, shown, hub + example.path, [part.version.text])


def _may_be_open(name: str, card: Card, entry: LogEntry) -> bool:
    if name in OF_THE_WORDS:
        return bool(card.content_hash)  # empty where a handle was left out
    if name == "media":
        return _pictures_are_shown(card, told_of(entry).get("media", ()))
    return True


def _pictures_are_shown(card: Card, told: Sequence[Sequence[Any]]) -> bool:
    """Whether readers see all that the log holds of the pictures: where each lay on the platform, and how it
    was described. Not where a place is covered, or a name left out of the description; and a picture of how
    the post looked to whoever saw it is for the keepers."""
    descriptions = {"", *(medium["alt"] for medium in card.media)}
    covered = any(medium.get("covered") for medium in card.media)
    return not covered and all(kind != SCREENSHOT and alt in descriptions for _, _, kind, _, alt, *_ in told)
