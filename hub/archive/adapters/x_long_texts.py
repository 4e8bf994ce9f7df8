"""Joins long posts with their full text.

`tweets.js` cuts a long post short; `note-tweet.js` holds the whole, without the post's number. They are
joined on the second they were written and the first 60 characters. The texts wait in a scratch file: only
their times and places are held in memory.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import datetime, timedelta

from hub.archive.adapters.base import Slice
from hub.archive.adapters.fields import as_dict
from hub.archive.adapters.twitter_fields import as_text, as_time
from hub.archive.sources.json_stream import Row

PREFIX = 60
# Some exports round the one time and cut the other.
NEAR = (timedelta(0), timedelta(seconds=1), timedelta(seconds=-1))


class LongTexts:
    def __init__(self):
        self._scratch = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._places: dict[tuple[datetime, str], list[tuple[int, int, int, str, int]]] = defaultdict(list)
        self.waiting: dict[str, int] = defaultdict(int)

    def add(self, row: Row, file: str) -> bool:
        """Remember a row of note-tweet.js; False if it is not one."""
        note = as_dict(as_dict(row.value).get("noteTweet"))
        text = as_text(as_dict(note.get("core")).get("text"))
        time = as_time(note.get("createdAt"))
        if not text or not time:
            return False
        self._scratch.seek(0, 2)
        at = self._scratch.tell()
        encoded = text.encode("utf-8", "surrogatepass")
        self._scratch.write(row.raw + encoded)
        self._places[_key(time, text)].append((at, len(row.raw), len(encoded), file, row.number))
        self.waiting[file] += 1
        return True

    def take(self, posted_at: datetime | None, text: str) -> tuple[str, Slice] | None:
        """The full text of a post and the bytes that say it, if one waits; it is then taken."""
        if posted_at is None or len(text) < PREFIX or not self._places:
            return None
        for step in NEAR:
            places = self._places.get(_key(posted_at + step, text))
            if places:
                return self._read(*places.pop(0))
        return None

    def _read(self, at: int, raw_size: int, text_size: int, file: str, row: int) -> tuple[str, Slice]:
        self._scratch.seek(at)
        raw = self._scratch.read(raw_size)
        text = self._scratch.read(text_size).decode("utf-8", "surrogatepass")
        self.waiting[file] -= 1
        return text, Slice(raw, file, row)

    def close(self) -> None:
        self._scratch.close()


def _key(time: datetime, text: str) -> tuple[datetime, str]:
    return time.replace(microsecond=0), text[:PREFIX]
