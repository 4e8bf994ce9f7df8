"""What a WACZ gives beside its records: its list of pages, its hashes checked, its signature kept."""

import json
import zipfile

import pytest
from sqlalchemy import select

from hub.archive.models import Citation
from hub.core.database import db
from tests.archive.adapters.test_warc import WORDS, notes, reasons
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.web_archive import AT, PAGE, WebArchive, page_of


@pytest.fixture
def read(tmp_path):
    def reader(archive: WebArchive, **how) -> Reading:
        return Reading(archive.write_wacz(tmp_path / "upload.zip", **how))

    return reader


@pytest.mark.parametrize("gzipped", [True, False])
def test_the_pages_of_its_list_are_its_posts(read, gzipped):
    archive = (
        WebArchive(gzipped=gzipped).page(WORDS).answer("https://strathtay.example/frame", page_of("Frame"))
    )
    reading = read(archive)
    assert reading.adapter.name == "wacz"
    assert [post.post_id for post in reading.posts] == [PAGE]
    assert reading.counted["pages/pages.jsonl"] == (1, 1)
    assert notes(reading) == {}
    (entry,) = [one.slice for one in reading.posts[0].cites if one.role == "page_list"]
    assert (json.loads(entry.raw)["url"], entry.file, entry.row) == (PAGE, "pages/pages.jsonl", 2)


def test_a_listed_page_that_is_not_held_is_told(read):
    archive = WebArchive().page(WORDS)
    archive.listed.append({"url": "https://strathtay.example/lost", "ts": AT})
    reading = read(archive)
    assert (len(reading.posts), reasons(reading)["page_not_held"]) == (1, 1)


def test_a_page_that_scripts_wrote_has_the_text_that_the_crawler_read(read):
    archive = WebArchive().answer(PAGE, b"<body><div id='root'></div><script>write()</script>")
    archive.listed.append({"url": PAGE, "ts": AT, "title": "From the crawler", "text": WORDS * 3})
    (post,) = read(archive).posts
    assert (post.text, post.title) == (WORDS * 3, "From the crawler")


def test_a_file_that_is_not_what_the_package_says_is_told(read):
    reading = read(WebArchive().page(WORDS), changed="archive/data.warc.gz")
    assert (len(reading.posts), "wrong_hash" in notes(reading)) == (1, True)


def test_a_file_that_the_package_does_not_list_is_told(read):
    archive = WebArchive().page(WORDS)
    assert notes(read(archive)) == {}
    assert reasons(read(archive, extra={"logs/crawl.log": b"..."}))["archive_parts"] == 1


def test_a_signature_is_kept_with_the_page_and_said_not_to_be_judged(read):
    reading = read(WebArchive().page(WORDS), seal=True)
    roles = {one.role: one.slice for one in reading.posts[0].cites}
    assert notes(reading) == {"signed": ""}
    assert b"c2lnbmVk" in roles["signature"].raw
    assert b"wacz_version" in roles["package"].raw


def test_without_a_list_of_pages_html_is_told_from_its_parts(read):
    reading = read(WebArchive().page(WORDS), pages=None)
    assert ([post.post_id for post in reading.posts], "no_page_list" in notes(reading)) == ([PAGE], True)


@pytest.mark.parametrize("value", [None, 7, [], {}, "x" * 5_000, [{"path": 7}], [None]])
def test_nonsense_in_the_package_or_the_list_never_raises(tmp_path, value):
    archive = WebArchive().page(WORDS)
    for name in ("url", "ts", "title", "text"):
        archive.listed = [{"url": PAGE, "ts": AT} | {name: value}]
        Reading(archive.write_wacz(tmp_path / "a.zip"))
    package = json.dumps({"wacz_version": "1", "resources": value}).encode()
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as file:
        file.writestr("datapackage.json", package)
        file.writestr("datapackage-digest.json", json.dumps({"hash": value, "signedData": value}))
        file.writestr("pages/pages.jsonl", b'\xff\n{"url": 3}\n[[[[')
        file.writestr("archive/a.warc.gz", archive.data)
    reading = Reading(tmp_path / "b.zip")
    assert [post.post_id for post in reading.posts] == [PAGE]
    assert notes(reading)["list_unreadable"] == "3"


def test_it_goes_through_the_whole_path(kept, tmp_path):
    path = WebArchive().page(WORDS).write_wacz(tmp_path / "a.wacz", seal=True)
    done = kept.bring_in(path)
    assert (done.state, done.new) == ("done", 1)
    assert done.report["noted"] == [["signed", "datapackage-digest.json", ""]]
    roles = set(db.session.scalars(select(Citation.role)))
    assert roles == {"page_list", "package", "signature", "resource"}
    assert kept.bring_in(path).sightings == 0


def test_the_samples_are_read():
    folder = beside(SAMPLES / "wacz")
    valid = Reading(folder / "valid_example_1.wacz")
    assert ([post.title for post in valid.posts], notes(valid)) == (["Example Domain"], {})
    signed = Reading(folder / "valid_signed_example_1.wacz")
    assert (len(signed.posts), notes(signed)) == (1, {"signed": ""})
    invalid = Reading(folder / "invalid_example_1.wacz")
    assert (invalid.posts, reasons(invalid)["missing_file"]) == ([], 1)
