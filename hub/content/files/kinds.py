"""What a file is, judged from its content: a name says nothing that can be relied on."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import lazy_gettext as _

from hub.core.pictures import PICTURES

from . import office
from .refusing import Refusal

CHUNK = 1024 * 1024
PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"


@dataclass(frozen=True)
class Kind:
    """media_type: how it is served. suffix: what its name ends in. name: in words."""

    media_type: str
    suffix: str
    name: object
    also: tuple[str, ...] = ()


KINDS = {
    kind.media_type: kind
    for kind in (
        Kind(PDF, ".pdf", _("PDF")),
        Kind(office.DOCX, ".docx", _("Word document")),
        Kind(office.XLSX, ".xlsx", _("Excel spreadsheet")),
        Kind(office.PPTX, ".pptx", _("PowerPoint slides")),
        Kind(office.ODT, ".odt", _("OpenDocument text")),
        Kind(office.ODS, ".ods", _("OpenDocument spreadsheet")),
        Kind(office.ODP, ".odp", _("OpenDocument slides")),
        Kind(office.ODG, ".odg", _("OpenDocument drawing")),
        Kind(CSV, ".csv", _("CSV table"), (".tsv",)),
        Kind(TEXT, ".txt", _("Text file"), (".md", ".log")),
        Kind("image/png", ".png", _("PNG picture")),
        Kind("image/jpeg", ".jpg", _("JPEG picture"), (".jpeg",)),
        Kind("image/gif", ".gif", _("GIF picture")),
        Kind("image/webp", ".webp", _("WebP picture")),
    )
}
PICTURE_TYPES = frozenset(PICTURES.values())

# What begins like this is a web page, a drawing with scripts, or a program's own language.
NOT_TEXT = ("<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "{\\rtf", "%!ps")
# Characters that no text has, besides tabs, line ends and form feeds.
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f") | {127}


def judge(stream: BinaryIO, name: str) -> str:
    """The media type of what is in a stream that is no picture. The name only says whether a text is called
    a table. Raises Refusal."""
    stream.seek(0)
    head = stream.read(8)
    if not head:
        raise Refusal("empty")
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return office.judge(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refusal("old_office")
    if head.startswith((b"PK", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b")):
        raise Refusal("archive")
    if _is_text(stream):
        return CSV if name.lower().endswith((".csv", ".tsv")) else TEXT
    raise Refusal("kind")


def _is_text(stream: BinaryIO) -> bool:
    """Words in UTF-8, in UTF-16 that says so, or as Windows writes them. Raises Refusal for web pages."""
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        stream.seek(0)
        if encoding == "utf-16" and stream.read(2) not in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            continue
        begin = _first_words(stream, encoding)
        if begin is not None:
            if begin.lstrip().lower().startswith(NOT_TEXT):
                raise Refusal("web")
            return True
    return False


def _first_words(stream: BinaryIO, encoding: str) -> str | None:
    """How the text begins; None when it is not one in this encoding."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    begin: str | None = None
    try:
        while chunk := stream.read(CHUNK):
            text = decoder.decode(chunk)
            if any(ord(character) in CONTROL for character in set(text)):
                return None
            begin = text[:2_000] if begin is None else begin
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return begin
