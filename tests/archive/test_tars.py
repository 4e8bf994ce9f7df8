"""A tar is read in place, gzipped or not: nothing is unpacked beside it, and hostile ones cost nothing."""

import gzip
import io
import os
import random
import tarfile
import tracemalloc
import zipfile

import pytest

from hub.archive.sources import Unreadable, limits, open_source
from hub.archive.sources.gzip_index import SPACING
from tests.factories import tars

MB = 1024**2
GB = 1024**3
FILES = {"outbox.json": b'{"totalItems": 1}', "media/a.png": bytes(range(256)) * 40, "empty": b""}
BOTH = pytest.mark.parametrize("packed", [False, True], ids=["tar", "tar.gz"])


@pytest.fixture
def upload(tmp_path):
    """An upload's path, in a folder of its own, so that anything written beside it shows."""
    folder = tmp_path / "folder"
    folder.mkdir()
    yield folder / "upload"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "upload"]


def contents(source) -> dict[str, bytes]:
    return {member.name: source.open(member.name).read() for member in source.members()}


@BOTH
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_file_is_read_under_its_name_however_the_tar_was_made(upload, packed, form):
    long = "media_attachments/" + "long/" * 40 + "é.png"
    files = FILES | ({} if form == tarfile.USTAR_FORMAT else {long: b"long"}) | {"./dot.json": b"dot"}
    source = open_source(tars.write(upload, tars.plain(files, form=form), packed=packed))
    assert contents(source) == {name.removeprefix("./"): data for name, data in files.items()}
    assert {member.modified for member in source.members()} == {tars.MADE_AT}


@BOTH
def test_files_are_read_in_any_order_and_at_once(upload, packed):
    source = open_source(tars.write(upload, tars.plain(FILES), packed=packed))
    with source.open("media/a.png") as picture, source.open("outbox.json") as outbox:
        assert picture.read(3) == b"\x00\x01\x02"
        assert outbox.read() == FILES["outbox.json"]
        assert picture.read(3) == b"\x03\x04\x05"


def test_a_file_far_inside_a_large_gzip_is_reached_without_a_copy(upload):
    noise = random.Random(1).randbytes(MB)
    files = {f"film-{number}": noise * 20 for number in range(3)} | {"last": b"here"}
    tars.write(upload, tars.plain(files), packed=True)
    tracemalloc.start()
    source = open_source(upload)
    assert source.open("last").read() == b"here"
    assert source.open("film-1").read(MB) == noise
    with source.open("film-2") as film:
        for _ in range(19):
            film.read(MB)
        assert film.read(MB) == noise
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 60 * MB > SPACING  # so that it was reached from a state in the middle
    assert peak < 45 * MB


@BOTH
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.8])
def test_a_truncated_tar_is_refused(upload, packed, keep):
    whole = tars.plain(FILES | {"noise": os.urandom(60_000)})
    data = tars.write(upload, whole, packed=packed).read_bytes()
    upload.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(Unreadable, match="truncated"):
        open_source(upload)


def test_a_tar_that_stops_between_two_files_is_refused(upload):
    upload.write_bytes(tars.plain(FILES).rstrip(b"\x00")[:1024])
    with pytest.raises(Unreadable, match="truncated"):
        open_source(upload)


def test_a_wrong_bit_in_a_gzip_is_noticed(upload):
    data = bytearray(tars.write(upload, tars.plain({"a": os.urandom(50_000)}), packed=True).read_bytes())
    data[len(data) // 2] ^= 0x10
    upload.write_bytes(data)
    with pytest.raises(Unreadable, match="damaged"):
        open_source(upload)


@BOTH
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../escaped.json", "unsafe_name"),
        ("/etc/escaped.json", "unsafe_name"),
        ("a/../../escaped.json", "unsafe_name"),
        ("C:\\escaped.json", "unsafe_name"),
        ("inner.tar.gz", "archive_inside"),
        ("inner.zip", "archive_inside"),
    ],
)
def test_dangerous_names_are_refused_and_the_rest_is_read(upload, packed, name, reason):
    source = open_source(tars.write(upload, tars.plain(FILES | {name: b"x"}), packed=packed))
    assert contents(source) == FILES
    assert [(one.name, one.reason) for one in source.refused] == [(name, reason)]


@BOTH
@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.GNUTYPE_SPARSE,
    ],
)
def test_links_devices_and_sparse_files_are_refused(upload, packed, kind):
    other = tars.entry("outbox2.json", kind, "/etc/passwd")
    source = open_source(tars.write(upload, tars.plain(FILES, other), packed=packed))
    assert contents(source) == FILES
    assert [one.reason for one in source.refused] == ["link"]


@BOTH
def test_two_files_of_one_name_are_both_refused(upload, packed):
    data = tars.plain(FILES, tars.entry("./outbox.json", size=7))
    source = open_source(tars.write(upload, data, packed=packed))
    assert "outbox.json" not in contents(source)
    assert [one.reason for one in source.refused] == ["duplicate_name"] * 2


def test_a_bomb_is_refused_in_bounded_memory_and_time(upload):
    with gzip.open(upload, "wb") as file:
        file.write(tars.claiming("outbox.json", 400 * MB))
        for _ in range(400):
            file.write(bytes(MB))
    tracemalloc.start()
    with pytest.raises(Unreadable, match="bomb"):
        open_source(upload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MB


@BOTH
@pytest.mark.parametrize("size", [4 * GB, 2**60])
def test_a_claim_of_gigabytes_costs_nothing(upload, packed, size):
    tracemalloc.start()
    with pytest.raises(Unreadable, match="truncated"):
        open_source(tars.write(upload, tars.claiming("outbox.json", size), packed=packed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MB


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_an_endless_name_is_refused(upload, kind):
    upload.write_bytes(tars.entry("name", kind, size=4 * MB).tobuf() + b"a" * 4 * MB + bytes(1024))
    with pytest.raises(Unreadable, match="damaged"):
        open_source(upload)


@pytest.mark.parametrize("records", [b"8 path=a\n", b"0 a=b\n", b"x path=a\n", b"99999999999999 a=b\n"])
def test_broken_extended_headers_are_refused(upload, records):
    header = tars.entry("h", tarfile.XHDTYPE, size=len(records)).tobuf()
    upload.write_bytes(header + records.ljust(512, b"\x00") + bytes(1024))
    with pytest.raises(Unreadable, match="damaged"):
        open_source(upload)


def test_more_files_than_we_read_are_refused(upload, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ENTRIES", 2_000)
    upload.write_bytes(tars.entry("a").tobuf() * 2_001 + bytes(1024))
    with pytest.raises(Unreadable, match="too_many_files"):
        open_source(upload)


def test_a_tar_that_ends_like_a_zip_is_a_tar(upload):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as inner:
        inner.writestr("inside.json", "{}")
    source = open_source(tars.write(upload, tars.plain(FILES | {"a.bin": zipped.getvalue()}), packed=False))
    assert "outbox.json" in contents(source)
