"""What a WARC gives: pages as posts of their sites, kept whole, each record with its exact bytes."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.adapters import recognise
from hub.archive.adapters.base import CapturedPost
from hub.archive.adapters.web_archives import shelf
from hub.archive.models import ArchivedPost, Citation, PostVersion, Sighting, SourceSlice
from hub.archive.queries import slice_of
from hub.archive.sources import open_source
from hub.core.database import db
from tests.archive.conftest import count, problems
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.web_archive import PAGE, STYLE, WebArchive, page_of
from tests.factories.x_archive import XArchive

LATER = "2024-03-09T10:00:00Z"
ANSWER = b"WARC/1.0\r\nWARC-Type: response\r\n"
WORDS = "Open on Monday from nine."


@pytest.fixture
def read(tmp_path):
    def reader(archive: WebArchive | bytes) -> Reading:
        path = tmp_path / "upload"
        path.write_bytes(archive if isinstance(archive, bytes) else archive.data)
        return Reading(path)

    return reader


def reasons(reading) -> dict[str, int]:
    found: dict[str, int] = {}
    for (reason, _file), number in reading.left_out.items():
        found[reason] = found.get(reason, 0) + number
    return found


def notes(reading) -> dict[str, str]:
    return {one.note: one.detail for one in reading.records if type(one).__name__ == "Noted"}


# What is read.


def test_a_page_is_a_post_of_its_site_with_its_main_text_and_the_moment_of_its_capture(read):
    reading = read(WebArchive().page(WORDS))
    (post,) = reading.posts
    assert (post.platform, post.post_id, post.account_id) == ("web", PAGE, "strathtay.example")
    assert post.title == "Library opening hours"
    assert post.text == "Library opening hours\n\n" + WORDS
    assert post.captured_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert (post.evidence, post.form, post.language) == ("capture", "page", "en")
    assert reading.adapter.name == "warc"


def test_who_wrote_it_and_when_is_taken_from_what_the_page_says_of_itself(read):
    head = """<meta property="og:site_name" content="Strathtay Council">
        <script type="application/ld+json">{"@graph": [{"@type": ["NewsArticle"],
        "author": [{"name": "Ada Pen"}], "datePublished": "2024-02-28T08:00:00Z"}]}</script>"""
    reading = read(WebArchive().page(WORDS, head=head))
    (post,) = reading.posts
    assert (post.author, post.posted_at) == ("Ada Pen", datetime(2024, 2, 28, 8, tzinfo=UTC))
    assert [one.name for one in reading.accounts] == ["Strathtay Council"]


def test_a_date_after_the_capture_is_not_believed(read):
    head = '<meta property="article:published_time" content="2031-01-01T00:00:00Z">'
    assert read(WebArchive().page(WORDS, head=head)).posts[0].posted_at is None


@pytest.mark.parametrize("gzipped", [True, False])
def test_the_exact_bytes_of_a_record_are_the_same_gzipped_or_not_and_found_again(read, gzipped):
    archive = WebArchive(gzipped=gzipped).page(WORDS)
    (post,) = read(archive).posts
    plain = gzip.decompress(archive.data) if gzipped else archive.data
    assert post.source.raw in plain
    assert post.source.raw.startswith(b"WARC/1.0\r\n")
    assert post.source.raw.endswith(b"</html>\r\n\r\n")
    assert post.source.row == 1
    assert plain.split(b"WARC/1.0\r\n")[1] == post.source.raw.removeprefix(b"WARC/1.0\r\n")


def test_a_page_is_kept_with_its_styles_and_pictures_and_with_those_that_styles_call_for(read):
    archive = WebArchive().answer(
        "https://fonts.example/font.css", b"@font-face {src: url(f.woff2)}", "text/css"
    )
    archive.answer("https://fonts.example/f.woff2", b"wOF2", "font/woff2").page(WORDS)
    archive.answer("https://strathtay.example/other.png", b"not of this page", "image/png")
    reading = read(archive)
    (post,) = reading.posts
    parts = [one.slice.raw for one in post.cites if one.role == "resource"]
    addresses = sorted(part.split(b"WARC-Target-URI: ")[1].split(b"\r\n")[0].decode() for part in parts)
    assert addresses == [
        "https://fonts.example/f.woff2",
        "https://fonts.example/font.css",
        "https://strathtay.example/hall.png",
        "https://strathtay.example/paper.png",
        "https://strathtay.example/style.css",
    ]
    assert (reasons(reading)["not_replayed"], reasons(reading)["no_page_loads_it"]) == (1, 1)


def test_pictures_are_those_of_the_pages_own_moment(read):
    archive = WebArchive().page(WORDS)
    archive.answer(
        "https://strathtay.example/hall.png", b"much later", "image/png", at="2029-01-01T00:00:00Z"
    )
    (post,) = read(archive).posts
    assert not any(b"much later" in one.slice.raw for one in post.cites)


def test_a_page_that_was_as_before_is_one_more_sighting_of_it(read):
    body = page_of(WORDS)
    first, second = read(WebArchive().answer(PAGE, body).revisit(PAGE, body, at=LATER)).posts
    assert first.content_hash == second.content_hash
    assert (second.captured_at.day, b"revisit" in second.source.raw) == (9, True)
    assert [one.slice.sha256 for one in second.cites if one.role == "page"] == [first.source.sha256]


def test_a_revisit_of_what_is_not_there_is_left_out(read):
    assert reasons(read(WebArchive().revisit(PAGE, b"elsewhere", at=LATER)))["revisit_unknown"] == 1


def test_what_stands_around_the_text_does_not_make_a_version_and_the_text_does(read):
    archive = WebArchive().page(WORDS).page(WORDS, at=LATER, head="<meta name='token' content='123'>")
    archive.page(WORDS + " Closed on Tuesday.", at="2024-03-10T10:00:00Z")
    one, two, three = read(archive).posts
    assert one.content_hash == two.content_hash != three.content_hash
    assert one.source.sha256 != two.source.sha256


# Which answers are pages.


def test_html_that_is_a_part_of_a_page_is_no_page(read):
    ids = {name: f"<urn:uuid:{name}>" for name in ("frame", "typed", "chased")}
    archive = WebArchive()
    for name, record_id in ids.items():
        headers = {"WARC-Record-ID": record_id}
        archive.answer(f"https://a.example/{name}", page_of(name), headers=headers)
    archive.request("https://a.example/frame", of=ids["frame"], fields=(("Sec-Fetch-Dest", "iframe"),))
    archive.request("https://a.example/typed", of=ids["typed"], fields=(("Sec-Fetch-Dest", "document"),))
    note = b"hopsFromSeed: LE\r\nvia: https://a.example/\r\n"
    archive.add(
        "metadata", "https://a.example/chased", note, headers={"WARC-Concurrent-To": ids["chased"]},
        content_type="application/warc-fields",
    )  # fmt: skip
    reading = read(archive)
    assert [post.post_id for post in reading.posts] == ["https://a.example/typed"]
    assert reasons(reading)["part_of_page"] == 2
    assert "no_page_list" in notes(reading)


def test_a_page_is_reached_over_redirects_and_the_way_is_kept(read):
    archive = (
        WebArchive()
        .redirect("http://a.example/", "https://a.example/")
        .answer("https://a.example/", page_of(WORDS))
    )
    assert [post.post_id for post in read(archive).posts] == ["https://a.example/"]


@pytest.mark.parametrize("address", ["https://council.example:99999/news", "https://[broken/news"])
def test_a_page_at_an_address_that_cannot_be_one_is_kept_all_the_same(read, address):
    (post,) = read(WebArchive().page("Bins are emptied on Mondays this week.", address=address)).posts
    assert post.url == address


def test_a_redirect_to_what_is_no_address_leads_nowhere(read):
    archive = WebArchive().redirect("https://strathtay.example/old", "http://[broken/").page(WORDS)
    assert len(read(archive).posts) == 1


def test_errors_are_no_pages(read):
    reading = read(WebArchive().answer(PAGE, b"<p>Gone", status="404 Not Found"))
    assert (reading.posts, reasons(reading)["not_ok"]) == ([], 1)


# Posts of platforms.


def test_the_page_of_an_x_post_is_that_post_seen_once_more_and_never_an_edit(read):
    head = '<meta property="og:description" content="“Open on Monday”">'
    address = "https://twitter.com/Strathtay/status/1763488123456789012"
    (post,) = read(WebArchive().answer(address, page_of("Much else", head=head))).posts
    assert (post.platform, post.post_id) == ("x", "1763488123456789012")
    assert (post.text, post.complete, post.account_id, post.posted_at.year) == (
        "Open on Monday",
        False,
        "",
        2024,
    )


def test_a_mastodon_page_is_the_object_that_it_names(read):
    head = '<link rel="alternate" type="application/activity+json" href="https://m.example/users/s/statuses/99999">'
    (post,) = read(WebArchive().answer("https://m.example/@s/99999", page_of(WORDS, head=head))).posts
    assert (post.platform, post.post_id) == ("mastodon", "https://m.example/users/s/statuses/99999")


def test_a_page_that_only_looks_like_a_mastodon_address_is_a_page(read):
    (post,) = read(WebArchive().answer("https://m.example/@s/99999", page_of(WORDS))).posts
    assert (post.platform, post.post_id) == ("web", "https://m.example/@s/99999")


def test_a_bluesky_page_is_the_record_that_it_names(read):
    head = '<link rel="alternate" href="at://did:plc:abc/app.bsky.feed.post/3k">'
    (post,) = read(
        WebArchive().answer("https://bsky.app/profile/s.example/post/3k", page_of(WORDS, head=head))
    ).posts
    assert (post.platform, post.post_id) == ("bluesky", "at://did:plc:abc/app.bsky.feed.post/3k")


# Hostile and broken.


def test_a_truncated_file_gives_what_came_whole_and_says_that_it_ends_too_early(read):
    for gzipped in (True, False):
        archive = WebArchive(gzipped=gzipped).page(WORDS)
        reading = read(archive.data[:-700])
        assert len(reading.posts) == 1
        assert reasons(reading)["cut_short"] == 1


def test_a_record_with_a_wrong_length_costs_itself(read):
    archive = WebArchive(gzipped=False).page(WORDS)
    cut = archive.data.replace(b"Content-Type: text/css", b"Content-Type: text/css;", 1)
    reading = read(cut)
    assert (len(reading.posts), reasons(reading)["wrong_length"]) == (1, 1)
    assert (
        len([one for one in reading.posts[0].cites if one.role == "resource"]) == 1
    )  # the style called for one


def test_a_claim_of_four_gigabytes_costs_nothing(read):
    record = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 4294967296\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    tracemalloc.start()
    reading = read(WebArchive(gzipped=False).page(WORDS).data + record)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(reading.posts), reasons(reading)["cut_short"]) == (1, 1)
    assert peak < 20 * 1024**2


@pytest.mark.parametrize(
    "harm",
    [
        b"WARC/1.0\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: x\r\n\r\n",
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        ANSWER + b"WARC-Target-URI: http://\xff]/\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
        ANSWER + b"WARC-Target-URI: http://a/\r\nContent-Length: 6\r\n\r\nHTTP/1\r\n\r\n",
        b"WARC/1.0\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"WARC/9\r\nContent-Length: 4\r\n\r\nabcd\r\n\r\n",
        b"junk " * 100_000 + b"\r\n",
    ],
)
def test_records_that_make_no_sense_cost_themselves(read, harm):
    page = WebArchive(gzipped=False).page(WORDS).data
    assert len(read(page + harm + page.replace(b"opening", b"another")).posts) == 2


def test_a_wrong_checksum_is_told_and_the_record_is_kept(read):
    archive = WebArchive(gzipped=False).page(WORDS)
    reading = read(archive.data.replace(b"Monday", b"Sunday"))
    assert "Sunday" in reading.posts[0].text
    assert notes(reading)["wrong_checksum"] == "1"


def test_a_page_packed_with_brotli_is_kept_and_said_to_be_without_text(read):
    archive = WebArchive().answer(PAGE, b"\x8b\x03\x80", fields=[("Content-Encoding", "br")])
    reading = read(archive)
    assert (reading.posts[0].text, notes(reading)["packed_otherwise"]) == ("", "1")


def test_gzipped_and_chunked_bodies_are_read(read):
    body = gzip.compress(page_of(WORDS))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    fields = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    assert WORDS in read(WebArchive().answer(PAGE, chunked, fields=fields)).posts[0].text


def test_a_page_that_unpacks_without_end_is_read_so_far_in_bounded_memory(read):
    body = gzip.compress(b"words and more words " * 2_000_000)
    archive = WebArchive().answer(PAGE, body, fields=[("Content-Encoding", "gzip")])
    reading = read(archive)
    assert reading.posts[0].complete is False
    assert len(reading.posts[0].text) <= 500_000


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [("utf-8", "utf-8"), ("windows-1252", "iso-8859-1"), ("shift_jis", "shift_jis"), ("utf-16", "utf-16"),
     ("windows-1252", "utf-8"), ("utf-8", "no-such-code"), ("utf-8", "hex")],
)  # fmt: skip
def test_a_page_in_any_encoding_is_read_also_where_it_states_another(read, encoding, stated):
    text = "日本" if encoding == "shift_jis" else "café"
    body = f"<html><body><p>{text}</p></body></html>".encode(encoding)
    assert read(WebArchive().answer(PAGE, body, f"text/html; charset={stated}")).posts[0].text == text


def test_redirects_that_lead_in_a_circle_end(read):
    archive = WebArchive().page(WORDS, body='<img src="https://a.example/1">')
    archive.redirect("https://a.example/1", "https://a.example/2").redirect(
        "https://a.example/2", "https://a.example/1"
    )
    assert len(read(archive).posts) == 1


def test_what_is_more_than_one_import_may_lay_aside_is_left_out(read, monkeypatch):
    archive = WebArchive().page(WORDS)
    pages = json.dumps({"pages": [{"url": PAGE, "timestamp": "20240301090000"}] * 50})
    description = b"software: a test\r\njson-metadata: " + pages.encode() + b"\r\n"
    archive.add("warcinfo", None, description, content_type="application/warc-fields")
    assert len(read(archive).posts) == 1
    monkeypatch.setattr(shelf, "MAX_LAID_ASIDE", 3_000)
    reading = read(archive)
    assert (len(reading.posts), reasons(reading)["archive_too_large"] > 0) == (1, True)


def test_deep_and_endless_html_is_read_without_harm(read):
    for body in (
        b"<div>" * 100_000,
        b"<a href='" * 100_000,
        b"<!--" * 100_000,
        b"<style>" + b"url(" * 100_000,
    ):
        assert len(read(WebArchive().answer(PAGE, body)).posts) == 1


def test_every_value_of_a_record_replaced_by_nonsense_never_raises(read):
    data = WebArchive(gzipped=False).page(WORDS).revisit(PAGE, b"x", at=LATER).data
    for line in {line for line in data.split(b"\r\n") if b": " in line}:
        name = line.split(b": ")[0]
        for value in (b"", b"null", b"-1", b"[]", b"{}", b"\xff\x00", b"9" * 400, b"x" * 5_000):
            read(data.replace(line, name + b": " + value))


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(pages: int) -> int:
        archive = WebArchive()
        for number in range(pages):
            archive.answer(f"https://a.example/{number}", page_of(WORDS + " word" * 5_000))
        source = open_source(archive.write(tmp_path / "big.warc.gz"))
        tracemalloc.start()
        found = sum(1 for one in recognise(source).read(source) if isinstance(one, CapturedPost))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == pages
        return most

    few = peak(5)
    assert peak(80) < few + 1024**2


# Through the whole path.


def test_two_captures_are_one_post_with_two_versions_and_the_same_file_twice_changes_nothing(kept, tmp_path):
    archive = WebArchive().page(WORDS).page("Closed.", at=LATER)
    path = archive.write(tmp_path / "a.warc.gz")
    done = kept.bring_in(path)
    assert (done.state, done.new, done.versions, done.sightings) == ("done", 1, 2, 2)
    before = {model: count(model) for model in (ArchivedPost, PostVersion, Sighting, SourceSlice, Citation)}
    again = kept.bring_in(path)
    assert (again.new, again.versions, again.sightings) == (0, 0, 0)
    assert before == {model: count(model) for model in before}
    assert problems() == ""


def test_every_record_is_kept_byte_for_byte_and_can_be_had_again(kept, tmp_path):
    archive = WebArchive(gzipped=False).page(WORDS)
    kept.bring_in(archive.write(tmp_path / "a.warc"))
    post = db.session.scalars(select(ArchivedPost)).one()
    slices = db.session.scalars(select(SourceSlice.sha256)).all()
    assert len(slices) == 4
    assert all(slice_of(post, sha256) in archive.data for sha256 in slices)
    assert any(STYLE in slice_of(post, sha256) for sha256 in slices)


def test_a_page_of_a_post_that_an_export_brought_joins_it_as_a_sighting(kept, tmp_path):
    export = XArchive()
    tweet = export.post("Open on Monday", "2024-03-01T09:00")
    kept.bring_in(export)
    address = f"https://x.com/strathtay/status/{tweet['id_str']}"
    page = page_of("Open on Monday. 3 replies, 200 views")
    done = kept.bring_in(WebArchive().answer(address, page).write(tmp_path / "p.warc.gz"))
    assert (done.new, done.versions, done.sightings) == (0, 0, 1)


def test_an_export_after_the_page_brings_the_true_text_and_no_edit(kept, tmp_path):
    export = XArchive()
    tweet = export.post("Open on Monday", "2024-03-01T09:00")
    address = f"https://x.com/strathtay/status/{tweet['id_str']}"
    kept.bring_in(WebArchive().answer(address, page_of("Open on Mon")).write(tmp_path / "p.warc.gz"))
    done = kept.bring_in(export)
    assert (done.new, done.versions, done.events) == (0, 1, 0)


# Real files.


def test_webrecorders_sample_gives_its_listed_pages(tmp_path):
    reading = Reading(beside(SAMPLES / "warc") / "netpreserve-twitter.warc")
    assert [(post.platform, post.captured_at.year) for post in reading.posts] == [
        ("x", 2019), ("web", 2019), ("web", 2019),
    ]  # fmt: skip
    blog = reading.posts[1]
    assert blog.posted_at == datetime(2019, 5, 29, 16, 26, 20, tzinfo=UTC)
    assert "10th" in blog.text
    assert notes(reading)["wrong_checksum"] == "18"


@pytest.mark.parametrize(
    ("name", "posts", "reason"),
    [
        ("example.warc.gz", 2, None),
        ("example-trunc.warc", 0, "wrong_length"),
        ("example-bad.warc.gz.bad", 2, None),
    ],
)
def test_warcios_samples_are_read_as_far_as_they_go(name, posts, reason):
    reading = Reading(beside(SAMPLES / "warc") / name)
    assert len(reading.posts) == posts
    assert reason is None or reasons(reading)[reason] == 1


def test_every_sample_is_counted_to_the_last_record():
    """Each record became a post, a part of one, or was left out with its reason."""
    reading = Reading(beside(SAMPLES / "warc") / "example.warc.gz")
    assert len(reading.posts) + sum(reading.left_out.values()) == 6
