"""Documents that are zip files: of which kind, without macros, and no bombs. Nothing of them is unpacked but
what says what they are."""

import zipfile
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .refusing import Refusal

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OPEN_XML}wordprocessingml.document"
XLSX = f"{_OPEN_XML}spreadsheetml.sheet"
PPTX = f"{_OPEN_XML}presentationml.presentation"
_ODF = "application/vnd.oasis.opendocument."
ODT, ODS, ODP, ODG = f"{_ODF}text", f"{_ODF}spreadsheet", f"{_ODF}presentation", f"{_ODF}graphics"

# A sheet of a hundred thousand rows unpacks to some 50 MB; what unpacks to more than this is made to.
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 10_000
# Of what says what a document is, this much is read.
LONGEST_LIST = 1024 * 1024
LONGEST_LINKS = 256 * 1024
MOST_LINK_PARTS = 200

CONTENT_TYPES, MIMETYPE = "[Content_Types].xml", "mimetype"
# Programs of both families, by where they stand in the file.
PROGRAMS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/dialogsheets/", "/activex/")
ODF_PROGRAMS = ("Basic/", "Scripts/")
TEMPLATE = "/attachedTemplate"


def judge(stream: BinaryIO) -> str:
    """The media type. Raises Refusal for any other zip file, and for what carries programs."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return _judged(archive)
    except (zipfile.BadZipFile, ParseError, DefusedXmlException, NotImplementedError, RuntimeError,
            OSError, ValueError, KeyError, EOFError) as problem:  # fmt: skip
        raise Refusal("broken") from problem


def _judged(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if MIMETYPE not in names and CONTENT_TYPES not in names:
        raise Refusal("archive")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refusal("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal("locked")
    if MIMETYPE in names:
        return _open_document(archive, names)
    return _office(archive, names)


def _open_document(archive: zipfile.ZipFile, names: list[str]) -> str:
    said = _read(archive, MIMETYPE, 200).decode("ascii", "replace").strip()
    if said not in {ODT, ODS, ODP, ODG}:
        raise Refusal("archive")
    if any(name.startswith(ODF_PROGRAMS) and not name.endswith("/") for name in names):
        raise Refusal("macros")
    return said


def _office(archive: zipfile.ZipFile, names: list[str]) -> str:
    listed = fromstring(_read(archive, CONTENT_TYPES, LONGEST_LIST))
    types = {str(one.get("ContentType", "")).lower() for one in listed}
    programs = any(program in f"/{name.lower()}" for name in names for program in PROGRAMS)
    if programs or any("macroenabled" in one or "vbaproject" in one for one in types):
        raise Refusal("macros")
    for part in [name for name in names if name.lower().endswith(".rels")][:MOST_LINK_PARTS]:
        if _brings_a_template(_read(archive, part, LONGEST_LINKS)):
            raise Refusal("macros")
    for kind in (DOCX, XLSX, PPTX):
        if f"{kind}.main+xml".lower() in types:
            return kind
    raise Refusal("archive")


def _brings_a_template(links: bytes) -> bool:
    """Word fetches the template that a document names, with the programs in it."""
    return any(
        str(one.get("Type", "")).endswith(TEMPLATE) and one.get("TargetMode") == "External"
        for one in fromstring(links)
    )


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as part:
        read = part.read(most + 1)
    if len(read) > most:
        raise Refusal("bomb")
    return read
