"""What Bluesky's public interface answers: an account's feed, posts, or a thread, each post with its author.

Posts of others that stand beside an account's own (what it answers, what it passes on) are kept as theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import bluesky_records as bluesky
from hub.archive.adapters.base import Account, CapturedPost, LeftOut, Record, Slice
from hub.archive.adapters.capture_file import first_values, read_capture
from hub.archive.adapters.fields import as_dict, as_word, counts_of, dicts, iso_time
from hub.archive.sources import Source
from hub.archive.sources.json_spans import PART, Part, parts_of, scan
from hub.archive.sources.json_stream import Row

COUNTS = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
# Where posts stand: in an item of a feed, beside it what it answers.
ITEM = {"post": PART, "reply": {"parent": PART, "root": PART}}
# Threads are as deep as people's patience; what lies deeper is asked for by itself.
DEEPEST = 100


class BlueskyApi:
    name = "bluesky-api"
    label = "Bluesky API capture"
    evidence = "capture"
    how = _l("The JSON that app.bsky.feed.getAuthorFeed, getPosts or getPostThread answered, as it came.")

    def recognises(self, source: Source) -> bool:
        return any(_views(as_dict(value)) or _is_empty(value) for value in first_values(source))

    def read(self, source: Source) -> Iterator[Record]:
        return read_capture(source, _read)


def _is_empty(answer: object) -> bool:
    """The feed of an account that shows no post (any more)."""
    return answer == {"feed": []}


def _views(answer: dict) -> list[dict]:
    """The post views at the top of an answer, to recognise it by."""
    found = [as_dict(item.get("post")) for item in dicts(answer.get("feed"))]
    found += dicts(answer.get("posts"))
    found.append(as_dict(as_dict(answer.get("thread")).get("post")))
    return [one for one in found if _uri(one)]


def _uri(view: dict) -> str | None:
    return bluesky.uri_of(view) if isinstance(view.get("record"), dict) else None


def _read(row: Row, file: str) -> Iterator[Record]:
    text = row.raw.decode("utf-8", "surrogateescape")
    answer, _ = scan(text, 0, {"feed": PART, "posts": PART, "thread": PART})
    answer = as_dict(answer)
    found = False
    for item in parts_of(answer.get("feed")):
        found = True
        yield from _item(item, file, row.number)
    for view in parts_of(answer.get("posts")):
        found = True
        yield from _post(view, file, row.number)
    for thread in parts_of(answer.get("thread")):
        found = True
        yield from _thread(thread, file, row.number)
    if not found and not _is_empty(answer):
        yield LeftOut("unexpected_shape", file)


def _item(item: Part, file: str, number: int) -> Iterator[Record]:
    """An item of a feed: what it answers first, then the post itself, then that it was passed on."""
    inside, _ = scan(item.raw.decode("utf-8", "surrogateescape"), 0, ITEM)
    inside = as_dict(inside)
    beside = as_dict(inside.get("reply"))
    for name in ("root", "parent"):
        for view in parts_of(beside.get(name)):
            if _uri(as_dict(view.value)):
                yield from _post(view, file, number)
    for view in parts_of(inside.get("post")):
        yield from _post(view, file, number)
    yield from _passed_on(item, file, number)


def _thread(thread: Part, file: str, number: int, depth: int = 0) -> Iterator[Record]:
    """A post, those that it answers and those that answer it."""
    plan = {"post": PART, "parent": PART, "replies": PART}
    inside = as_dict(scan(thread.raw.decode("utf-8", "surrogateescape"), 0, plan)[0])
    for view in parts_of(inside.get("post")):
        yield from _post(view, file, number)
    for name in ("parent", "replies"):
        for one in parts_of(inside.get(name)):
            if depth < DEEPEST and isinstance(one.value, dict):
                yield from _thread(one, file, number, depth + 1)


def _post(view: Part, file: str, number: int) -> Iterator[Record]:
    value = as_dict(view.value)
    author, uri = as_dict(value.get("author")), _uri(value)
    did = as_word(author.get("did"), 300)
    if not uri or not did or bluesky.did_in(uri) != did:
        yield LeftOut("unexpected_shape", file)
        return
    yield Account(
        platform=bluesky.PLATFORM,
        account_id=did,
        handle=as_word(author.get("handle")),
        name=as_word(author.get("displayName")),
    )
    yield _captured(value, uri, did, Slice(view.raw, file, number))


def _captured(view: dict, uri: str, did: str, source: Slice) -> CapturedPost:
    key = uri.removeprefix(f"at://{did}/")
    post = bluesky.read_post(as_dict(view.get("record")), bluesky.Place(did, key, source, "capture"))
    post.counts = counts_of(view, COUNTS)
    return post


def _passed_on(item: Part, file: str, number: int) -> Iterator[Record]:
    """That an account passed a post on is a record of that account's."""
    value = as_dict(item.value)
    reason, subject = as_dict(value.get("reason")), _uri(as_dict(value.get("post")))
    repost, by = bluesky.uri_of(reason), as_word(as_dict(reason.get("by")).get("did"), 300)
    if not (repost and by and subject) or bluesky.did_in(repost) != by:
        return
    place = bluesky.Place(by, repost.removeprefix(f"at://{by}/"), Slice(item.raw, file, number), "capture")
    record = {"subject": {"uri": subject}, "createdAt": reason.get("indexedAt")}
    passed = bluesky.read_repost(record, place)
    if passed:
        who = as_dict(reason.get("by"))
        at = iso_time(reason.get("indexedAt"))
        handle, name = as_word(who.get("handle")), as_word(who.get("displayName"))
        yield Account(bluesky.PLATFORM, by, at, handle, name)
        yield passed
