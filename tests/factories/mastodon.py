"""A Mastodon archive in the layout that Mastodon's servers write, as tar.gz and as zip."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
SERVER = "https://mastodon.example"
ACTOR = f"{SERVER}/users/strathtay"
FOLLOWERS = f"{ACTOR}/followers"
CONTEXT = ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}]
PNG = b"\x89PNG\r\n\x1a\n"


class Mastodon:
    """What an account has said so far; `write` makes the archive of it."""

    def __init__(self):
        self.items: list[Any] = []
        self.actor = {
            "@context": CONTEXT,
            "id": ACTOR,
            "type": "Organization",
            "preferredUsername": "strathtay",
            "name": "Strathtay Council",
            "summary": "<p>News of the council</p>",
            "outbox": "outbox.json",
            "likes": "likes.json",
        }
        self.files: dict[str, bytes] = {
            "likes.json": b'{"type":"OrderedCollection","orderedItems":["https://other.example/1"]}',
            "bookmarks.json": b'{"type":"OrderedCollection","orderedItems":["https://secret.example/2"]}',
            "avatar.png": PNG,
        }
        self.declared: int | None = None
        self.escaped = False
        self._numbers = itertools.count(112_000_000_000_000_000)
        self.made_at = datetime(2024, 6, 1, 9, 30, tzinfo=UTC)

    def post(self, content: str, at: str, *, to=(PUBLIC,), cc=(FOLLOWERS,), **more: Any) -> dict:
        """Say something; returns its object."""
        number = next(self._numbers)
        note = {
            "id": f"{ACTOR}/statuses/{number}",
            "type": "Note",
            "summary": None,
            "inReplyTo": None,
            "published": f"{at}:00Z",
            "url": f"{SERVER}/@strathtay/{number}",
            "attributedTo": ACTOR,
            "to": list(to),
            "cc": list(cc),
            "sensitive": False,
            "content": content,
            "contentMap": {"en": content},
            "attachment": [],
            "tag": [],
            "replies": {"type": "Collection", "first": {"type": "CollectionPage", "items": []}},
        } | more
        self.items.append(self._act("Create", note, note))
        return note

    def boost(self, object_id: str, at: str) -> dict:
        act = self._act("Announce", object_id, {"published": f"{at}:00Z", "to": [PUBLIC], "cc": []})
        act["id"] = f"{ACTOR}/statuses/{next(self._numbers)}/activity"
        self.items.append(act)
        return act

    def _act(self, kind: str, of: Any, like: dict) -> dict:
        said = {key: like[key] for key in ("published", "to", "cc")}
        return {"id": f"{like.get('id', ACTOR)}/activity", "type": kind, "actor": ACTOR, **said, "object": of}

    def picture(self, name: str = "a1b2c3.png", alt: str | None = "A map of the depot") -> dict:
        """An attachment whose file is in the archive."""
        path = f"media_attachments/files/112/000/001/original/{name}"
        self.files[path] = PNG + name.encode()
        return {
            "type": "Document",
            "mediaType": "image/png",
            "url": f"/{path}",
            "name": alt,
            "blurhash": "U1",
        }

    def outbox(self) -> bytes:
        declared = len(self.items) if self.declared is None else self.declared
        items = ",".join(json.dumps(item, ensure_ascii=self.escaped) for item in self.items)
        head = {"@context": CONTEXT, "id": "outbox.json", "type": "OrderedCollection", "totalItems": declared}
        return (json.dumps(head)[:-1] + ', "orderedItems":[' + items + "]}").encode()

    def members(self) -> dict[str, bytes]:
        written = {"outbox.json": self.outbox(), "actor.json": json.dumps(self.actor).encode()}
        return written | self.files

    def write(self, path: Path, *, packed: str = "tar.gz", folder: str = "") -> Path:
        with path.open("wb") as file:
            (self._zip if packed == "zip" else self._tar)(file, folder)
        return path

    def _tar(self, file, folder: str) -> None:
        # tarfile would write the clock into gzip's header.
        with (
            gzip.GzipFile("", "wb", 1, file, self.made_at.timestamp()) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for name, data in self.members().items():
                info = tarfile.TarInfo(folder + name)
                info.size, info.mtime = len(data), int(self.made_at.timestamp())
                tar.addfile(info, io.BytesIO(data))

    def _zip(self, file, folder: str) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in self.members().items():
                zipped.writestr(zipfile.ZipInfo(folder + name, self.made_at.timetuple()[:6]), data)
