"""The data that Flickr gives an account of itself: a zip of JSON, a file for each picture.

It holds what others wrote under the account's pictures, too: each comment is a post of its own author's.
Flickr hands the data over in several zips and does not say how many there are, so no picture is ever missed
from one of them. Pictures come in further zips; those in the same zip as the data are kept with it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import flickr_rows as rows
from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Counted,
    Export,
    LeftOut,
    Parent,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.export_files import media_kind
from hub.archive.adapters.fields import as_count, as_dict, dicts
from hub.archive.adapters.flickr_rows import PLATFORM, Owner
from hub.archive.sources import Broken, Source, Unreadable, limits
from hub.archive.sources.json_lists import list_rows
from hub.archive.sources.json_spans import PART, parts_of, scan
from hub.archive.sources.json_stream import BOM, Row, after_whitespace

PHOTO = re.compile(r"(?:^|/)photo_(\d{1,25})\.json$")
COMMENTS = re.compile(r"(?:^|/)(?:photos|sets|galleries)_comments_part(\d{1,4})\.json$")
PROFILE = re.compile(r"(?:^|/)account_profile\.json$")
ALBUMS = re.compile(r"(?:^|/)albums\.json$")
# How Flickr names a picture's file: its title, its number and the letter of the size.
PICTURE = re.compile(r"(?:^|[/_-])(\d{6,25})(?:_[a-z0-9]{1,12}){0,2}\.[A-Za-z0-9]{3,4}$")
PRIVATE = re.compile(r"(?:^|/)(?:contacts|followers|received_flickrmail|sent_flickrmail|account_)\w*\.json$")


class Flickr:
    name = "flickr"
    label = "Flickr data (JSON)"
    evidence = "import"
    how = _l(
        "The zip that holds account_profile.json. On Flickr: Settings, “Your Flickr data”, “Request my "
        "Flickr data”. It comes as several zips: unpack them into one folder and zip that, if the pictures "
        "should be kept too."
    )

    def recognises(self, source: Source) -> bool:
        if not source.holds_files:
            return False
        layout = _Layout(source)
        if layout.profile and rows.owner_of(_value(source, layout.profile)):
            return True
        photos = (as_dict(_value(source, name)) for _, name in layout.photos[:3])
        return any("photopage" in photo and "privacy" in photo for photo in photos)

    def read(self, source: Source) -> Iterator[Record]:
        return _Reading(source).records()


class _Layout:
    """The members, sorted: everything lies in one folder, or in one for each zip that it came in."""

    def __init__(self, source: Source):
        self.photos: list[tuple[int, str]] = []
        self.comments: list[tuple[int, str]] = []
        self.pictures: dict[str, str] = {}
        self.profile = self.albums = ""
        self._rest: Counter[tuple[str, str]] = Counter()
        for member in source.members():
            self._sort_in(member.name)
        self.photos.sort()
        self.comments.sort()

    def left_out(self) -> Iterator[LeftOut]:
        for (reason, name), count in sorted(self._rest.items()):
            yield LeftOut(reason, name, count)

    def _sort_in(self, name: str) -> None:
        if found := PHOTO.search(name):
            self.photos.append((int(found[1]), name))
        elif found := COMMENTS.search(name):
            self.comments.append((int(found[1]), name))
        elif PROFILE.search(name):
            self.profile = self.profile or name
        elif ALBUMS.search(name):
            self.albums = self.albums or name
        elif media_kind(name) and (found := PICTURE.search(name)):
            self.pictures[found[1]] = name
        else:
            self._rest[_why_not(name), name] += 1


def _why_not(name: str) -> str:
    if PRIVATE.search(name):
        return "private"
    if media_kind(name):
        return "private_media"
    return "not_posts" if name.endswith(".json") else "viewer"


def _text(source: Source, name: str) -> str:
    """A small file's text. Raises Broken, Unreadable."""
    with source.open(name) as stream:
        data = stream.read(limits.MAX_SMALL_FILE + 1)
    if len(data) > limits.MAX_SMALL_FILE:
        raise Broken("value_too_large")
    return data.decode("utf-8", "surrogateescape").removeprefix(BOM)


def _scanned(source: Source, name: str) -> tuple[Any, bytes]:
    """The one value of a file, its comments with their bytes, and the bytes of all of it."""
    text = _text(source, name)
    value, end = scan(text, 0, {"comments": PART})
    if after_whitespace(text, end) != len(text):
        raise Broken("not_json")
    return value, text.encode("utf-8", "surrogateescape")


def _value(source: Source, name: str) -> Any:
    """The value of a small file; None if it cannot be read."""
    try:
        return scan(_text(source, name), 0, {})[0]
    except (Broken, Unreadable):
        return None


class _Reading:
    """One pass over one export, after a first that finds its newest moment."""

    def __init__(self, source: Source):
        self.source = source
        self.layout = _Layout(source)
        owner = rows.owner_of(_value(source, self.layout.profile)) if self.layout.profile else None
        if owner is None:
            raise Unreadable("no_account")
        self.owner: Owner = owner
        self.newest: datetime | None = None
        self.ids = DerivedIds("comment")
        self.counts: defaultdict[str, int] = defaultdict(int)

    def records(self) -> Iterator[Record]:
        for one in self.source.refused:
            yield LeftOut(one.reason, one.name)
        yield from self.layout.left_out()
        sound = yield from self._survey()
        yield self.owner.account(self.newest)
        for _, name in self.layout.photos:
            yield from self._photo(name)
        for name in sound:
            with self.source.open(name) as stream:
                for _path, row in list_rows(stream, _whole_or_first):
                    yield self._own_comment(row, name)
        yield Export(PLATFORM, self.owner.account_id, None, whole=False, spans=())

    def _survey(self) -> Iterator[Record]:
        """Names of the lists of comments that can be read to their end; on the way everything is counted."""
        for number, (_, name) in enumerate(self.layout.photos, 1):
            if number % ROWS_BETWEEN_SIGNS == 0:
                yield StillReading()
            self._count_photo(as_dict(_value(self.source, name)))
        yield Counted("photo_*.json", None, len(self.layout.photos))
        yield Counted("photo_*.json: comments", self.counts["declared"], self.counts["comments"])
        if self.layout.albums:
            yield self._albums()
        sound = []
        for _, name in self.layout.comments:
            found = 0
            try:
                with self.source.open(name) as stream:
                    for _path, row in list_rows(stream, _whole_or_first):
                        found += 1
                        self._met([rows.moment(_when(row.value))])
            except (Broken, Unreadable) as error:
                yield LeftOut(error.reason, name, 1, str(getattr(error, "row", "")))
                continue
            sound.append(name)
            yield Counted(name, None, found)
        return sound

    def _count_photo(self, photo: dict) -> None:
        comments = dicts(photo.get("comments"))
        self.counts["declared"] += as_count(photo.get("count_comments")) or 0
        self.counts["comments"] += len(comments)
        self._met([rows.moment(photo.get("date_imported")), *(rows.moment(_when(one)) for one in comments)])

    def _albums(self) -> Counted:
        """How many pictures the albums list, and how many of those are in this zip."""
        albums = dicts(as_dict(_value(self.source, self.layout.albums)).get("albums"))
        listed = {
            photo_id
            for album in albums
            for one in (album.get("photos") if isinstance(album.get("photos"), list) else ())
            if (photo_id := rows.photo_id_of(one)) and photo_id != "0"
        }
        here = {str(number) for number, _ in self.layout.photos}
        return Counted(self.layout.albums, len(listed), len(listed & here))

    def _met(self, times: list[datetime | None]) -> None:
        self.newest = max((time for time in (self.newest, *times) if time), default=None)

    # Posts.

    def _photo(self, name: str) -> Iterator[Record]:
        try:
            value, raw = _scanned(self.source, name)
        except (Broken, Unreadable) as error:
            yield LeftOut(error.reason, name)
            return
        photo = as_dict(value)
        comments = list(parts_of(photo.get("comments")))
        if photo and not rows.is_public(photo):
            yield LeftOut("private", name, 1 + len(comments))
            return
        file = self.layout.pictures.get(rows.photo_id_of(photo.get("id")) or "")
        post = rows.photo_post(photo, self.owner, Slice(raw, name, 1), file)
        if post is None:
            yield LeftOut("unexpected_shape", name)
            return
        post.captured_at = self.newest
        yield post
        under = Parent(post.post_id, self.owner.account_id, self.owner.handle)
        for number, part in enumerate(comments, 2):
            yield self._comment(as_dict(part.value), Slice(part.raw, name, number), under)

    def _comment(self, comment: dict, source: Slice, under: Parent) -> Record:
        author = rows.author_of(comment)
        if author is None:
            return LeftOut("no_author", source.file)
        return self._captured(comment, author, source, under)

    def _own_comment(self, row: Row, name: str) -> Record:
        comment = as_dict(row.value)
        under = rows.photo_under(comment)
        return self._captured(comment, self.owner.account_id, Slice(row.raw, name, row.number), under)

    def _captured(self, comment: dict, author: str, source: Slice, under: Parent | None) -> Record:
        spare = self.ids.of(PLATFORM, author, under.post_id if under else "", str(_when(comment)))
        post = rows.comment_post(comment, author, under, source, spare)
        if post is None:
            return LeftOut("unexpected_shape", source.file)
        post.captured_at = self.newest
        return post


def _whole_or_first(path: tuple[str, ...]) -> bool:
    """The rows of a list of comments: all of the file, or under "comments"."""
    return path in ((), ("comments",))


def _when(comment: Any) -> Any:
    comment = as_dict(comment)
    return comment.get("date") or comment.get("created") or comment.get("date_create")
