"""Each export is recognised by one adapter only, and hostile zips around it cost what they touch only."""

import tracemalloc
import warnings
import zipfile

import pytest

from hub.archive.adapters import ADAPTERS
from hub.archive.adapters.base import CapturedPost
from hub.archive.sources import open_source
from tests.archive.reading import Reading
from tests.factories.facebook import FacebookExport
from tests.factories.facebook_html import FacebookPages
from tests.factories.flickr import FlickrData
from tests.factories.instagram import InstagramExport
from tests.factories.tiktok import TikTokFile
from tests.factories.x_archive import XArchive

AT = "2024-01-16T07:00"


def facebook():
    export = FacebookExport().private_matter()
    export.post("Hello", AT)
    export.comment("Hello", AT)
    return export


def facebook_html():
    export = FacebookPages()
    export.post("Hello")
    export.comment("Hello")
    return export


def instagram():
    export = InstagramExport().private_matter()
    export.post("Hello", AT)
    export.thread("Hello", AT)
    export.comment("Hello", AT)
    return export


def threads():
    export = InstagramExport()
    export.thread("Hello", AT)
    return export


def tiktok():
    export = TikTokFile()
    export.video("Hello", AT)
    return export


def flickr():
    export = FlickrData()
    export.photo(111, "Hello", AT)
    return export


def x():
    export = XArchive()
    export.post("Hello", AT)
    return export


EXPORTS = {
    "facebook-archive": facebook,
    "facebook-html": facebook_html,
    "instagram-archive": instagram,
    "threads-archive": threads,
    "tiktok-export": tiktok,
    "flickr": flickr,
    "x-archive": x,
}


@pytest.mark.parametrize("name", EXPORTS)
def test_one_adapter_recognises_an_export_or_the_first_that_does_is_its_own(tmp_path, name):
    source = open_source(EXPORTS[name]().write(tmp_path / "upload"))
    found = [adapter.name for adapter in ADAPTERS if adapter.recognises(source)]
    # What reads an Instagram export reads the Threads in it, so it comes first.
    also = ["threads-archive"] if name == "instagram-archive" else []
    assert found == [name, *also]


@pytest.mark.parametrize("name", ["facebook-archive", "facebook-html", "instagram-archive"])
def test_two_files_of_one_name_are_both_left_out_and_the_export_is_not_whole(tmp_path, name):
    path = EXPORTS[name]().write(tmp_path / "upload")
    with zipfile.ZipFile(path) as zipped:
        posts = next(one for one in zipped.namelist() if "posts" in one)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as zipped:
        warnings.simplefilter("ignore")
        zipped.writestr(posts, b"[]")
    reading = Reading(path)
    assert reading.left_out["duplicate_name", posts] == 2
    assert "Hello" in [post.text for post in reading.posts]  # the comment
    assert not reading.export.whole
    assert not any(span.ids.startswith("post") for span in reading.export.spans)


@pytest.mark.parametrize("name", ["facebook-archive", "facebook-html", "instagram-archive", "tiktok-export"])
def test_a_bomb_is_left_out(tmp_path, name):
    path = EXPORTS[name]().write(tmp_path / "small")
    with (
        zipfile.ZipFile(path) as zipped,
        zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for one in zipped.namelist():
            data = zipped.read(one)
            bomb.writestr(one, data + b" " * 40_000_000 if "posts" in one or "user_data" in one else data)
    reading = Reading(tmp_path / "bomb")
    assert any(reason == "bomb" for reason, _ in reading.left_out)
    assert all(post.form == "comment" for post in reading.posts if post.platform != "threads")
    assert not reading.export.whole


def many(name: str, count: int):
    """An export of so many posts."""
    export = {"facebook-archive": FacebookExport, "instagram-archive": InstagramExport, "flickr": FlickrData}[
        name
    ]()
    for number in range(count):
        at = f"20{11 + number % 13:02}-{1 + number % 12:02}-{1 + number % 28:02}T07:{number % 60:02}"
        if name == "flickr":
            export.photo(1_000_000 + number, f"Notice {number}", f"{at}:00", "The library is open. " * 20)
        else:
            export.post(f"Notice {number}: " + "the library is open. " * 20, at)
    return export


@pytest.mark.parametrize("name", ["facebook-archive", "instagram-archive", "flickr"])
def test_memory_does_not_grow_with_the_export(tmp_path, name):
    peaks = []
    for count in (100, 1_000):
        source = open_source(many(name, count).write(tmp_path / f"{count}"))
        adapter = next(one for one in ADAPTERS if one.name == name)
        tracemalloc.start()
        found = sum(isinstance(record, CapturedPost) for record in adapter.read(source))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found == count
    assert peaks[1] < peaks[0] + 3_000_000
