"""Pages that were kept from a web archive leave as the records that they were: a WARC again."""

import hashlib
import io
import zipfile

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from hub.core.database import db
from hub.handover.models import HandOver

from .conftest import made, path_of, payload


def web_archive(folder, pages):
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
    brought = kept.bring_in(web_archive(kept.folder, pages))
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
    sources = {name: content for name, content in payload(first).items() if "/source/" in name}
    assert {name: content for name, content in payload(again).items() if "/source/" in name} == sources
    db.session.rollback()
    assert db.session.get(HandOver, again.id).state == "done"
    with zipfile.ZipFile(path_of(again)) as packed:
        assert packed.testzip() is None
