"""What a file is, is told from its content; what could harm whoever opens it is refused with a reason."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from hub.content.files.names import fit_name, shown_name
from hub.content.files.refusing import reason
from hub.content.files.storing import store
from hub.content.files.taking import NotTaken, Sent, Taken, take
from tests.factories.files import PDF, office, open_document, picture, zipped


def taken(content: bytes, name: str = "a") -> Taken | NotTaken:
    return take(Sent(name, BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "a.pdf"),
        (office(), "a.docx"),
        (office("spreadsheetml.sheet"), "a.xlsx"),
        (office("presentationml.presentation"), "a.pptx"),
        (open_document(), "a.odt"),
        (open_document("spreadsheet"), "a.ods"),
        (b"Words, in UTF-8: \xc3\xa9\n", "a.txt"),
        ("Words\n".encode("utf-16"), "a.txt"),
        (b"Caf\xe9, as Windows writes\n", "a.txt"),
        (picture("PNG"), "a.png"),
        (picture("JPEG"), "a.jpg"),
        (picture("GIF"), "a.gif"),
        (picture("WEBP"), "a.webp"),
    ],
)
def test_what_it_is_comes_from_its_content_whatever_it_is_called(app, content, name):
    for given in ("a", "a.exe", "a.pdf.exe"):
        found = taken(content, given)
        assert isinstance(found, Taken), found
        assert found.name == (name if given == "a" else given + name[1:])


def test_only_a_text_goes_by_its_name_as_a_table(app):
    assert taken(b"a,b\n1,2\n", "a.csv").media_type == "text/csv"
    assert taken(PDF, "a.csv").media_type == "application/pdf"


HARMFUL = {
    "empty": b"",
    "archive": zipped({"a.txt": "words"}),
    "macros in a new document": office(word__vbaProject_bin="", **{"word/vbaProject.bin": b"x"}),
    "macros by its kind": office(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "macros of 1992": office("spreadsheetml.sheet", **{"xl/macrosheets/sheet1.xml": "<a/>"}),
    "macros in an open document": open_document(**{"Basic/Standard/script.xml": "<a/>"}),
    "old_office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "broken": office()[:-30],
    "web": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "web page": b"  \n<!DOCTYPE html><script>alert(1)</script>",
    "kind": b"MZ\x90\x00" + bytes(400),
    "kind: unheard of": bytes(range(256)) * 4,
    "web of XML": b'\xef\xbb\xbf<?xml version="1.0"?><svg/>',
}


@pytest.mark.parametrize("why", HARMFUL)
def test_what_could_harm_is_refused(app, why):
    found = taken(HARMFUL[why], "report.pdf")
    assert isinstance(found, NotTaken), found
    assert found.code == why.split(maxsplit=1)[0].strip(":")
    with app.test_request_context():
        assert reason(found.code).endswith(".")
    assert store().files() == []


def test_a_document_that_fetches_a_template_is_refused(app):
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        'Target="https://evil.example/a.dotm" TargetMode="External"/></Relationships>'
    )
    assert taken(office(**{"word/_rels/settings.xml.rels": link})).code == "macros"


def test_a_spreadsheet_that_unpacks_to_a_gigabyte_is_refused_without_unpacking(app, monkeypatch):
    bomb = bytearray(office("spreadsheetml.sheet", **{"xl/sheet.xml": bytes(1000)}))
    entry = bomb.index(b"PK\x01\x02", bomb.index(b"PK\x01\x02") + 1)  # in the list at its end
    bomb[entry + 24 : entry + 28] = struct.pack("<I", 1_000_000_000)
    assert taken(bytes(bomb)).code == "bomb"


def test_a_list_of_parts_that_unpacks_to_much_is_refused(app):
    assert taken(zipped({"[Content_Types].xml": b" " * 3_000_000})).code == "bomb"


def test_entities_that_explode_are_refused(app):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert taken(zipped({"[Content_Types].xml": bomb})).code == "broken"


def test_a_picture_that_claims_more_pixels_than_memory_holds_is_refused(app):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    png += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert taken(png).code == "huge"
    wide = BytesIO()
    Image.new("1", (8_000, 8_000)).save(wide, "PNG")
    assert taken(wide.getvalue()).code == "huge"


def test_a_picture_that_breaks_off_is_refused(app):
    whole = picture("JPEG", (300, 300))
    assert taken(whole[: len(whole) // 3]).code == "broken"


def test_what_hides_behind_a_picture_is_gone(app):
    """A file that is both a picture and an archive is only a picture afterwards."""
    for form in ("PNG", "JPEG", "GIF", "WEBP"):
        found = taken(picture(form) + zipped({"evil.js": "alert(1)"}))
        kept = store().path(found.sha256).read_bytes()
        assert b"evil.js" not in kept
        assert Image.open(BytesIO(kept)).size == (40, 20)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_where_and_with_what_a_picture_was_taken_is_removed(app, form):
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = "2026:01:02SECRETDAY"
    whole = picture(form, exif=exif)
    assert b"SECRETCAMERA" in whole
    found = taken(whole)
    kept = store().path(found.sha256).read_bytes()
    assert b"SECRET" not in kept and not dict(Image.open(BytesIO(kept)).getexif())


def test_comments_in_pictures_are_removed(app):
    for form, comment in (("JPEG", b"SECRETWORDS"), ("GIF", b"SECRETWORDS")):
        whole = picture(form, comment=comment)
        assert b"SECRETWORDS" in whole
        assert b"SECRETWORDS" not in store().path(taken(whole).sha256).read_bytes()


def test_a_photograph_that_was_held_sideways_stands_upright(app):
    exif = Image.Exif()
    exif[0x0112] = 6
    found = taken(picture("JPEG", (40, 20), exif=exif))
    assert (found.width, found.height) == (20, 40)
    assert Image.open(store().path(found.sha256)).size == (20, 40)


def test_a_picture_that_moves_goes_on_moving(app):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    for form in ("GIF", "PNG", "WEBP"):
        made = BytesIO()
        frames[0].save(made, form, save_all=True, append_images=frames[1:], duration=100, loop=0)
        assert Image.open(store().path(taken(made.getvalue()).sha256)).n_frames == 3, form


@pytest.mark.parametrize(
    ("given", "fit"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ann\\plan.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\x00b\r\nc\u200b.pdf", "abc.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
        ('a<b>"c?.pdf', "a_b__c_.pdf"),
        ("Màiri's plan – 2026.PDF", "Màiri's plan – 2026.PDF"),
    ],
)
def test_names_are_one_line_without_folders_and_end_in_what_the_file_is(given, fit):
    assert fit_name(given, "application/pdf") == fit
    assert "\u202e" not in shown_name(given) and "/" not in shown_name(given)
