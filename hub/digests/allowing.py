"""How much of each thing a digest says: by the length that the subscriber chose, and below what mail carries.

Mail programs cut what is longer than 100 kB, and people what is longer than their coffee. What is told first
gets its room first; beyond it come titles, and beyond those a number that leads to the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.content.files.shown import files_of
from hub.core.markup import excerpt, own_words
from hub.subscriptions.models import OPENINGS, TITLES, WHOLE

from .entries import COUNTED, IN_FULL, TITLE, Edition, Entry, Event

# Enough to know whether to go and read it.
LINE = 220
# A post of the usual length is told whole; all that is told whole together fits into one message.
LONGEST_WHOLE = 2_400
ALL_WHOLE = 24_000


@dataclass(frozen=True)
class Room:
    """Entries in full and as titles: of one section, and of the digest."""

    full: int
    all_full: int
    titles: int
    all_titles: int


ROOM = {
    TITLES: Room(full=0, all_full=0, titles=20, all_titles=80),
    OPENINGS: Room(full=6, all_full=18, titles=8, all_titles=30),
    WHOLE: Room(full=6, all_full=18, titles=8, all_titles=30),
}


def allow(edition: Edition, length: str) -> None:
    """Say of each entry how much of it is told."""
    room = ROOM[length]
    full, titles = room.all_full, room.all_titles
    for section in edition.sections:
        whole = min(room.full, full)
        named = min(room.titles, titles)
        for place, entry in enumerate(section.entries):
            entry.level = IN_FULL if place < whole else TITLE if place < whole + named else COUNTED
        full -= min(whole, len(section.entries))
        titles -= max(0, min(named, len(section.entries) - whole))


def quote(entries: Sequence[Entry], length: str) -> None:
    """Set the words of what is told in full: the first of each post, or, as far as that fits, all."""
    left = ALL_WHOLE if length == WHOLE else 0
    _name_files(entries)
    for entry in entries:
        for event in _quoted(entry):
            assert event.post is not None
            words = own_words(event.post.html)
            if left and len(words) <= min(LONGEST_WHOLE, left):
                event.paragraphs = [part for part in words.split("\n\n") if part.strip()]
                left -= len(words)
            elif entry.item.summary and event.position == 1:
                event.paragraphs = [entry.item.summary]
            else:
                event.paragraphs = [excerpt(words, LINE)]


def _name_files(entries: Sequence[Entry]) -> None:
    """Of the posts whose words are told, in one query where any has files: they are named, never attached."""
    told = [(event, entry.item.path) for entry in entries for event in _quoted(entry) if event.post]
    found = files_of(
        [event.post for event, _path in told], {event.post.id: path for event, path in told if event.post}
    )
    for event, _path in told:
        event.files = found.get(event.post.id, ()) if event.post else ()


def _quoted(entry: Entry) -> list[Event]:
    """Events whose words are told: an opening, what was accepted, and some of what was written under it."""
    opening = [event for event in entry.of_kind("published", "revised") if event.post][-1:]
    accepted = [event for event in entry.of_kind("accepted") if event.post]
    return [*opening, *accepted, *entry.quoted]
