"""Pages that were kept from a web archive leave as the records that they were: a WARC again, and one WACZ."""

import gzip
import hashlib
import io
import json
import zipfile
import zlib

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from hub.archive.models import ArchivedPost, SourceSlice
from hub.core.database import db
from hub.handover import web_archive
from hub.handover.models import HandOver
from tests.archive.conftest import count
from tests.factories.web_archive import AT, PAGE, WebArchive

from .conftest import filled, made, path_of, payload

OLD, LATER = "https://strathtay.example/old", "2024-04-02T09:00:00Z"


def crawl_of(folder, pages):
    """A WARC of responses: {address: html}."""
    path = folder / "crawl.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for address, html in pages.items():
            headers = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
            )
            writer.write_record(
                writer.create_warc_record(
                    address,
                    "response",
                    payload=io.BytesIO(html.encode()),
                    http_headers=headers,
                    warc_headers_dict={"WARC-Date": "2024-05-01T10:00:00Z"},
                )
            )
    return path


@pytest.fixture
def crawled(kept):
    page = "<html><title>News</title><body><p>{}</p></body></html>"
    pages = {
        "https://strathtay.example/news/1": page.format("The bridge is closed."),
        "https://strathtay.example/news/2": page.format("Long. " * 40_000),
    }
    brought = kept.bring_in(crawl_of(kept.folder, pages))
    assert (brought.state, brought.new) == ("done", 2)
    return kept


def test_each_record_is_a_warc_by_itself_and_all_of_them_are_one(crawled):
    found = made(crawled)
    assert found.state == "done", found.problem_detail
    records = {name: content for name, content in payload(found).items() if name.endswith(".warc")}
    assert len(records) >= 2
    addresses = []
    for record in ArchiveIterator(io.BytesIO(b"".join(records.values()))):
        addresses.append(record.rec_headers.get_header("WARC-Target-URI"))
    assert set(addresses) >= {"https://strathtay.example/news/1", "https://strathtay.example/news/2"}
    for name, content in records.items():
        assert hashlib.sha256(content).hexdigest() in name


def test_they_come_back_long_ones_too(crawled, tmp_path):
    from tests.archive.conftest import make_kept

    first = made(crawled)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    assert (brought.state, brought.problem_detail) == ("done", "")
    again = made(other)
    there = ("data/source/", "data/web-archive.wacz")
    sources = {name: content for name, content in payload(first).items() if name.startswith(there)}
    assert "data/web-archive.wacz" in sources
    assert {name: content for name, content in payload(again).items() if name.startswith(there)} == sources
    db.session.rollback()
    assert db.session.get(HandOver, again.id).state == "done"
    with zipfile.ZipFile(path_of(again)) as packed:
        assert packed.testzip() is None


def records_of(package: zipfile.ZipFile) -> dict[str, list]:
    """The records of its WARC as warcio reads them, their checksums checked: address to bodies."""
    found: dict[str, list] = {}
    iterator = ArchiveIterator(io.BytesIO(package.read("archive/data.warc.gz")), check_digests="raise")
    for record in iterator:
        body = record.content_stream().read()
        where = iterator.get_record_offset(), iterator.get_record_length()
        found.setdefault(record.rec_headers.get_header("WARC-Target-URI"), []).append((record, body, where))
    return found


@pytest.fixture
def package(kept):
    """The WACZ of a bag: two captures of a page, to one of which another address led."""
    crawl = WebArchive().page("Open until eight.").redirect(OLD, PAGE, at=LATER)
    crawl.page("Closed on Sundays.", at=LATER)
    crawl.listed[-1]["url"] = OLD
    brought = kept.bring_in(crawl.write_wacz(kept.folder / "crawl.wacz"))
    assert brought.state == "done", brought.problem_detail
    with zipfile.ZipFile(io.BytesIO(payload(made(kept))["data/web-archive.wacz"])) as file:
        yield file


def test_a_bag_holds_them_as_one_web_archive_that_others_open(package):
    records = records_of(package)
    assert {PAGE, OLD, "https://strathtay.example/style.css", "https://strathtay.example/hall.png"} <= set(
        records
    )
    assert any(b"Closed on Sundays." in body for _record, body, _where in records[PAGE])
    assert package.testzip() is None
    assert {one.compress_type for one in package.infolist()} == {zipfile.ZIP_STORED}


def test_its_records_are_byte_for_byte_those_that_were_kept(kept, package):
    packed = package.read("archive/data.warc.gz")
    kept_ones = {raw for raw in db.session.scalars(select(SourceSlice.raw)) if raw.startswith(b"WARC/")}
    singly = set()
    while packed:
        unpacking = zlib.decompressobj(wbits=31)
        singly.add(unpacking.decompress(packed) + unpacking.flush())
        packed = unpacking.unused_data
    assert singly == kept_ones


def test_its_list_names_every_file_with_its_hash_and_is_sealed(package):
    """The rules of py-wacz's validator."""
    raw = package.read("datapackage.json")
    listed = json.loads(raw)
    assert (listed["profile"], listed["wacz_version"]) == ("data-package", "1.1.1")
    for one in listed["resources"]:
        content = package.read(one["path"])
        assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert one["bytes"] == len(content)
    beside = {"datapackage.json", "datapackage-digest.json"}
    assert {one["path"] for one in listed["resources"]} == set(package.namelist()) - beside
    digest = json.loads(package.read("datapackage-digest.json"))
    assert digest == {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(raw).hexdigest()}


def test_its_index_leads_to_each_answer_in_the_order_of_addresses(package):
    lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    assert lines == sorted(lines)
    archive = package.read("archive/data.warc.gz")
    for line in lines:
        key, stamp, said = line.split(" ", 2)
        said = json.loads(said)
        start = int(said["offset"])
        (record,) = ArchiveIterator(io.BytesIO(archive[start : start + int(said["length"])]))
        assert record.rec_headers.get_header("WARC-Target-URI") == said["url"]
        assert record.rec_headers.get_header("WARC-Date").translate(str.maketrans("", "", "-:TZ")) == stamp
        assert key.startswith("example,strathtay)/")
    assert len(lines) == sum(len(found) for found in records_of(package).values())
    meta, first = package.read("indexes/index.idx").decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    piece = json.loads(first.split(" ", 2)[2])
    assert (piece["offset"], piece["length"]) == (0, len(package.read("indexes/index.cdx.gz")))


def test_a_large_index_is_in_pieces_that_are_read_by_themselves(monkeypatch, kept):
    monkeypatch.setattr(web_archive, "LINES_TOGETHER", 2)
    kept.bring_in(WebArchive().page("Open until eight.").write_wacz(kept.folder / "crawl.wacz"))
    with zipfile.ZipFile(io.BytesIO(payload(made(kept))["data/web-archive.wacz"])) as package:
        index = package.read("indexes/index.cdx.gz")
        pieces = package.read("indexes/index.idx").decode().splitlines()[1:]
    assert len(pieces) > 1
    for piece in pieces:
        first, said = piece.rsplit(" {", 1)
        said = json.loads("{" + said)
        part = index[said["offset"] : said["offset"] + said["length"]]
        assert gzip.decompress(part).decode().startswith(first)
        assert said["digest"] == "sha256:" + hashlib.sha256(part).hexdigest()


def test_its_list_of_pages_names_each_capture_that_was_kept(package):
    head, *pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
    assert head["format"] == "json-pages-1.0"
    assert {(one["url"], one["ts"]) for one in pages} >= {(PAGE, AT), (PAGE, LATER)}
    assert {one["title"] for one in pages if one["url"] == PAGE} == {"Library opening hours"}
    assert len({one["id"] for one in pages}) == len(pages)


def test_the_hub_itself_reads_it_as_a_web_archive_without_a_fault(package, tmp_path):
    from tests.archive.conftest import make_kept

    path = tmp_path / "out.wacz"
    path.write_bytes(package.fp.getvalue())
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path)
    assert (brought.state, brought.adapter) == ("done", "wacz")
    assert brought.new == count(ArchivedPost) - brought.new
    assert not {code for code, *_ in brought.report.get("noted", [])} & {
        "wrong_hash", "not_listed", "wrong_list_hash", "list_unreadable", "no_page_list"
    }  # fmt: skip


def test_where_no_source_is_a_web_archive_there_is_none(kept):
    assert "data/web-archive.wacz" not in payload(made(filled(kept)))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.Strathtay.example/News/?b=2&a=1#top", "example,strathtay)/news?a=1&b=2"),
        ("http://strathtay.example:8080", "example,strathtay:8080)/"),
        ("https://strathtay.example:443/a b/é", "example,strathtay)/a%20b/%c3%a9"),
        ("https://[broken/x", "https://[broken/x"),
    ],
)
def test_addresses_are_looked_up_by_what_they_are_apart_from_their_spelling(address, key):
    assert web_archive.search_key(address).lower() == key
