"""Certificates and disclosures: tagged, in plain words, with the right facts and nothing that was taken
out."""

import csv
import io
import re
import zlib

import pypdf
import pytest
from pypdf.generic import StreamObject
from sqlalchemy import select

from hub.archive.masked_text import Public
from hub.archive.models import ArchivedPost, Media, PostVersion, Sighting, SourceSlice
from hub.archive.proof.models import LogCheckpoint
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.handover import actions, choosing
from hub.handover.models import CERTIFICATE, DISCLOSURE, PASSAGE, PICTURE, POST, HandOver
from hub.handover.paper import Facts, Heading, Paper, Quote, Run, Steps, Table, Text, print_pdf
from hub.handover.redacting import Redactor
from tests.factories.archived import declare
from tests.factories.x_archive import XArchive, png

from .conftest import carried_through, filled, made, path_of

NAUGHTY = (
    '#show: panic("no")', "#set page(width: 1pt)", "$x^2$", "*bold* _it_ `code`", "@ref <label>", "= Heading",
    "\\ \\u{0}", "// comment", "/* comment", "]]]", "#", '"', "\x00\x07", "\u202e evil", "x" * 5_000,
    "🙃 👨‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "日本語 العربية हिन्दी", "\ufffe\uffff", "a\nb\r\nc\td",
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_a_paper_is_tagged_and_says_its_title_and_language():
    paper = Paper("A title", "The hub", "What it is.", [Heading("One"), Text("Words."), Steps(("a", "b"))])
    reader = pypdf.PdfReader(io.BytesIO(print_pdf(paper, clock.now())))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata["/Title"] == "A title"
    assert b"pdfuaid" in root["/Metadata"].get_data()


@pytest.mark.parametrize("words", NAUGHTY)
def test_what_people_write_is_never_markup(words):
    paper = Paper(f"A title {words[:200]}", words[:200], words)
    paper.add(
        Heading(f"A heading {words}"),
        Text(words),
        Facts(((words, words),), frozenset({words})),
        Quote((Run(words), Run(words, taken_out=True)), "en"),
        Table(words, (words, "b"), ((words, words),)),
        Steps((words,)),
    )
    shown = text_of(print_pdf(paper, clock.now()))
    if words.isascii() and words.isprintable():
        assert re.sub(r"\s", "", words) in re.sub(r"[\s\u200b]", "", shown)


def test_signs_that_cannot_be_shown_stand_as_their_names():
    paper = Paper("x", "x", "x", [Text("日 and 👨‍👩‍👧")])
    assert "cjk unified ideograph" in text_of(print_pdf(paper, clock.now()))


def one_post(kept, words="closed today"):
    return db.session.scalars(
        select(ArchivedPost)
        .join(PostVersion, PostVersion.post_id == ArchivedPost.id)
        .where(ArchivedPost.collection_id == kept.collection.id, PostVersion.text.contains(words))
    ).first()


@pytest.mark.parametrize("kind", ["pdf", "html"])
def test_a_certificate_says_what_whom_when_how_and_what_it_cannot_say(kept, kind):
    filled(kept)
    declare(kept.person, kept.collection, "830012345")
    post = one_post(kept)
    found = made(kept, CERTIFICATE, choosing.some([post.token]), reason="A tribunal")
    path = next(path_of(found, at) for at, one in enumerate(found.files) if one["name"].endswith(kind))
    shown = text_of(path.read_bytes()) if kind == "pdf" else re.sub(r"<[^>]+>|\s+", " ", path.read_text())
    shown = re.sub(r"\s+", " ", shown)
    for said in (
        "Strathtay Council (@strathtay)", "16 January 2024, 07:00 GMT", post.platform_id,
        "Schools are closed today.", "Schools are closed today and tomorrow.", "Version 2 of 2",
        "The account's own export", "archive.zip", "Organisation of keeper", "Keeper",
        "What this certificate does not say", "never changed before it was first kept", "Edited",
    ):  # fmt: skip
        assert said in shown.replace("&#39;", "'"), said
    slices = select(SourceSlice.sha256).join(Sighting, Sighting.slice_id == SourceSlice.id)
    for sha256 in db.session.scalars(slices.where(Sighting.post_id == post.id)):
        assert sha256 in shown
    checkpoint = db.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc())).first()
    assert checkpoint.root.hex() in shown
    assert "Not yet anchored" not in shown


def test_a_certificate_masks_private_people_unless_it_is_asked_not_to(kept):
    filled(kept)
    post = one_post(kept)
    scope = choosing.some([post.token])
    for names_shown in (False, True):
        found = made(kept, CERTIFICATE, scope, reason="A tribunal", names_shown=names_shown)
        for place in range(2):
            raw = path_of(found, place).read_bytes()
            shown = text_of(raw) if raw.startswith(b"%PDF") else raw.decode()
            assert ("Strathtay Council" in shown) is names_shown
            assert (post.platform_id in shown) is names_shown


def secret_posts(kept):
    """Two accounts: the council's, with a picture, and a private person's."""
    archive = XArchive()
    archive.post("Mrs Hidden of 7 Nowhere Street, ring 01632 960 001 @somebody", at="2024-01-16T07:00")
    pictured = archive.post("The bridge", at="2024-01-17T07:00")
    archive.picture(pictured, png(30, 20))
    pictured["extended_entities"]["media"][0]["ext_alt_text"] = "Mrs Hidden on the bridge"
    archive.post("Wholly unspeakable", at="2024-01-18T07:00")
    archive.post("Nothing the matter here", at="2024-01-19T07:00")
    kept.bring_in(archive)
    declare(kept.person, kept.collection, "830012345")
    return kept


def disclosed(kept, redactions=(), exemption="FOISA s.38(1)(b): personal information"):
    with unit_of_work():
        asked = actions.hand_over(
            kept.actor, kept.collection, DISCLOSURE, choosing.WHOLE, reason="FOI 2024/7"
        )
        for kind, what, why in redactions:
            actions.redact(kept.actor, asked, kind, what, why)
        number = asked.id
    with unit_of_work():
        asked = db.session.get_one(HandOver, number, populate_existing=True)
        actions.finish(kept.actor, asked, exemption)
    return carried_through(number)


def every_byte(found) -> bytes:
    """All that the files hold, every stream of the PDF opened."""
    seen = []
    for place in range(len(found.files)):
        raw = path_of(found, place).read_bytes()
        seen.append(raw)
        if raw.startswith(b"%PDF"):
            reader = pypdf.PdfReader(io.BytesIO(raw))
            seen += [one.extract_text().encode() for one in reader.pages]
            for number in range(1, len(reader.xref[0]) + 1 if 0 in reader.xref else 2_000):
                one = reader.get_object(number)
                if isinstance(one, StreamObject):
                    seen.append(one.get_data())
                seen.append(repr(one).encode())
            seen += [str(reader.metadata).encode(), str(reader.outline).encode()]
            for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
                try:
                    seen.append(zlib.decompress(stream))
                except zlib.error:
                    continue
    joined = b"\n".join(seen)
    return joined + joined.replace(b"\x00", b"")


def test_nothing_that_is_redacted_is_anywhere_in_the_files(kept):
    secret_posts(kept)
    media = db.session.scalars(select(Media)).one()
    hidden = one_post(kept, "unspeakable")
    found = disclosed(
        kept,
        [
            (PASSAGE, "mrs  hidden", "FOISA s.38(1)(b)"),
            (PASSAGE, "7 Nowhere Street", "FOISA s.38(1)(b)"),
            (PASSAGE, "01632 960 001", "FOISA s.38(1)(b)"),
            (PICTURE, media.sha256, "FOISA s.39(1)"),
            (POST, hidden.token, "FOISA s.36"),
        ],
    )
    assert [one["name"] for one in found.files] == ["disclosure.csv", "disclosure.html", "disclosure.pdf"]
    held = every_byte(found)
    for gone in (
        b"Hidden",
        b"Nowhere",
        b"01632 9",
        b"somebody",
        b"unspeakable",
        media.sha256.encode(),
        b"image/webp",
    ):
        assert gone not in held, gone
    assert b"Nothing the matter here" in held
    assert b"@strathtay" in held


def test_the_schedule_lists_every_redaction_with_its_exemption(kept):
    secret_posts(kept)
    media = db.session.scalars(select(Media)).one()
    found = disclosed(
        kept, [(PASSAGE, "Mrs Hidden", "FOISA s.38(1)(b)"), (PICTURE, media.sha256, "FOISA s.39(1)")]
    )
    shown = text_of(path_of(found, 2).read_bytes())
    schedule = shown[shown.index("Schedule of redactions") :]
    for said in ("A passage", "A picture or film", "FOISA s.38(1)(b)", "FOISA s.39(1)",
                 "Names and handles of private people", "Post 1", "Post 2"):  # fmt: skip
        assert said in schedule
    rows = list(csv.reader(io.StringIO(path_of(found, 0).read_text("utf-8-sig"))))
    assert rows[1][-1].startswith("FOISA s.38(1)(b)")
    assert "[Redacted: FOISA s.38(1)(b)] of 7 Nowhere Street" in rows[1][5]


def test_a_disclosure_tells_once_what_became_of_a_post_however_many_exports_told_of_it(kept):
    filled(kept)
    declare(kept.person, kept.collection, "830012345")
    found = disclosed(kept)
    rows = list(csv.reader(io.StringIO(path_of(found, 0).read_text("utf-8-sig"))))
    told = {row[5]: row for row in rows[1:]}
    deleted = told["Wrong channel, sorry"]
    assert deleted[6] == "Deleted on the platform on 1 February 2024, 5 minutes after it was posted"
    edited = told["Schools are closed today and tomorrow."]
    assert edited[6] == "Edited once, 20 minutes after it was posted; each version is kept"
    assert (edited[3], edited[4]) == ("2024-01-16T07:20:00Z", "2")
    assert told["Schools are closed today."][3] == "2024-01-16T07:00:00Z"
    page = path_of(found, 1).read_text()
    assert page.count("Deleted on the platform on 1 February 2024") == 1
    assert "7:20" not in page[page.index("Post 1") : page.index("Version 1 of 2")]


def test_a_post_that_is_left_out_stands_in_the_table_as_that(kept):
    filled(kept)
    hidden = one_post(kept)
    found = disclosed(kept, [(POST, hidden.token, "FOISA s.36")])
    rows = list(csv.reader(io.StringIO(path_of(found, 0).read_text("utf-8-sig"))))
    (row,) = [one for one in rows if one[-1] == "FOISA s.36"]
    assert row[5] == "[Redacted: this post is left out.]"


def test_private_peoples_names_and_pictures_go_by_themselves(kept):
    archive = XArchive(handle="jean", name="Jean Private", account_id="99")
    pictured = archive.post("My garden, says @jean", at="2024-01-17T07:00")
    archive.picture(pictured, png(30, 20))
    kept.bring_in(archive)
    held = every_byte(disclosed(kept))
    for gone in (b"Jean", b"jean", b"image/webp"):
        assert gone not in held
    assert b"My garden" in held


def test_passages_that_overlap_are_one_and_blanks_do_not_save_anybody():
    class Said:
        def __init__(self, what):
            self.kind, self.what, self.exemption = PASSAGE, what, "s.38"

    redactor = Redactor([Said("one two"), Said("two three")], Public(handles=frozenset({"council"})), "s.38")
    runs = redactor.runs("zero ONE\n two   three four @council @jean", 1)
    assert [run.text for run in runs if not run.taken_out] == ["zero ", " four @council @[private person]"]
    assert sum(run.taken_out for run in runs) == 1


def test_a_paper_for_too_many_posts_is_refused_before_anything_is_made(kept, monkeypatch):
    filled(kept)
    monkeypatch.setattr(actions, "MOST_POSTS", 3)
    with pytest.raises(actions.Refused, match="holds up to 3 posts"), unit_of_work():
        actions.hand_over(kept.actor, kept.collection, CERTIFICATE, choosing.WHOLE, reason="x")


def test_whoever_is_always_masked_is_masked_whatever_is_asked_for(kept):
    filled(kept)
    declare(kept.person, kept.collection, "830012345")
    with unit_of_work():
        post = one_post(kept)
        post.protected = "child"
        scope = choosing.some([post.token])
    found = made(kept, CERTIFICATE, scope, reason="A tribunal", names_shown=True)
    shown = text_of(path_of(found, 1).read_bytes())
    assert "Strathtay Council" not in shown
    held = every_byte(disclosed(kept))
    assert held.count(b"A private person, whose name is left out") > 0
