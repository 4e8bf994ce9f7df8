"""Hostile and damaged uploads: a clear reason, bounded memory, nothing written, nothing read by halves."""

import tracemalloc

import pytest

from hub.archive.sources import Unreadable
from tests.archive.reading import Reading
from tests.factories import hostile_zips as hostile
from tests.factories.x_archive import XArchive, javascript

MB = 1024**2


@pytest.fixture
def archive():
    archive = XArchive()
    archive.post("Kept", "2024-04-01T12:00")
    archive.deleted_post("Kept too", "2024-04-01T12:00", "2024-04-01T13:00")
    return archive


@pytest.fixture
def upload(tmp_path):
    """An upload's path, in a folder of its own, so that anything written beside it shows."""
    folder = tmp_path / "folder"
    folder.mkdir()
    yield folder / "upload"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "upload"]


def texts(reading):
    return [post.text for post in reading.posts]


@pytest.mark.parametrize("keep", [0.0001, 0.3, 0.9, 0.999])
def test_a_truncated_zip_is_refused(archive, upload, keep):
    archive.files["data/tweets_media/1-a.bin"] = bytes(range(256)) * 400
    with pytest.raises(Unreadable) as refused:
        Reading(hostile.cut_short(upload, archive, keep))
    assert refused.value.reason in {"truncated", "nothing_readable", "empty"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../escaped.js", "unsafe_name"),
        ("/etc/escaped.js", "unsafe_name"),
        ("data/../../../escaped.js", "unsafe_name"),
        ("C:\\escaped.js", "unsafe_name"),
        ("..\\escaped.js", "unsafe_name"),
        ("data/nested.zip", "archive_inside"),
    ],
)
def test_dangerous_members_are_left_out_and_the_rest_is_read(archive, upload, name, reason):
    reading = Reading(hostile.with_members(upload, archive, (name, b"window.YTD.tweets.part9 = [1]")))
    assert texts(reading) == ["Kept", "Kept too"]
    assert any(found == reason for found, _ in reading.left_out)


def test_links_are_left_out(archive, upload):
    link = hostile.symlink("data/tweets-part1.js", "/etc/passwd")
    reading = Reading(hostile.with_members(upload, archive, link))
    assert reading.left_out["link", "data/tweets-part1.js"] == 1
    assert not reading.export.whole


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_both_left_out(archive, upload):
    other = (
        "data/tweets.js",
        javascript("YTD.tweets.part0", [{"tweet": {"id_str": "1", "full_text": "Forged"}}]),
    )
    reading = Reading(hostile.with_members(upload, archive, other))
    assert texts(reading) == ["Kept too"]
    assert reading.left_out["duplicate_name", "data/tweets.js"] == 2
    assert not reading.export.whole


def test_a_bomb_is_left_out_in_bounded_memory(archive, upload):
    hostile.bomb(upload, archive, 60 * MB)
    tracemalloc.start()
    reading = Reading(upload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts(reading) == ["Kept too"]
    assert reading.left_out["bomb", "data/tweets.js"] == 1
    assert peak < 40 * MB


def test_a_million_tiny_files_are_refused_in_bounded_memory(upload):
    hostile.many_files(upload, 1_000_000)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="too_many_files"):
        Reading(upload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MB


def test_a_claim_of_four_gigabytes_costs_nothing(archive, upload):
    tracemalloc.start()
    Reading(hostile.claims_four_gigabytes(upload, archive))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MB


def test_a_file_whose_checksum_is_wrong_is_left_out_whole(archive, upload):
    for minute in range(40):
        archive.post(f"Post {minute}", f"2024-04-02T12:{minute:02}")
    reading = Reading(hostile.flipped(upload, archive, "data/tweets.js"))
    assert texts(reading) == ["Kept too"]
    assert any(file == "data/tweets.js" for _, file in reading.left_out)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_json"),
        (b"window.YTD.tweets.part0 = ", "cut_short"),
        (b'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"}}', "cut_short"),
        (b'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"}},]', "not_json"),
        (b'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"}}] alert(1)', "not_json"),
        (b'window.YTD.tweets.part0 = {"tweet":{"id_str":"1"}}', "not_json"),
        (b'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"}}, NaN]', "not_json"),
        (b"window.YTD.tweets.part0 = [" + b"[" * 100_000, "too_deep"),
        (b"window.YTD.tweets.part0 = [" + b"9" * 10_000 + b"]", "not_json"),
        ('window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"}}]'.encode("utf-16"), "encoding"),
    ],
)
def test_a_file_of_broken_json_is_left_out_whole_and_the_rest_is_read(archive, upload, data, reason):
    reading = Reading(hostile.replaced(upload, archive, "data/tweets.js", data))
    assert texts(reading) == ["Kept too"]
    assert reading.left_out[reason, "data/tweets.js"] == 1
    assert not reading.export.whole


def test_bytes_that_are_not_utf_8_cost_only_their_characters(archive, upload):
    row = b'[{"tweet":{"id_str":"1","full_text":"caf\xe9 \\ud83d \\u0000"}}]'
    path = hostile.replaced(upload, archive, "data/tweets.js", b"window.YTD.tweets.part0 = " + row)
    post = Reading(path).posts[0]
    assert post.source.raw == row[1:-1]
    assert post.text.startswith("caf")


def test_unknown_files_are_never_opened(archive, upload, monkeypatch):
    """Private matter is not even unpacked."""
    from hub.archive.sources.zips import ZipSource

    opened = []
    original = ZipSource.open
    monkeypatch.setattr(
        ZipSource, "open", lambda self, name, **k: opened.append(name) or original(self, name, **k)
    )
    Reading(archive.private_matter().write(upload))
    assert not [name for name in opened if "direct" in name or "ip-audit" in name or "contact" in name]
