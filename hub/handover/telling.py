"""What a table or a paper tells of one version of a post: plain values, named at its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _

from hub.archive.masking import Named, name_at
from hub.archive.models import (
    DELETED,
    EDITED,
    FOUND_AGAIN,
    MET,
    NOT_FOUND,
    ArchiveEvent,
    PostVersion,
    Sighting,
)
from hub.archive.platforms import platform_name
from hub.archive.showing import said
from hub.archive.words import event_word
from hub.core.pages import day

from .gathering import Gathered

# What happened to a post on its platform, as far as sources tell.
ON_THE_PLATFORM = (EDITED, DELETED, NOT_FOUND, FOUND_AGAIN)


@dataclass(frozen=True)
class VersionTold:
    found: Gathered
    version: PostVersion | None  # None: the post is known only by its deletion
    place: int
    named: Named
    at: datetime | None

    @property
    def sighting(self) -> Sighting | None:
        """Its first."""
        own = self.found.sightings_of(self.version) if self.version else []
        return own[0] if own else None

    @property
    def kept_at(self) -> datetime | None:
        """When it was first seen, or else came in."""
        told = [one for one in self.found.events if self.sighting and one.sighting_id == self.sighting.id]
        known = self.sighting.captured_at if self.sighting else None
        return known or (told[0].recorded_at if told else None)

    @property
    def platform(self) -> str:
        return platform_name(self.found.post.platform, self.at)

    @property
    def text(self) -> str:
        """All its words, what stands above and in front of its text with them."""
        return "\n\n".join(said(self.version.text, self.version.details)) if self.version else ""

    @property
    def called(self) -> str:
        """The author's name and handle as they were then, as far as anybody knows; "" where nobody does."""
        name, handle = self.named.name, f"@{self.named.handle}" if self.named.handle else ""
        if self.named.later:
            handle = _("%(before)s before, @%(after)s after", before=handle, after=self.named.later)
        return f"{name} ({handle})" if name and handle else name or handle

    @cached_property
    def title(self) -> str:
        """One line: what it is, whose and when."""
        author = self.named.name or (f"@{self.named.handle}" if self.named.handle else _("an unnamed author"))
        on = day(self.at) if self.at else _("an unknown day")
        return _("%(platform)s post by %(author)s, %(day)s", platform=self.platform, author=author, day=on)

    @cached_property
    def happened(self) -> str:
        return "; ".join(happening(event) for event in self.found.events if event.kind in ON_THE_PLATFORM)


def happening(event: ArchiveEvent) -> str:
    """'Deleted, 3 March 2024'."""
    at = event.at or event.known_at or event.recorded_at
    return f"{event_word(event)[1]}, {day(at)}"


def versions_told(found: Gathered) -> Iterator[VersionTold]:
    """Each version of a post; of a post without any, the fact."""
    for place, version in enumerate(found.versions or (None,), 1):
        at = (version.written_at if version else None) or found.post.posted_at
        yield VersionTold(found, version, place, name_at(found.names, at) or Named("", ""), at)


def shown_events(found: Gathered) -> list[ArchiveEvent]:
    """What happened, without further sightings of the same."""
    return [event for event in found.events if event.kind != MET]
