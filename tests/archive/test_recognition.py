"""An upload's format is told from what it holds, never from what it is called."""

import gzip
import json
import zipfile

import pytest

from hub.archive.adapters import recognise
from hub.archive.reasons import refusal_sentence
from hub.archive.sources import Unreadable, open_source
from tests.archive.reading import Reading
from tests.archive.test_captures import page, v1, v2
from tests.factories.x_archive import XArchive

COMPLIANCE = {"id": "7", "action": "delete", "created_at": "2019-09-06T17:25:54.667Z", "reason": "deleted"}


@pytest.mark.parametrize("name", ["archive.zip", "photo.jpg", "tweets.json", "no-suffix"])
def test_the_name_of_an_upload_does_not_matter(tmp_path, name):
    assert Reading(XArchive().write(tmp_path / name)).adapter.name == "x-archive"
    (tmp_path / name).write_text(json.dumps(page(v2())))
    assert Reading(tmp_path / name).adapter.name == "twitter-v2"
    (tmp_path / name).write_text(json.dumps(v1()))
    assert Reading(tmp_path / name).adapter.name == "twitter-v1"
    (tmp_path / name).write_text(json.dumps(COMPLIANCE))
    assert Reading(tmp_path / name).adapter.name == "twitter-compliance"


def test_a_gzipped_capture_is_read_as_what_it_holds(tmp_path):
    (tmp_path / "upload").write_bytes(gzip.compress(json.dumps(page(v2())).encode()))
    assert len(Reading(tmp_path / "upload").posts) == 1


def test_a_byte_order_mark_changes_nothing(tmp_path):
    (tmp_path / "upload").write_text(json.dumps(page(v2())), encoding="utf-8-sig")
    assert len(Reading(tmp_path / "upload").posts) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"window.YTD.tweets.part0 = []", "one_file_of_archive"),
        (b"Dear archivist, please find attached", "nothing_readable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(400), "nothing_readable"),
        (json.dumps({"title": "Something else"}).encode(), "unknown_format"),
        (json.dumps(page(v2())).encode("utf-16"), "nothing_readable"),
        (b"\x1f\x8b" + bytes(40), "nothing_readable"),
    ],
)
def test_what_is_not_recognised_is_refused_with_a_reason(tmp_path, data, reason):
    (tmp_path / "tweets.json").write_bytes(data)
    with pytest.raises(Unreadable) as refused:
        Reading(tmp_path / "tweets.json")
    assert refused.value.reason == reason


def test_a_part_of_an_export_that_holds_only_pictures_is_told_apart(tmp_path, app):
    path = tmp_path / "data-download-2.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("photos/", b"")
        packed.writestr("photos/bins_51234567890_o.jpg", b"a picture")
        packed.writestr("photos/film_51234567891.mp4", b"a film")
    with pytest.raises(Unreadable) as refused:
        recognise(open_source(path))
    assert refused.value.reason == "only_pictures"
    assert "several zips" in refusal_sentence("only_pictures")
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("notes.txt", b"Something else")
    with pytest.raises(Unreadable) as refused:
        recognise(open_source(path))
    assert refused.value.reason == "unknown_format"
