"""One post as somebody saw it and wrote it down here: `hub.archive.capturing.by_hand` makes the file.

The bytes of what they declared are the record: they prove what was declared, when and by whom, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Deletion,
    MediaRef,
    Parent,
    Record,
    Slice,
    content_hash,
    provisional_id,
)
from hub.archive.adapters.fields import as_dict, as_word, iso_time
from hub.archive.adapters.twitter_fields import hash_of_words
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_stream import single_value

CAPTURE, MARK = "capture.json", "Knowledge Hub capture by hand"
LONGEST_TEXT = 100_000


class ByHand:
    name = "by-hand"
    label = _l("Written down by hand")
    evidence = "capture"
    how = _l("A post that you saw: its address, its words, who wrote it, and when you saw it.")

    def recognises(self, source: Source) -> bool:
        return source.holds_files and source.has(CAPTURE) and _declared(source).get("made_as") == MARK

    def read(self, source: Source) -> Iterator[Record]:
        told = _declared(source)
        with source.open(CAPTURE) as stream:
            piece = Slice(stream.read(), CAPTURE, 1)
        platform, post_id = as_word(told.get("platform")), as_word(told.get("post_id"), 500)
        if not platform or not post_id:
            raise Unreadable("nothing_readable")
        account = _account(told, platform)
        yield account
        if told.get("gone") is True:
            yield _gone(told, platform, post_id, piece)
        else:
            yield _post(told, account, post_id, piece, _screenshot(source))


def _declared(source: Source) -> dict[str, Any]:
    try:
        with source.open(CAPTURE) as stream:
            return as_dict(single_value(stream))
    except (Broken, Unreadable):
        return {}


def _account(told: dict, platform: str) -> Account:
    handle, name = as_word(told.get("handle")) or "", as_word(told.get("name")) or ""
    return Account(platform, provisional_id(handle or name), iso_time(told.get("seen_at")), handle, name)


def _post(told: dict, account: Account, post_id: str, piece: Slice, screenshot: str | None) -> CapturedPost:
    platform = account.platform
    text = as_word(told.get("text"), LONGEST_TEXT) or ""
    answers = as_word(told.get("reply_to"), 500)
    return CapturedPost(
        evidence="capture",
        platform=platform,
        post_id=post_id,
        version_id=post_id,
        account_id=account.account_id,
        text=text,
        # An X post that was written down word for word is the version that an export shows.
        content_hash=hash_of_words(text) if platform == "x" else content_hash(platform, text),
        source=piece,
        posted_at=iso_time(told.get("posted_at")),
        captured_at=iso_time(told.get("seen_at")),
        url=as_word(told.get("address"), 500),
        reply_to=Parent(answers, None, None) if answers else None,
        media=[MediaRef("screenshot", "screenshot", file=screenshot)] if screenshot else [],
    )


def _gone(told: dict, platform: str, post_id: str, piece: Slice) -> Deletion:
    """Somebody looked and it was not there: not who took it away, nor when."""
    return Deletion(
        platform=platform,
        post_id=post_id,
        told_by="by_hand",
        source=piece,
        cause="unknown",
        posted_at=iso_time(told.get("posted_at")),
        known_at=iso_time(told.get("seen_at")),
    )


def _screenshot(source: Source) -> str | None:
    return next((one.name for one in source.members() if one.name.startswith("screenshot.")), None)
