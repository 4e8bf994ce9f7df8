"""What a hand-over as a bag holds: bytes, media, the record, its readings for other systems, the log."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from hub.archive.bags import layout as record_layout
from hub.archive.models import AccountName, Collection, Media, SocialAccount
from hub.archive.storage import MediaStore, sha256_of

from . import activitystreams, layout, log, premis, readme, record, tables
from .bagging import BagWriter
from .gathering import Gathered, Lost, imports_of
from .telling import versions_told
from .web_archive import WebArchive

# More posts than this go into several bags: a bag's files must stay few enough for those who unpack it.
POSTS_IN_A_BAG = 25_000


@dataclass(frozen=True)
class About:
    """What a bag says of itself. `part`, `parts`: where several bags are one hand-over."""

    token: str
    hub: str
    address: str
    organisation: str
    contact_name: str
    contact_email: str
    choice: str
    recipient: str
    reason: str
    at: datetime
    posts: int
    whole: bool
    part: int = 1
    parts: int = 1

    @property
    def name(self) -> str:
        suffix = f"-{self.part}-of-{self.parts}" if self.parts > 1 else ""
        return f"hand-over-{self.at:%Y-%m-%d}-{self.token}{suffix}"


def write_bag(
    target: Path,
    about: About,
    *,
    session: Session,
    collection: Collection,
    posts: Iterable[Gathered],
    progress: Callable[[int], None],
) -> None:
    """Write the bag. Memory does not grow with it but by some 300 bytes a file. progress: called after each
    post with how many there have been. Raises Lost when something that should be in it is not what it was."""
    bag = BagWriter(target, about.name, about.at)
    try:
        with ExitStack() as stack:
            _Contents(bag, about, session, collection, stack).write(posts, progress)
        bag.finish(_info(about))
    except BaseException:
        bag.close()
        raise


class _Contents:
    """What is written beside the posts' bytes grows in files of its own, since a zip takes one at a time."""

    def __init__(
        self, bag: BagWriter, about: About, session: Session, collection: Collection, stack: ExitStack
    ):
        self.bag, self.about, self.session, self.collection = bag, about, session, collection
        self.imports = imports_of(session, collection)
        self.media = MediaStore(collection.token)
        self.log = log.Entries(session, collection)
        self.files: dict[str, IO[bytes]] = {}
        self._stack = stack
        self.web_archive = WebArchive(stack)
        self.accounts: dict[int, tuple[SocialAccount, list[AccountName]]] = {}
        self.people: set[str] = set()

    def _file(self, name: str) -> IO[bytes]:
        if name not in self.files:
            self.files[name] = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        return self.files[name]

    def write(self, posts: Iterable[Gathered], progress: Callable[[int], None]) -> None:
        record_of_posts, objects = self._file(record_layout.POSTS), self._file(layout.ACTIVITYSTREAMS)
        described = premis.Premis(self._file(layout.PREMIS), self._file("events"))
        self._file(layout.PREMIS).write(premis.BEGINNING)
        objects.write(activitystreams.beginning(self.about.posts))
        entries = self._file(record_layout.LOG + record_layout.ENTRIES)
        rows = {one: self._file(layout.TABLES + one.file) for one in tables.LAYOUTS}
        for table, file in rows.items():
            file.write(table.head())
        for count, found in enumerate(posts, 1):
            self._bytes(found)
            record_of_posts.write(record.line(record.post_record(found, self.imports)))
            objects.write((b",\n" if count > 1 else b"") + activitystreams.as_line(found))
            described.add(found)
            for entry in self.log.of(found):
                entries.write(record.line(entry))
            for told in versions_told(found):
                for table, file in rows.items():
                    file.write(table.row(told))
            self._remember(found)
            progress(count)
        objects.write(activitystreams.ENDING)
        self._end_premis()
        self._rest()

    def _bytes(self, found: Gathered) -> None:
        for one in found.slices.values():
            if not self.bag.has(one.path):
                raw = one.read()
                self.bag.add(one.path, raw)
                if one.path.endswith(layout.WARC):
                    self.web_archive.add(one.sha256, raw)
        self.web_archive.list_pages(found)
        for version in found.versions:
            for medium in version.media:
                if medium.media and not self.bag.has(layout.media_path(medium.media)):
                    self._media(medium.media)

    def _media(self, media: Media) -> None:
        path = self.media.path(media.sha256)
        if not path.is_file() or sha256_of(path) != media.sha256:
            raise Lost(media.sha256)
        with path.open("rb") as stream:
            self.bag.add(layout.media_path(media), stream)

    def _remember(self, found: Gathered) -> None:
        for account_id, account in found.accounts.items():
            self.accounts.setdefault(account_id, (account, found.all_names[account_id]))
        self.people |= {by for event in found.events if isinstance(by := event.details.get("by"), str)}

    def _end_premis(self) -> None:
        file, events = self._file(layout.PREMIS), self.files.pop("events")
        events.seek(0)
        while chunk := events.read(1024 * 1024):
            file.write(chunk)
        file.write(premis.agents(self.about.hub, self.people).encode())
        file.write(premis.rights(self.about.organisation).encode())
        file.write(premis.ENDING)

    def _rest(self) -> None:
        accounts = self._file(record_layout.ACCOUNTS)
        for _id, (account, names) in sorted(self.accounts.items()):
            accounts.write(record.line(record.account_record(account, names, self.imports)))
        imports = self._file(record_layout.IMPORTS)
        for number, came_in in dict(self.imports.values()).items():
            imports.write(record.line(record.import_record(number, came_in)))
        for name, file in self.files.items():
            file.seek(0)
            self.bag.add(name, file)
        if not self.web_archive.is_empty:
            self.bag.add(layout.WEB_ARCHIVE, self.web_archive.packed())
        self.bag.add(record_layout.COLLECTION, record.line(self._collection()))
        self._log()
        self.bag.add(layout.README, readme.text(self.about).encode())

    def _log(self) -> None:
        for name, text in log.about_the_log(self.session, self.collection).items():
            self.bag.add(record_layout.LOG + name, text.encode())
        for place, former in enumerate(log.former_logs(self.session, self.collection), 1):
            folder = f"{record_layout.FORMER}{place}/"
            self.bag.add(folder + record_layout.CHECKPOINT, former.note.encode())
            self.bag.add(folder + record_layout.KEYS, former.keys.encode())
            self.bag.add(folder + record_layout.ENTRIES, zlib.decompress(former.entries))

    def _collection(self) -> dict[str, object]:
        about = self.about
        return {
            "format": record_layout.FORMAT,
            "hub": about.hub,
            "address": about.address,
            "collection": self.collection.name,
            "about": self.collection.about,
            "token": self.collection.token,
            "held_for": about.organisation,
            "sealed": self.collection.sealed,
            "choice": about.choice,
            "whole": about.whole and about.parts == 1,
            "made_at": record.moment(about.at),
            "part": about.part,
            "parts": about.parts,
        }


def _info(about: About) -> Iterator[tuple[str, str]]:
    yield "Source-Organization", about.organisation
    yield "Contact-Name", about.contact_name
    yield "Contact-Email", about.contact_email
    yield "External-Description", f"Archived social posts: {about.choice}"
    yield "External-Identifier", f"{about.address}/hand-overs/{about.token}"
    yield "Bagging-Date", f"{about.at:%Y-%m-%d}"
    yield "Bag-Software-Agent", f"Knowledge Hub <{about.address}>"
    if about.recipient:
        yield "Internal-Sender-Description", f"Handed over to {about.recipient}"
    if about.parts > 1:
        yield "Bag-Group-Identifier", about.token
        yield "Bag-Count", f"{about.part} of {about.parts}"
