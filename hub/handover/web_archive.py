"""The kept records of web archives as one package (WACZ 1.1.1) in a bag, for tools that show pages again.

Nothing in it says when or by whom it was made: the same records make the same package.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import IO
from urllib.parse import quote, urlsplit

from hub.archive.adapters.web_archives.records import (
    REVISIT,
    NoRecord,
    WebRecord,
    plain_address,
    read_record,
)

from .gathering import Gathered

VERSION = "1.1.1"
RECORDS, PAGES = "archive/data.warc.gz", "pages/pages.jsonl"
INDEX, INDEX_OF_INDEX = "indexes/index.cdx.gz", "indexes/index.idx"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"

# Lines of the index packed together, so that a reader unpacks only where it looks; as many as py-wacz packs.
LINES_TOGETHER = 3_000
# What one looks up by address; requests and notes of crawlers are not.
LOOKED_UP = ("response", "resource", REVISIT)
# A zip's first day: the hour of packing would make the same records differ.
NO_TIME = (1980, 1, 1, 0, 0, 0)
CHUNK = 1024 * 1024

_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {("http", 80), ("https", 443)}


class WebArchive:
    """A package under construction. Records lie in a file, what is told of them in a database in another."""

    def __init__(self, stack: ExitStack):
        self._stack = stack
        self._records = self._file()
        self._told = sqlite3.connect("")
        stack.callback(self._told.close)
        self._told.execute("CREATE TABLE record (sha256 PRIMARY KEY, key, stamp, line, address, at)")
        self._told.execute("CREATE TABLE page (sha256 PRIMARY KEY, title)")
        self._offset = 0

    def _file(self) -> IO[bytes]:
        return self._stack.enter_context(tempfile.TemporaryFile())

    def add(self, sha256: str, raw: bytes) -> None:
        """Write a record as it was kept, packed by itself; each record once. What only begins like one is
        left out."""
        try:
            record = read_record(raw)
        except NoRecord:
            return
        packed = gzip.compress(raw, 6, mtime=0)
        self._records.write(packed)
        if record.kind in LOOKED_UP and record.address and record.at:
            line = _index_line(record, self._offset, len(packed))
            row = (
                sha256,
                search_key(record.address),
                _stamp(record.at),
                line,
                record.address,
                _iso(record.at),
            )
            self._told.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
        self._offset += len(packed)

    def list_pages(self, found: Gathered) -> None:
        """Those of a post's sightings that are pages of the archive stand in its list of pages."""
        versions = {one.id: one for one in found.versions}
        for sighting in found.sightings:
            version = versions.get(sighting.version_id or 0)
            title = str(version.details.get("title") or "") if version else ""
            row = (sighting.source.sha256, title)
            self._told.execute("INSERT OR IGNORE INTO page VALUES (?, ?)", row)

    @property
    def is_empty(self) -> bool:
        return not self._offset

    def packed(self) -> IO[bytes]:
        """The whole package, to be read from its beginning."""
        made = self._file()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
            self._records.seek(0)
            resources = [_add(package, RECORDS, self._records)]
            resources += [_add(package, name, file) for name, file in self._index()]
            resources.append(_add(package, PAGES, self._pages()))
            said = {"profile": "data-package", "wacz_version": VERSION, "resources": resources}
            content = json.dumps(said, indent=2).encode()
            package.writestr(zipfile.ZipInfo(PACKAGE, NO_TIME), content)
            digest = {"path": PACKAGE, "hash": "sha256:" + hashlib.sha256(content).hexdigest()}
            package.writestr(zipfile.ZipInfo(DIGEST, NO_TIME), json.dumps(digest, indent=2))
        made.seek(0)
        return made

    def _index(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Lines in the order of their keys, in packed pieces; and where each piece begins."""
        pieces, begins = self._file(), self._file()
        meta = {"format": "cdxj-gzip-1.0", "filename": INDEX.rpartition("/")[2]}
        begins.write(f"!meta 0 {json.dumps(meta)}\n".encode())
        found = self._told.execute("SELECT key, stamp, line FROM record ORDER BY key, stamp, sha256")
        offset = 0
        while rows := found.fetchmany(LINES_TOGETHER):
            text = "".join(f"{key} {stamp} {line}\n" for key, stamp, line in rows)
            packed = gzip.compress(text.encode(), 6, mtime=0)
            pieces.write(packed)
            where = {"offset": offset, "length": len(packed)}
            where |= {"digest": "sha256:" + hashlib.sha256(packed).hexdigest(), "filename": meta["filename"]}
            begins.write(f"{rows[0][0]} {rows[0][1]} {json.dumps(where)}\n".encode())
            offset += len(packed)
        for name, file in ((INDEX, pieces), (INDEX_OF_INDEX, begins)):
            file.seek(0)
            yield name, file

    def _pages(self) -> IO[bytes]:
        pages = self._file()
        pages.write(_line({"format": "json-pages-1.0", "id": "pages", "title": "Kept pages"}))
        found = self._told.execute(
            "SELECT sha256, address, at, title FROM page JOIN record USING (sha256) ORDER BY page.rowid"
        )
        for sha256, address, at, title in found:
            pages.write(_line({"id": sha256, "url": address, "ts": at, "title": title or address}))
        pages.seek(0)
        return pages


def _add(package: zipfile.ZipFile, name: str, content: IO[bytes]) -> dict[str, object]:
    """Write one file of the package; what its list says of it."""
    digest, size = hashlib.sha256(), 0
    with package.open(zipfile.ZipInfo(name, NO_TIME), "w", force_zip64=True) as member:
        while chunk := content.read(CHUNK):
            member.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    short = name.rpartition("/")[2]
    return {"name": short, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}


def _index_line(record: WebRecord, offset: int, length: int) -> str:
    """What CDXJ says of a record beside its key and moment."""
    said = {"url": record.address}
    said["mime"] = "warc/revisit" if record.kind == REVISIT else record.media_type
    if record.status:
        said["status"] = str(record.status)
    if digest := record.hints.get("warc-payload-digest"):
        said["digest"] = digest
    where = {"length": str(length), "offset": str(offset), "filename": RECORDS.rpartition("/")[2]}
    return json.dumps(said | where)


def search_key(address: str) -> str:
    """An address as indexes order it (SURT): com,example)/path?query, without what seldom matters."""
    plain = plain_address(address).lower()
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:  # a server may be asked for anything
        return _ascii(plain)
    host = ",".join(reversed(_WWW.sub("", parts.hostname or "").split(".")))
    if port and (parts.scheme, port) not in _DEFAULT_PORTS:
        host += f":{port}"
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return _ascii(f"{host}){parts.path.rstrip('/') or '/'}{query}")


def _ascii(text: str) -> str:
    return quote(text, safe=":/?#[]@!$&'()*+,;=%", errors="replace")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
