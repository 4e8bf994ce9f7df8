"""The archive that X (Twitter) gives an account of itself: a zip of JavaScript files and media."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import twitter_fields as fields
from hub.archive.adapters import x_datasets as datasets
from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Cited,
    Counted,
    Deletion,
    Export,
    LeftOut,
    MediaRef,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.fields import as_dict, as_word, counts_of, dicts
from hub.archive.adapters.twitter_fields import PLATFORM, as_id, as_text, as_time
from hub.archive.adapters.x_layout import Layout, data_folder, declared_name
from hub.archive.adapters.x_long_texts import LongTexts
from hub.archive.adapters.x_rows import declared_counts, edit_chain, film_urls, parent_of, tweet_of
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.json_stream import Row, array_rows, checked_rows, single_value

COUNTS = {"likes": "favorite_count", "reposts": "retweet_count"}
# What the manifest counts and we read, so that both can be set side by side.
COUNTED = datasets.POSTS | datasets.DELETED_POSTS | datasets.DELETED_HEADERS | datasets.LONG_TEXTS


class XArchive:
    name = "x-archive"
    label = "X/Twitter archive"
    evidence = "import"
    how = _l(
        "The zip as you downloaded it. On X: Settings, Your account, “Download an archive of your data”."
    )

    def recognises(self, source: Source) -> bool:
        return data_folder(source) is not None

    def read(self, source: Source) -> Iterator[Record]:
        reading = _Reading(source)
        try:
            yield from reading.records()
        finally:
            reading.long_texts.close()


class _Reading:
    """One pass over one archive."""

    def __init__(self, source: Source):
        self.source = source
        self.layout = Layout(source)
        self.long_texts = LongTexts()
        self.problems: list[LeftOut] = []
        self.manifest = self._manifest()
        self.declared = dict(declared_counts(self.manifest))
        self.made_at = as_time(as_dict(self.manifest.get("archiveInfo")).get("generationDate"))
        self.broken = False
        self.account_id = ""

    def records(self) -> Iterator[Record]:
        account = self._own_account()
        self.account_id = account.account_id
        yield account
        yield from self._handles()
        yield from self.problems
        yield from self._refused()
        yield from self.layout.left_out(self.declared)
        yield from self._missing_files()
        yield from self._long_texts()
        yield from self._rows(datasets.POSTS, self._post)
        yield from self._rows(datasets.DELETED_POSTS, self._deleted_post)
        yield from self._rows(datasets.DELETED_HEADERS, self._deleted_header)
        for file, count in self.long_texts.waiting.items():
            if count:
                yield LeftOut("unmatched_long_text", file, count)
        yield Export(PLATFORM, self.account_id, self.made_at, self._is_whole())

    # Whose it is, and what it declares.

    def _manifest(self) -> dict:
        for name in self.layout.files(datasets.MANIFEST):
            value = self._small(name)
            if isinstance(value, dict):
                return value
        return {}

    def _own_account(self) -> Account:
        """From account.js, else the manifest. Raises Unreadable if neither says."""
        from_file = as_dict(self._first(datasets.ACCOUNT, "account"))
        user = as_dict(self.manifest.get("userInfo"))
        account_id = as_id(from_file.get("accountId")) or as_id(user.get("accountId"))
        if not account_id:
            raise Unreadable("no_account")
        description = as_dict(as_dict(self._first(datasets.PROFILE, "profile")).get("description"))
        return Account(
            platform=PLATFORM,
            account_id=account_id,
            at=self.made_at,
            handle=as_word(from_file.get("username")) or as_word(user.get("userName")),
            name=as_word(from_file.get("accountDisplayName")) or as_word(user.get("displayName")),
            own=True,
            description=as_word(description.get("bio"), 1_000),
        )

    def _handles(self) -> Iterator[Account]:
        """Each change of handle gives what it was until then, and what it was from then on."""
        for name in self.layout.files(datasets.HANDLES):
            for row in dicts(self._small(name)):
                outer = as_dict(row.get("screenNameChange"))
                change = as_dict(outer.get("screenNameChange")) or outer
                at = as_time(change.get("changedAt"))
                before, after = as_word(change.get("changedFrom")), as_word(change.get("changedTo"))
                if at and before and after:
                    yield Account(PLATFORM, self.account_id, at - timedelta(seconds=1), before, own=True)
                    yield Account(PLATFORM, self.account_id, at, after, own=True)

    def _refused(self) -> Iterator[LeftOut]:
        for one in self.source.refused:
            self.broken = self.broken or datasets.dataset_of(one.name) in COUNTED
            yield LeftOut(one.reason, one.name)

    def _missing_files(self) -> Iterator[Record]:
        for name, count in self.declared.items():
            wanted = datasets.dataset_of(name) in COUNTED
            if wanted and count and not self.source.has(self._placed(name)):
                self.broken = True
                yield LeftOut("missing_file", name, count)
                yield Counted(name, count, 0)

    def _placed(self, name: str) -> str:
        """A file that the manifest calls "data/x.js", as this zip calls it."""
        return self.layout.folder + name.rpartition("/")[2]

    def _is_whole(self) -> bool:
        partial = as_dict(self.manifest.get("archiveInfo")).get("isPartialArchive")
        return bool(self.manifest) and not partial and not self.broken

    def _small(self, name: str) -> Any:
        try:
            with self.source.open(name) as stream:
                return single_value(stream, assigned=True)
        except (Broken, Unreadable) as error:
            self.problems.append(LeftOut(error.reason, name))
            return None

    def _first(self, wanted: set[str], key: str) -> Any:
        for name in self.layout.files(wanted):
            for row in dicts(self._small(name)):
                return row.get(key)
        return None

    # Rows.

    def _long_texts(self) -> Iterator[Record]:
        for name in self.layout.files(datasets.LONG_TEXTS):
            rows = yield from self._checked(name)
            for row in rows:
                if not self.long_texts.add(row, name):
                    yield LeftOut("unexpected_shape", name)

    def _rows(self, wanted: set[str], read) -> Iterator[Record]:
        for name in self.layout.files(wanted):
            rows = yield from self._checked(name)
            for row in rows:
                yield from read(row, name)

    def _checked(self, name: str) -> Iterator[Record]:
        """The rows of a file that can be read to its end; none of a file that cannot.

        Two passes: the first only reads, so that nothing of a broken file is ever kept by halves.
        """
        declared = self.declared.get(declared_name(name))
        try:
            found = 0
            with self.source.open(name) as stream:
                for found in checked_rows(stream, assigned=True):
                    if found % ROWS_BETWEEN_SIGNS == 0:
                        yield StillReading()
        except (Broken, Unreadable) as error:
            self.broken = True
            detail = str(error.row) if isinstance(error, Broken) else error.detail
            yield LeftOut(error.reason, name, declared or 1, detail)
            yield Counted(name, declared, 0)
            return iter(())
        yield Counted(name, declared, found)
        return self._again(name)

    def _again(self, name: str) -> Iterator[Row]:
        with self.source.open(name) as stream:
            yield from array_rows(stream, assigned=True)

    def _post(self, row: Row, file: str) -> Iterator[Record]:
        tweet = tweet_of(row)
        own_id = as_id(tweet.get("id_str") or tweet.get("id"))
        if not own_id:
            yield LeftOut("no_id", file)
            return
        yield self._captured(tweet, own_id, Slice(row.raw, file, row.number))

    def _deleted_post(self, row: Row, file: str) -> Iterator[Record]:
        for record in self._post(row, file):
            yield record
            if isinstance(record, CapturedPost):
                yield self._deletion(
                    record.post_id, record.source, tweet_of(row).get("deleted_at"), record.posted_at
                )

    def _deleted_header(self, row: Row, file: str) -> Iterator[Record]:
        header = tweet_of(row)
        post_id = as_id(header.get("tweet_id"))
        if not post_id:
            yield LeftOut("no_id", file)
            return
        posted_at, _ = fields.believable_time(header.get("created_at"), post_id, self.made_at)
        yield self._deletion(post_id, Slice(row.raw, file, row.number), header.get("deleted_at"), posted_at)

    def _deletion(self, post_id: str, source: Slice, deleted_at: Any, posted_at: datetime | None) -> Deletion:
        return Deletion(
            platform=PLATFORM,
            post_id=post_id,
            told_by="own_export",
            source=source,
            account_id=self.account_id,
            posted_at=posted_at,
            deleted_at=as_time(deleted_at),
            known_at=self.made_at,
        )

    def _captured(self, tweet: dict, own_id: str, source: Slice) -> CapturedPost:
        text = as_text(tweet.get("full_text") or tweet.get("text"))
        written_at, stated_at = fields.believable_time(tweet.get("created_at"), own_id, self.made_at)
        long = self.long_texts.take(written_at, text)
        chain = edit_chain(tweet.get("edit_info"), own_id)
        entities = as_dict(tweet.get("entities"))
        whole = long[0] if long else text
        return CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=chain[0],
            version_id=own_id,
            chain=chain,
            account_id=self.account_id,
            text=whole,
            content_hash=fields.hash_of_words(whole),
            source=source,
            posted_at=fields.when_posted(chain, own_id, written_at),
            written_at=written_at,
            stated_at=stated_at,
            captured_at=self.made_at,
            complete=not (tweet.get("truncated") is True and not long),
            language=as_word(tweet.get("lang"), 10),
            url=fields.post_url(own_id),
            reply_to=parent_of(tweet),
            links=fields.links_of(entities),
            mentions=fields.mentions_of(entities.get("user_mentions")),
            media=list(self._media(tweet, own_id)),
            counts=counts_of(tweet, COUNTS),
            cites=[Cited("long_text", long[1])] if long else [],
        )

    def _media(self, tweet: dict, own_id: str) -> Iterator[MediaRef]:
        extended = as_dict(tweet.get("extended_entities")) or as_dict(tweet.get("entities"))
        for one in dicts(extended.get("media")):
            urls = [*film_urls(one), as_word(one.get("media_url_https") or one.get("media_url"), 2_000)]
            urls = [url for url in urls if url]
            file = next((found for url in urls if (found := self.layout.media(own_id, url))), None)
            yield MediaRef(
                key=as_id(one.get("id_str")) or "",
                kind=fields.media_kind(one.get("type")),
                url=urls[0] if urls else None,
                file=file,
                alt_text=as_word(one.get("ext_alt_text"), 5_000),
            )
