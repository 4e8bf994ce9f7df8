"""The archive that Mastodon gives an account of itself: a tar.gz, of newer servers a zip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.activity import ACTORS, COLLECTIONS, CONTEXT, Reading, read_activity, type_of
from hub.archive.adapters.activity_fields import PLATFORM, account_of, as_list
from hub.archive.adapters.base import ROWS_BETWEEN_SIGNS, Counted, Export, LeftOut, Record, StillReading
from hub.archive.adapters.fields import as_count, as_dict, iso_time
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_lists import member_rows
from hub.archive.sources.json_spans import Part
from hub.archive.sources.json_stream import single_value

ACTOR, OUTBOX, MEDIA = "actor.json", "outbox.json", "media_attachments/"
ITEMS = ("orderedItems",)
PRIVATE = frozenset({"likes.json", "bookmarks.json"})
# The account's own pictures are not posts'.
VIEW = ("avatar.", "header.")


class MastodonArchive:
    name = "mastodon-archive"
    label = "Mastodon archive"
    evidence = "import"
    how = _l(
        "The tar.gz or zip as you downloaded it. On your Mastodon server: Preferences, Import and export, "
        "“Request your archive”."
    )

    def recognises(self, source: Source) -> bool:
        return source.holds_files and _folder(source) is not None

    def read(self, source: Source) -> Iterator[Record]:
        yield from _Reading(source).records()


def _folder(source: Source) -> str | None:
    """The folder (with its slash, "" for none) in which actor and outbox stand; None when there is none."""
    actors = [one.name for one in source.members() if one.name.rpartition("/")[2] == ACTOR]
    for name in sorted(actors, key=lambda name: (name.count("/"), name))[:10]:
        folder = name.removesuffix(ACTOR)
        there = source.has(folder + OUTBOX) or any(one.name == folder + OUTBOX for one in source.refused)
        if there and CONTEXT in as_list(_value(source, name).get("@context")):
            return folder
    return None


def _value(source: Source, name: str) -> dict:
    try:
        with source.open(name) as stream:
            return as_dict(single_value(stream))
    except (Broken, Unreadable):
        return {}


class _Reading:
    """One pass over one archive."""

    def __init__(self, source: Source):
        self.source = source
        self.folder = _folder(source) or ""
        self.outbox = self.folder + OUTBOX
        self.newest: datetime | None = None
        self.whole = True
        self.shown: set[str] = set()

    def records(self) -> Iterator[Record]:
        actor = _value(self.source, self.folder + ACTOR)
        account = account_of(actor, own=True)
        if type_of(actor) not in ACTORS or not account:
            raise Unreadable("no_account")
        readable = yield from self._checked()
        made_at = self._made_at()
        account.at = made_at
        yield account
        yield from self._left_out()
        if readable:
            reading = Reading(
                "import",
                self.outbox,
                captured_at=made_at,
                strict=True,
                owner=account.account_id,
                member=self._member,
            )
            with self.source.open(self.outbox) as stream:
                for row in member_rows(stream, ITEMS):
                    yield from read_activity(Part(row.value, row.raw), row.number, reading)
        yield from self._other_media()
        yield Export(PLATFORM, account.account_id, made_at, self.whole)

    def _checked(self) -> Iterator[Record]:
        """Reads the outbox to its end before anything of it is given; returns whether it can be."""
        head: dict[str, Any] = {}
        found = 0
        try:
            with self.source.open(self.outbox) as stream:
                for found, row in enumerate(member_rows(stream, ITEMS, head=head), 1):
                    self._date(row.value)
                    if found % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
        except (Broken, Unreadable) as error:
            self.whole = False
            yield LeftOut(error.reason, self.outbox, detail=str(getattr(error, "row", "")))
            yield Counted(self.outbox, as_count(head.get("totalItems")), 0)
            return False
        if type_of(head) not in COLLECTIONS:
            self.whole = False
        yield Counted(self.outbox, as_count(head.get("totalItems")), found)
        return True

    def _date(self, item: Any) -> None:
        published = iso_time(as_dict(item).get("published"))
        if published and (not self.newest or published > self.newest):
            self.newest = published

    def _made_at(self) -> datetime | None:
        """An archive does not say when it was made. Its outbox was written then, but some servers give all
        files of a tar one date of long ago: then it is no younger than its newest post."""
        written = next((one.modified for one in self.source.members() if one.name == self.outbox), None)
        if written and (not self.newest or written >= self.newest):
            return written
        return self.newest

    def _member(self, address: str) -> str | None:
        """The file of a picture: the archive gives its path on the server's own storage."""
        _, found, rest = address.partition("?")[0].partition(MEDIA)
        name = self.folder + found + rest
        if not found or not self.source.has(name):
            return None
        self.shown.add(name)
        return name

    def _other_media(self) -> Iterator[Record]:
        """Pictures of posts that are not kept."""
        media = sum(one.name.startswith(self.folder + MEDIA) for one in self.source.members())
        if media > len(self.shown):
            yield LeftOut("private_media", self.folder + MEDIA, media - len(self.shown))

    def _left_out(self) -> Iterator[Record]:
        for one in self.source.refused:
            self.whole = self.whole and one.name != self.outbox
            yield LeftOut(one.reason, one.name)
        for member in self.source.members():
            inside = member.name.removeprefix(self.folder)
            if inside in PRIVATE:
                yield LeftOut("private", member.name)
            elif inside.startswith(VIEW):
                yield LeftOut("private_media", member.name)
            elif inside not in (ACTOR, OUTBOX) and not inside.startswith(MEDIA):
                yield LeftOut("not_posts", member.name)
