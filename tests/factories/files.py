"""Files for tests, small and real: each is what its name says."""

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image

from hub.accounts.models import Person
from hub.content.files.taking import Sent, Taken, keep_waiting, take
from hub.content.models import StoredFile
from hub.core.database import unit_of_work
from tests.factories.zips import write_zip

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OFFICE = "application/vnd.openxmlformats-officedocument."


def picture(form: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "teal", **saved: Any) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, form, **saved)
    return made.getvalue()


def zipped(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    return write_zip(BytesIO(), parts.items(), compression).getvalue()


def office(kind: str = "wordprocessingml.document", main: str = "", **parts: bytes | str) -> bytes:
    """A document of the newer Office; `parts` by name, with "__" for a slash."""
    listed = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{main or f"{OFFICE}{kind}.main+xml"}"/></Types>'
    )
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    return zipped({"[Content_Types].xml": listed, "main.xml": "<a/>", **named})


def open_document(kind: str = "text", **parts: bytes | str) -> bytes:
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    said = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": said, "content.xml": "<a/>", **named}, zipfile.ZIP_STORED)


def waiting(someone: Person, name: str = "plan.pdf", content: bytes = PDF, place: str = "/x") -> StoredFile:
    """A file that somebody has added to something that they still write; committed."""
    taken = take(Sent(name, BytesIO(content), "What it shows"))
    assert isinstance(taken, Taken), taken
    with unit_of_work():
        ((made,), _refused) = keep_waiting(someone.id, place, [taken])
    return made


def upload(name: str = "plan.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """As a browser sends it."""
    return BytesIO(content), name
