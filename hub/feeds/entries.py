"""What a feed holds, before it is written in one format or another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

# A feed must have a date even before anything is in it.
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Enclosure:
    """A file that anybody may read. url: absolute. size: in bytes."""

    url: str
    media_type: str
    size: int
    name: str


@dataclass(frozen=True)
class Entry:
    """One thing to read. id: a tag URI, the same for ever. url: absolute. html: safe, with absolute links.
    summary: one plain sentence, or "". tags: (code, word)."""

    id: str
    url: str
    title: str
    author: str
    published: datetime
    updated: datetime
    html: str
    summary: str = ""
    tags: Sequence[tuple[str, str]] = ()
    files: Sequence[Enclosure] = ()


@dataclass(frozen=True)
class Gone:
    """The id of an entry that was withdrawn, and when."""

    id: str
    at: datetime


@dataclass(frozen=True)
class Feed:
    """One page of a feed. home: the page that it is of; own: its own address; older: the address of the next
    page, "" on the last."""

    id: str
    title: str
    about: str
    home: str
    own: str
    language: str
    entries: Sequence[Entry]
    gone: Sequence[Gone] = ()
    older: str = ""

    @property
    def updated(self) -> datetime:
        """When anything that it tells last changed, as far as that has a date."""
        moments = [entry.updated for entry in self.entries] + [one.at for one in self.gone]
        return max(moments, default=NOTHING_YET)
