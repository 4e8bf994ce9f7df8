"""PREMIS 3.0: posts, their files, what happened to them, who did it, and on what ground they are held.

The schema wants all objects first, then all events; both are written while posts go by, into two streams.
"""

from __future__ import annotations

from typing import BinaryIO
from xml.sax.saxutils import escape

from hub.archive.models import ArchiveEvent, Media, PostVersion
from hub.core.pages import machine_time

from .gathering import Exact, Gathered
from .layout import media_path

NAMESPACE = "http://www.loc.gov/premis/v3"
BEGINNING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<premis xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
).encode()
ENDING = b"</premis>\n"

# What the Library of Congress's vocabulary of events calls ours; the rest keep their own names.
EVENT_TYPES = {
    "first_seen": "capture",
    "met": "capture",
    "exported": "dissemination",
    "disposed": "deaccession",
    "erased": "deletion",
}
TYPES_OF_BYTES = {".json": "application/json", ".xml": "application/xml", ".warc": "application/warc"}
POST, VERSION, FILE, EVENT, AGENT = "post", "version", "file", "event", "agent"


def _is(name: str, value: object) -> str:
    return f"<{name}>{escape(_plain(str(value)))}</{name}>"


def _plain(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))


def _identified(kind: str, type_: str, value: object) -> str:
    """ "<objectIdentifier>..." and its like."""
    return f"<{kind}>{_is(kind + 'Type', type_)}{_is(kind + 'Value', value)}</{kind}>"


def post_id(found: Gathered) -> str:
    return f"{found.post.platform}:{found.post.platform_id}"


class Premis:
    """Writes objects and events of posts as they go by. A file that several share is described once."""

    def __init__(self, objects: BinaryIO, events: BinaryIO):
        self._objects, self._events = objects, events
        self._described: set[str] = set()
        self._number = 0

    def add(self, found: Gathered) -> None:
        self._objects.write(_post(found).encode())
        for place, version in enumerate(found.versions, 1):
            self._objects.write(_version(found, place, version).encode())
        for one in found.slices.values():
            self._describe(one.path, lambda one=one: _bytes_file(one))
        for version in found.versions:
            for medium in version.media:
                if medium.media:
                    self._describe(media_path(medium.media), lambda one=medium.media: _media_file(one))
        for event in found.events:
            self._number += 1
            self._events.write(_event(found, event, self._number).encode())

    def _describe(self, path: str, write) -> None:
        if path not in self._described:
            self._described.add(path)
            self._objects.write(write().encode())


def _post(found: Gathered) -> str:
    post = found.post
    return (
        '<object xsi:type="intellectualEntity">'
        + _identified("objectIdentifier", POST, post_id(found))
        + _significant("platform", post.platform)
        + (_significant("posted", machine_time(post.posted_at)) if post.posted_at else "")
        + (_is("originalName", post.url) if post.url else "")
        + "</object>\n"
    )


def _significant(name: str, value: str) -> str:
    return (
        "<significantProperties>"
        + _is("significantPropertiesType", name)
        + _is("significantPropertiesValue", value)
        + "</significantProperties>"
    )


def _version(found: Gathered, place: int, version: PostVersion) -> str:
    related = [found.slices[one.source.sha256].path for one in found.sightings_of(version)]
    related += [media_path(one.media) for one in version.media if one.media]
    return (
        '<object xsi:type="representation">'
        + _identified("objectIdentifier", VERSION, f"{post_id(found)}#{place}")
        + _significant("content hash", version.content_hash)
        + _related("structural", "represents", POST, post_id(found))
        + "".join(_related("structural", "includes", FILE, path) for path in dict.fromkeys(related))
        + "</object>\n"
    )


def _related(type_: str, sub: str, kind: str, value: str) -> str:
    return (
        "<relationship>"
        + _is("relationshipType", type_)
        + _is("relationshipSubType", sub)
        + _identified("relatedObjectIdentifier", kind, value)
        + "</relationship>"
    )


def _file(path: str, sha256: str, size: int, format_name: str) -> str:
    return (
        '<object xsi:type="file">'
        + _identified("objectIdentifier", FILE, path)
        + "<objectCharacteristics><fixity>"
        + _is("messageDigestAlgorithm", "SHA-256")
        + _is("messageDigest", sha256)
        + "</fixity>"
        + _is("size", size)
        + "<format><formatDesignation>"
        + _is("formatName", format_name)
        + "</formatDesignation></format></objectCharacteristics></object>\n"
    )


def _bytes_file(one: Exact) -> str:
    type_ = TYPES_OF_BYTES.get("." + one.path.rpartition(".")[2], "application/octet-stream")
    return _file(one.path, one.sha256, one.size, type_)


def _media_file(one: Media) -> str:
    return _file(media_path(one), one.sha256, one.size, one.media_type)


def _event(found: Gathered, event: ArchiveEvent, number: int) -> str:
    at = event.at or event.known_at or event.recorded_at
    version = found.place_of(event.version_id)
    about = f"{post_id(found)}#{version}" if version else post_id(found)
    details = "; ".join(f"{name}: {value}" for name, value in event.details.items())
    told = f"told by: {event.told_by}" + (f"; cause: {event.cause}" if event.cause else "")
    return (
        "<event>"
        + _identified("eventIdentifier", EVENT, number)
        + _is("eventType", EVENT_TYPES.get(event.kind, event.kind))
        + _is("eventDateTime", machine_time(at))
        + "<eventDetailInformation>"
        + _is("eventDetail", "; ".join(part for part in (event.kind, told, details) if part))
        + "</eventDetailInformation>"
        + _identified("linkingAgentIdentifier", AGENT, event.details.get("by") or "hub")
        + _identified("linkingObjectIdentifier", VERSION if version else POST, about)
        + "</event>\n"
    )


def agents(hub: str, people: set[str]) -> str:
    """The hub, and everybody who did something with a post, by their handle then."""
    software = (
        "<agent>"
        + _identified("agentIdentifier", AGENT, "hub")
        + _is("agentName", hub)
        + _is("agentType", "software")
        + "</agent>\n"
    )
    return software + "".join(
        "<agent>"
        + _identified("agentIdentifier", AGENT, handle)
        + _is("agentName", handle)
        + _is("agentType", "person")
        + "</agent>\n"
        for handle in sorted(people)
    )


def rights(holder: str) -> str:
    """On what ground the posts are held, as far as the hub knows: it is not a licence."""
    return (
        "<rights><rightsStatement>"
        + _identified("rightsStatementIdentifier", "rights", 1)
        + _is("rightsBasis", "other")
        + "<otherRightsInformation>"
        + _is("otherRightsBasis", "records management")
        + _is(
            "otherRightsNote",
            f"Held as a record for {holder}. Whoever wrote a post may hold the copyright in it.",
        )
        + "</otherRightsInformation></rightsStatement></rights>\n"
    )
