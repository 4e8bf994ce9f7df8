"""Posts as JSON of ActivityStreams 2.0, each with its versions and what happened to it.

What ActivityStreams has no words for stands under names that begin with "hub:".
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import escape

from hub.archive.models import DELETED, ArchiveEvent, PostVersion
from hub.core.pages import machine_time

from .gathering import Gathered
from .layout import media_path
from .telling import VersionTold, shown_events, versions_told

CONTEXT = ["https://www.w3.org/ns/activitystreams", {"hub": "urn:knowledge-hub:record:1:"}]
TYPES = {"article": "Article", "page": "Page", "picture": "Image", "film": "Video"}
ATTACHED = {"photo": "Image", "video": "Video", "animation": "Video"}


def beginning(total: int) -> bytes:
    """What stands before the first post, up to its bracket."""
    head = {"@context": CONTEXT, "type": "OrderedCollection", "totalItems": total}
    return json.dumps(head)[:-1].encode() + b', "orderedItems": [\n'


ENDING = b"\n]}\n"


def as_object(found: Gathered) -> dict[str, Any]:
    """One post, as it was last known. A post of which only the deletion is known is a Tombstone."""
    told = list(versions_told(found))
    latest = told[-1]
    gone = [event for event in found.events if event.kind == DELETED]
    shown: dict[str, Any] = {"type": _type(latest, bool(gone or found.post.erased_at)), "id": _id(found)}
    if shown["type"] == "Tombstone":
        shown["formerType"] = "Note"
    else:
        shown |= _said(latest)
    post = found.post
    parts = {
        "attributedTo": _author(latest),
        "published": _time(post.posted_at),
        "deleted": _time(gone[-1].at) if gone else None,
        "inReplyTo": post.reply_to_id,
        "url": post.url if post.url.startswith(("http://", "https://")) else None,
        "hub:platform": post.platform,
        "hub:number": post.platform_id,
        "hub:quotes": post.quotes_id,
        "hub:reposts": post.reposts_id,
        "hub:versions": [_version(one) for one in told if one.version],
        "hub:history": [_event(found, event) for event in shown_events(found)],
    }
    return shown | {name: value for name, value in parts.items() if value not in (None, "", [])}


def _id(found: Gathered) -> str:
    post = found.post
    return post.url or f"urn:knowledge-hub:post:{post.platform}:{post.platform_id}"


def _type(told: VersionTold, gone: bool) -> str:
    if told.version is None:
        return "Tombstone" if gone else "Note"
    return TYPES.get(told.version.details.get("form", ""), "Note")


def _time(at) -> str | None:
    return machine_time(at) if at else None


def _author(told: VersionTold) -> dict[str, Any] | None:
    account = told.found.account
    if account is None:
        return None
    names = {"name": told.named.name, "preferredUsername": told.named.handle}
    kept = {name: value for name, value in names.items() if value}
    return {"type": "Person" if account.kind != "organisation" else "Organization",
            "id": f"urn:knowledge-hub:account:{account.platform}:{account.platform_id}", **kept}  # fmt: skip


def _said(told: VersionTold) -> dict[str, Any]:
    version = told.version
    if version is None:
        return {}
    # Readers of ActivityStreams take content for HTML; the words as they were written stand beside it.
    html = str(escape(version.text)).replace("\n", "<br>")
    said: dict[str, Any] = {
        "content": f"<p>{html}</p>",
        "source": {"content": version.text, "mediaType": "text/plain"},
        "name": version.details.get("title"),
        "summary": version.details.get("warning"),
        "attachment": _attachments(version),
        "updated": _time(version.written_at) if told.place > 1 else None,
    }
    if version.language:
        said["contentMap"] = {version.language: said["content"]}
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _attachments(version: PostVersion) -> list[dict[str, Any]]:
    shown = []
    for one in version.media:
        attached: dict[str, Any] = {"type": ATTACHED.get(one.kind, "Document"), "name": one.alt_text or None}
        if one.media:
            attached |= {"url": media_path(one.media), "mediaType": one.media.media_type,
                         "hub:sha256": one.media.sha256}  # fmt: skip
        elif one.url:
            attached["url"] = one.url
        shown.append({name: value for name, value in attached.items() if value is not None})
    return shown


def _version(told: VersionTold) -> dict[str, Any]:
    version = told.version
    assert version is not None  # asked only of posts that have any
    return {
        "type": "hub:Version",
        "hub:number": version.version_id,
        "hub:contentHash": version.content_hash,
        "hub:complete": version.complete,
        **_said(told),
        "hub:sightings": [
            {
                "hub:evidence": one.evidence,
                "hub:seen": _time(one.captured_at),
                "hub:bytes": told.found.slices[one.source.sha256].path,
                "hub:sha256": one.source.sha256,
            }
            for one in told.found.sightings_of(version)
        ],
    }


def _event(found: Gathered, event: ArchiveEvent) -> dict[str, Any]:
    parts = {
        "type": "hub:Event",
        "hub:kind": event.kind,
        "hub:at": _time(event.at),
        "hub:knownAt": _time(event.known_at),
        "hub:recordedAt": _time(event.recorded_at),
        "hub:toldBy": event.told_by,
        "hub:cause": event.cause,
        "hub:version": found.place_of(event.version_id),
        "hub:details": event.details,
    }
    return {name: value for name, value in parts.items() if value not in (None, "", {})}


def as_line(found: Gathered) -> bytes:
    """One post as one line of JSON."""
    return json.dumps(as_object(found), ensure_ascii=False, separators=(",", ":")).encode()
