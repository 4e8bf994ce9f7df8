"""The lines of a WhatsApp chat: where a message begins, who wrote it, and what its marks mean.

Android writes "16/03/2024, 09:05 - Ailsa: words", an iPhone "[16/03/2024, 09:05:01] Ailsa: words"; date and
clock are in the phone's own manner. What WhatsApp writes itself begins with a left-to-right mark on an
iPhone, and names nobody on Android.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.json_stream import Broken

MARK = "\u200e"
_BEGINS = re.compile(
    r"[\u200e\u200f\ufeff]*"
    r"(?:\[(?P<date>[\d./\-]{6,10})(?:,| klo)?\s+(?P<clock>[^\]]{4,20})\]\s|"
    r"(?P<date2>[\d./\-]{6,10})(?:,| klo)?\s+"
    r"(?P<clock2>\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?\s?m\.?)?)\s[-–]\s)"
    r"(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
_AUTHOR = re.compile(r"(?P<author>[^:\n]{1,100}?): ?(?P<text>.*)", re.DOTALL)
_IPHONE_FILE = re.compile(r"\u200e?<[^:<>\n]{2,20}: (?P<name>[^<>\n]{1,200})>")
_ANDROID_FILE = re.compile(r"\u200e?(?P<name>[^\n\u200e]{1,200}\.\w{2,5}) \([^()\n]{3,40}\)\Z")
# "<Media omitted>", on an iPhone a word or two: "image omitted".
_OMITTED = re.compile(r"(?:<[^<>\n]{3,40}>|\u200e\S{2,20}(?: \S{2,20}){1,2})\Z")
# What people send begins with such a mark too, when it is a place or a poll.
_TITLED = re.compile(r"\u200e\w{2,20}:")
_EDITED = re.compile(
    r"\s*\u200e?<[^<>\n]*(?:edited|bearbeitet|modifié|editado|modificato|bewerkt)[^<>\n]*>\s*\Z", re.I
)
_DELETED = re.compile(
    r"\u200e?(?:This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht|"
    r"Du hast diese Nachricht gelöscht|Ce message a été supprimé|Vous avez supprimé ce message|"
    r"Se eliminó este mensaje|Eliminaste este mensaje)\.?\Z"
)
# Bidirectional marks around names and numbers say nothing.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# In front of a name that the phone's owner has not saved.
_UNSAVED = "~"


@dataclass(slots=True)
class Message:
    """One message. `date` and `clock` as they are written; `raw`: its exact bytes, of all its lines.

    `system`: WhatsApp's own words; `author` is then the chat's name, where the line has one. `files`: names
    of the media that it shows; `omitted`: the export left some out.
    """

    number: int
    date: str
    clock: str
    author: str
    text: str
    raw: bytes
    system: bool = False
    deleted: bool = False
    edited: bool = False
    omitted: bool = False
    files: list[str] = field(default_factory=list)


def begins_message(line: bytes) -> bool:
    return _BEGINS.match(_decoded(line)) is not None


def said(line: bytes) -> bool:
    """Whether somebody said something in the line, rather than WhatsApp itself."""
    begins = _BEGINS.match(_decoded(line))
    return begins is not None and _AUTHOR.match(begins["rest"]) is not None


def messages(stream: BinaryIO) -> Iterator[Message]:
    """The messages of a chat, in its order. Raises Broken for one that is larger than we read."""
    number, lines, size = 0, [], 0
    while line := stream.readline(limits.CHUNK):
        if lines and begins_message(line):
            number += 1
            yield _message(lines, number)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
        if size > limits.MAX_VALUE:
            raise Broken("value_too_large", number + 1)
    if lines:
        yield _message(lines, number + 1)


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "replace").replace("\u202f", " ").replace("\xa0", " ")


def _message(lines: list[bytes], number: int) -> Message:
    raw = b"".join(lines).rstrip(b"\r\n")
    whole = _decoded(raw).replace("\r\n", "\n")
    begins = _BEGINS.match(whole)
    if begins is None:  # lines before the first message
        return Message(number, "", "", "", whole, raw, system=True)
    date, clock = begins["date"] or begins["date2"], (begins["clock"] or begins["clock2"]).strip()
    found = _AUTHOR.match(begins["rest"])
    if found is None:
        return Message(number, date, clock, "", begins["rest"], raw, system=True)
    author = _BIDI.sub("", found["author"]).strip().removeprefix(_UNSAVED).strip()
    return _marked(Message(number, date, clock, author, found["text"], raw))


def _marked(message: Message) -> Message:
    """The message by its marks."""
    text = message.text.strip("\n")
    if _DELETED.match(text.strip()):
        message.deleted, message.text = True, ""
        return message
    if _EDITED.search(text):
        message.edited, text = True, _EDITED.sub("", text)
    message.files = [one["name"] for one in _IPHONE_FILE.finditer(text)]
    text = _IPHONE_FILE.sub("", text)
    first, _, rest = text.partition("\n")
    if found := _ANDROID_FILE.match(first.strip()):
        message.files.append(found["name"])
        text = rest
    elif _OMITTED.match(first.strip()) and not rest:
        message.omitted, text = True, ""
    elif first.startswith(MARK) and not _TITLED.match(first) and not message.files:
        message.system = True
    message.text = _BIDI.sub("", text).strip()
    return message
