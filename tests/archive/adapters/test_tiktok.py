"""What TikTok's export promises to give, whatever its sections are called, and what it leaves out."""

import json
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.models import ArchivedPost, ArchiveEvent
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, odd_values
from tests.archive.conftest import problems
from tests.archive.reading import Reading
from tests.factories.tiktok import TikTokFile

MB = 1024**2


@pytest.fixture
def export():
    return TikTokFile()


def read(export, tmp_path, **how):
    return Reading(export.write(tmp_path / "upload", **how))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("zipped", [False, True])
def test_films_and_comments_are_read_from_every_layout_in_a_zip_or_alone(tmp_path, old, zipped):
    export = TikTokFile(old=old)
    export.video("Drochaid ùr 🙂", "2024-01-16T07:00", number="7300000000000000001")
    export.comment("Mòran taing", "2024-01-17T08:00", under="7300000000000000009")
    reading = read(export, tmp_path, zipped=zipped)
    assert reading.adapter.name == "tiktok-export"
    film, comment = sorted(reading.posts, key=lambda post: post.posted_at)
    assert (film.text, film.post_id, film.form) == ("Drochaid ùr 🙂", "7300000000000000001", "film")
    assert film.url == "https://www.tiktok.com/@strathtay/video/7300000000000000001"
    assert film.posted_at == datetime(2024, 1, 16, 7, tzinfo=UTC)
    assert film.counts == {"likes": 12}
    assert (comment.text, comment.form) == ("Mòran taing", "comment")
    assert old or comment.reply_to.post_id == "7300000000000000009"
    (account,) = reading.accounts
    assert (account.handle, account.name, account.own) == ("strathtay", "Comhairle Srath Tatha", True)


def test_each_post_carries_the_exact_bytes_that_it_was_read_from(export, tmp_path):
    export.video("Fàilte", "2024-01-16T07:00")
    path = export.write(tmp_path / "upload", zipped=False)
    (post,) = Reading(path).posts
    assert post.source.raw in path.read_bytes()
    assert json.loads(post.source.raw)["Title"] == "Fàilte"


def test_what_was_watched_and_what_is_private_is_left_out_and_found_nowhere(export, tmp_path):
    export.video("Hello", "2024-01-16T07:00")
    reading = read(export, tmp_path)
    assert reading.left_out["not_posts", "Your Activity / Watch History"] == 3
    assert any(reason == "private" and "Direct" in place for reason, place in reading.left_out)
    shown = [(post.text, post.title, post.url, post.media) for post in reading.posts]
    assert "CANARY" not in repr((shown, reading.accounts, reading.left_out))


@pytest.mark.parametrize("viewers", ["Friends", "Only me", "Followers", "Nur Freunde"])
def test_a_film_that_is_not_for_everybody_is_left_out_and_counted(export, tmp_path, viewers):
    export.video("For everybody", "2024-01-16T07:00")
    export.video("For some", "2024-01-17T07:00", viewers=viewers)
    reading = read(export, tmp_path)
    assert [post.text for post in reading.posts] == ["For everybody"]
    assert reading.left_out["private", "user_data_tiktok.json"] == 1
    assert reading.export.spans == ()  # a film that was public in an earlier export is not missing from this


def test_a_film_without_an_address_keeps_its_number_when_its_title_is_edited(export, tmp_path):
    row = export.video("Open on Mondy", "2024-01-16T07:00")
    (before,) = read(export, tmp_path).posts
    row |= {"Title": "Open on Monday", "Link": "https://v99.tiktokcdn.com/other?signature=yyy", "Likes": "99"}
    (after,) = read(export, tmp_path).posts
    assert before.post_id == after.post_id
    assert before.content_hash != after.content_hash
    row["Title"] = "Open on Mondy"
    assert read(export, tmp_path).posts[0].content_hash == before.content_hash


def test_films_deleted_lately_are_kept_as_deleted(export, tmp_path):
    row = export.video("Wrong", "2024-01-16T07:00", number="7300000000000000001")
    export.deleted.append(row | {"DateDeleted": "2024-02-01 10:00:00 UTC"})
    export.videos.clear()
    reading = read(export, tmp_path)
    (deletion,) = reading.deletions
    assert deletion.post_id == reading.posts[0].post_id == "7300000000000000001"
    assert deletion.deleted_at == datetime(2024, 2, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
def test_a_file_that_is_cut_short_gives_nothing_by_halves(export, tmp_path, cut):
    for day in range(1, 28):
        export.video(f"Film {day}", f"2024-01-{day:02}T07:00")
    path = export.write(tmp_path / "upload", zipped=False)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    try:
        reading = Reading(path)
    except Unreadable as refused:
        assert refused.reason in {"unknown_format", "nothing_readable"}
    else:
        assert (reading.posts, reading.export.whole) == ([], False)


def test_whatever_stands_in_the_file_nothing_raises(export, tmp_path):
    export.video("Hello", "2024-01-16T07:00", number="7300000000000000001")
    export.comment("Mine", "2024-01-17T07:00", under="7300000000000000001")
    export.deleted.append(dict(export.videos[0]))
    path = tmp_path / "upload"
    for odd in odd_values(export.value()):
        path.write_text(json.dumps(odd))
        try:
            reading = Reading(path)
        except Unreadable:
            continue
        assert_sound(reading.records)
        assert all(post.posted_at for post in reading.posts)


def test_other_json_is_not_taken_for_it(tmp_path):
    path = tmp_path / "upload"
    path.write_text(json.dumps({"Comment": {"Comments": {"CommentsList": []}}, "Title": "something else"}))
    with pytest.raises(Unreadable, match="unknown_format"):
        Reading(path)


def test_a_long_history_of_what_was_watched_costs_no_memory(export, tmp_path):
    export.video("Hello", "2024-01-16T07:00")
    value = export.value()
    watched = {"Date": "2024-01-01 00:00:00", "Link": "https://www.tiktokv.com/share/video/1/" * 30}
    value["Your Activity"]["Watch History"]["VideoList"] = [watched] * 20_000
    path = tmp_path / "upload"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("user_data_tiktok.json", json.dumps(value))
    assert path.stat().st_size > 20 * MB
    tracemalloc.start()
    reading = Reading(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(reading.posts), peak < 8 * MB) == (1, True)


def test_twice_changes_nothing_and_a_later_export_misses_what_it_should_hold(kept, export):
    export.video("Stays", "2024-01-16T07:00", number="7300000000000000001")
    export.video("Vanishes", "2024-02-16T07:00", number="7300000000000000002")
    export.comment("Said", "2024-02-01T07:00", under="7300000000000000001")
    done = kept.bring_in(export.write(kept.folder / "a.zip"))
    assert (done.state, done.read, done.new, done.versions) == ("done", 3, 3, 3)
    again = kept.bring_in(export.write(kept.folder / "b.json", zipped=False))
    assert (again.new, again.versions, again.sightings) == (0, 0, 0)
    export.videos.pop()
    export.video("New", "2024-05-16T07:00", number="7300000000000000003")
    kept.bring_in(export.write(kept.folder / "c.zip"))
    missed = db.session.scalars(
        select(ArchivedPost.platform_id)
        .join(ArchiveEvent, ArchiveEvent.post_id == ArchivedPost.id)
        .where(ArchiveEvent.kind == "not_found")
    ).all()
    assert missed == ["7300000000000000002"]
    assert problems() == ""
