"""The repository of a Bluesky account: all that it said in public, in one CAR, each block under its hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import bluesky_records as bluesky
from hub.archive.adapters import bluesky_repo as repo
from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Export,
    LeftOut,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.fields import as_word
from hub.archive.platforms import LONGEST_ID
from hub.archive.sources import Source, Unreadable
from hub.archive.sources.car_blocks import CarBlocks, read_header

READ = frozenset({bluesky.POST, bluesky.REPOST})
# The account's own name is read whatever else is.
OWN_PROFILE = f"{bluesky.PROFILE}/self"


class BlueskyCar:
    name = "bluesky-car"
    label = "Bluesky repository"
    evidence = "import"
    how = _l("The .car file as you downloaded it. On Bluesky: Settings, Account, “Export my data”.")

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        try:
            with source.open(_file(source)) as stream:
                return read_header(stream) is not None
        except Unreadable:
            return False

    def read(self, source: Source) -> Iterator[Record]:
        file = _file(source)
        blocks = CarBlocks(source.open(file))
        try:
            yield from _Reading(blocks, file).records()
        finally:
            blocks.close()


def _file(source: Source) -> str:
    return next(iter(source.members())).name


class _Reading:
    """One pass over one repository."""

    def __init__(self, blocks: CarBlocks, file: str):
        self.blocks, self.file = blocks, file
        self.whole = True
        self.others: Counter[str] = Counter()

    def records(self) -> Iterator[Record]:
        yield from self._checked()
        commit = repo.commit_of(self.blocks)
        if not commit or not _is_sound(commit.did):
            raise Unreadable("no_account")
        yield self._account(commit)
        for number, found in enumerate(repo.records(self.blocks, commit.data), 1):
            if number % ROWS_BETWEEN_SIGNS == 0:
                yield StillReading()
            if isinstance(found, repo.Missing):
                yield self._missing(found.name)
            elif found.key.partition("/")[0] in READ:
                yield self._record(found, commit)
            elif found.key != OWN_PROFILE:
                self.others[found.key.partition("/")[0]] += 1
        for collection, count in sorted(self.others.items()):
            yield LeftOut("not_posts", collection, count)
        yield Export(bluesky.PLATFORM, commit.did, commit.made_at, self.whole)

    def _checked(self) -> Iterator[Record]:
        """Reads every block and its hash before anything is given."""
        for refused in self.blocks.index():
            if refused is None:
                yield StillReading()
            else:
                self.whole = False
                yield LeftOut("wrong_hash", refused.name)

    def _account(self, commit: repo.Commit) -> Account:
        """A repository holds no handle: it can be had from the network only, and changes."""
        profile = self._profile(commit)
        return Account(
            platform=bluesky.PLATFORM,
            account_id=commit.did,
            at=commit.made_at,
            name=as_word(profile.get("displayName")),
            own=True,
            description=as_word(profile.get("description"), 1_000),
        )

    def _profile(self, commit: repo.Commit) -> dict:
        name = repo.find(self.blocks, commit.data, OWN_PROFILE)
        return repo.decoded(self.blocks.get(name)) if name else {}

    def _record(self, found: repo.Record, commit: repo.Commit) -> CapturedPost | LeftOut:
        block = self.blocks.get(found.name)
        if block is None:
            return self._missing(found.key)
        record = repo.decoded(block)
        source = Slice(block.raw, self.file, block.number)
        place = bluesky.Place(commit.did, found.key, source, "import", commit.made_at)
        if not record or not _is_sound(place.uri):
            return LeftOut("unexpected_shape", found.key)
        if found.key.startswith(bluesky.POST + "/"):
            return bluesky.read_post(record, place)
        return bluesky.read_repost(record, place) or LeftOut("unexpected_shape", found.key)

    def _missing(self, name: str) -> LeftOut:
        self.whole = False
        return LeftOut("missing_block", name)


def _is_sound(uri: str) -> bool:
    return len(uri) <= LONGEST_ID and uri.isprintable()
