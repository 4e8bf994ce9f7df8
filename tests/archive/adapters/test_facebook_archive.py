"""What a Facebook export (JSON) promises to give, to join, to leave out, and to say of itself."""

import json
import zipfile
from datetime import UTC, datetime

import pytest

from hub.archive.adapters.base import CapturedPost
from hub.archive.sources import Unreadable, open_source
from tests.archive.adapters.fuzz import assert_sound, odd_values
from tests.archive.reading import Reading
from tests.factories.facebook import FacebookExport, as_json
from tests.factories.x_archive import png

POSTS = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"


@pytest.fixture
def export():
    return FacebookExport()


def read(export, tmp_path, **how):
    return Reading(export.write(tmp_path / "upload", **how))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("prefix", ["", "facebook-strathtaycouncil-2024-06-01-AbCd/"])
def test_posts_and_comments_of_both_generations_are_read(tmp_path, old, prefix):
    export = FacebookExport(old=old)
    export.post("Tha na sgoiltean dùinte 🙂", "2024-01-16T07:00")
    export.comment("Mòran taing", "2024-01-17T08:00")
    export.group_post("Fàilte dhan bhuidheann", "2024-01-18T09:00")
    reading = read(export, tmp_path, prefix=prefix)
    assert reading.adapter.name == "facebook-archive"
    assert [(post.text, post.form, post.audience) for post in reading.posts] == [
        ("Tha na sgoiltean dùinte 🙂", "", ""),
        ("Fàilte dhan bhuidheann", "", "group"),
        ("Mòran taing", "comment", ""),
    ]
    assert {post.posted_at for post in reading.posts} == {
        datetime(2024, 1, day, hour, tzinfo=UTC) for day, hour in ((16, 7), (17, 8), (18, 9))
    }
    assert [(one.handle, one.name, one.own) for one in reading.accounts] == [
        ("strathtaycouncil", "Comhairle Srath Tatha", True)
    ]


def test_each_post_carries_the_exact_bytes_that_it_was_read_from_mangled_as_they_are(export, tmp_path):
    export.post("Fàilte", "2024-01-16T07:00")
    export.comment("Tapadh leibh, a Mhàiri", "2024-01-17T08:00")
    path = export.write(tmp_path / "upload")
    members = zipfile.ZipFile(path)
    for post in Reading(path).posts:
        assert post.source.raw in members.read(post.source.file)
        assert b"\\u00c3\\u00a0" in post.source.raw


def test_a_text_that_was_never_mangled_stays_as_it_is(export, tmp_path):
    data = '[{"timestamp": 1705388400, "data": [{"post": "Fàilte – caf\\u00e9 – \u20ac"}]}]'
    export.files[POSTS] = data.encode()
    assert [post.text for post in read(export, tmp_path).posts] == ["Fàilte – café – €"]


def test_names_that_facebook_marks_in_a_text_are_read_as_people_read_them(export, tmp_path):
    export.post("Taing do @[100012345678901:2048:Màiri Bhàn] airson seo", "2024-01-16T07:00")
    (post,) = read(export, tmp_path).posts
    assert post.text == "Taing do Màiri Bhàn airson seo"
    assert [(one.handle, one.account_id) for one in post.mentions] == [("Màiri Bhàn", "100012345678901")]


def test_pictures_are_found_and_a_caption_stands_in_for_a_missing_text(export, tmp_path):
    row = export.post(None, "2024-01-16T07:00")
    member = export.picture(row, png(), caption="The bridge at Àird")
    missing = export.post("Text", "2024-01-17T07:00")
    export.picture(missing, None, name="gone.mp4")
    first, second = read(export, tmp_path).posts
    assert (first.text, [(ref.kind, ref.file) for ref in first.media]) == (
        "The bridge at Àird",
        [("photo", member)],
    )
    assert [(ref.kind, ref.file) for ref in second.media] == [("video", None)]


def test_no_row_can_fetch_a_picture_from_private_messages(export, tmp_path):
    row = export.private_matter().post("Look", "2024-01-16T07:00")
    export.picture(row, None)
    row["attachments"][0]["data"][0]["media"]["uri"] = (
        "your_facebook_activity/messages/inbox/a_1/photos/1.jpg"
    )
    (post,) = read(export, tmp_path).posts
    assert post.media[0].file is None


def test_links_are_kept(export, tmp_path):
    shared = {"data": [{"external_context": {"url": "https://strathtay.example/closures", "name": "x"}}]}
    export.post("See", "2024-01-16T07:00", attachments=[shared])
    assert [link.expanded for link in read(export, tmp_path).posts[0].links] == [
        "https://strathtay.example/closures"
    ]


def test_what_is_in_the_trash_or_archived_is_kept_with_its_fate(export, tmp_path):
    trashed = export.post("Wrong page", "2024-01-16T07:00")
    export.posts.clear()
    export.trash.append(trashed)
    export.archived.append(export.labelled("No longer shown", "2024-01-17T07:00"))
    reading = read(export, tmp_path)
    fates = {one.post_id: one.cause for one in reading.deletions}
    assert {post.text: fates[post.post_id] for post in reading.posts} == {
        "Wrong page": "deleted", "No longer shown": "protected",
    }  # fmt: skip
    assert {one.told_by for one in reading.deletions} == {"own_export"}


def test_a_post_keeps_its_number_when_it_is_edited_or_trashed(export, tmp_path):
    row = export.post("Open on Mondy", "2024-01-16T07:00")
    (before,) = read(export, tmp_path).posts
    export.edited(row, "Open on Monday", "2024-01-16T07:05")
    (after,) = read(export, tmp_path).posts
    export.posts.clear()
    export.trash.append(row)
    (gone,) = read(export, tmp_path).posts
    assert before.post_id == after.post_id == gone.post_id
    assert before.content_hash != after.content_hash == gone.content_hash
    assert after.written_at == datetime(2024, 1, 16, 7, 5, tzinfo=UTC)


def test_the_wordings_before_an_edit_are_earlier_versions_of_the_post(export, tmp_path):
    row = export.post("x", "2024-01-16T07:00")
    export.edited(row, "Open on Monday at tèn", "2024-01-16T07:09")
    export.edit("77", "Open on Mondy", "2024-01-16T07:00")
    export.edit("77", "Open on Monday", "2024-01-16T07:05")
    export.edit("77", "Open on Monday at tèn", "2024-01-16T07:09")
    export.edit("88", "Of another post", "2024-01-16T08:00")
    reading = read(export, tmp_path)
    assert [(post.text, post.written_at.minute) for post in reading.posts] == [
        ("Open on Mondy", 0), ("Open on Monday", 5), ("Open on Monday at tèn", 9),
    ]  # fmt: skip
    assert len({post.post_id for post in reading.posts}) == 1
    assert [cited.role for cited in reading.posts[-1].cites] == ["edit"]
    assert ("unmatched_edit", 1) in {(reason, count) for (reason, _), count in reading.left_out.items()}


def test_an_unchanged_post_hashes_the_same_in_an_export_of_the_other_generation(tmp_path):
    hashes = []
    for old in (False, True):
        export = FacebookExport(old=old)
        row = export.post("Fàilte", "2024-01-16T07:00")
        export.picture(row, png(), name=f"{old}_n_5.png", caption="Drochaid")
        (post,) = read(export, tmp_path).posts
        hashes.append((post.post_id, post.content_hash))
    assert hashes[0] == hashes[1]


def test_a_post_dated_before_facebook_began_is_kept_with_the_date_as_it_stands(export, tmp_path):
    export.post("The council was founded", "2024-01-16T07:00")["timestamp"] = -2_366_755_200
    export.post("Today", "2024-01-17T07:00")
    old, _ = read(export, tmp_path).posts
    assert (old.text, old.posted_at, old.stated_at[:10]) == ("The council was founded", None, "1895-01-01")


def test_two_posts_of_one_second_are_two_posts(export, tmp_path):
    export.post("One", "2024-01-16T07:00")
    export.post("Two", "2024-01-16T07:00")
    assert len({post.post_id for post in read(export, tmp_path).posts}) == 2


def test_a_new_name_is_a_new_name_of_the_same_account(tmp_path):
    accounts = []
    for name, address in (("Strathtay", "strathtay"), ("Comhairle Srath Tatha", "strathtaycouncil")):
        export = FacebookExport(name=name, address=address)
        export.post("Fàilte", "2024-01-16T07:00")
        (account,) = read(export, tmp_path).accounts
        accounts.append(account)
    assert accounts[0].account_id == accounts[1].account_id
    assert [one.name for one in accounts] == ["Strathtay", "Comhairle Srath Tatha"]


def test_private_matter_is_left_out_with_its_reason_and_found_nowhere(export, tmp_path):
    row = export.private_matter().post("Hello", "2024-01-16T07:00")
    reading = read(export, tmp_path)
    reasons = {reason for reason, _ in reading.left_out}
    assert {"private", "not_posts"} <= reasons
    export.picture(row, png())
    shown = [
        (post.text, post.account_id, post.post_id, post.title, post.links, post.mentions, post.media)
        for post in read(export, tmp_path).posts
    ]
    assert "CANARY" not in repr((shown, reading.accounts, reading.left_out))


def test_it_covers_the_time_between_its_first_and_last_post_of_each_kind(export, tmp_path):
    export.post("First", "2024-01-16T07:00")
    export.post("Last", "2024-03-16T07:00")
    export.comment("Only", "2024-02-16T07:00")
    found = read(export, tmp_path).export
    assert (found.whole, found.made_at) == (True, None)
    assert [(span.ids, span.since.month, span.until.month) for span in found.spans] == [
        ("comment:", 2, 2), ("post:", 1, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", [b"", b"[", b'[{"timestamp": 1705388400', b"\xff\xfe[\x00", b"[1]]", b"<html>"]
)
def test_a_file_that_cannot_be_read_to_its_end_is_left_out_whole(export, tmp_path, data):
    export.post("Hello", "2024-01-16T07:00")
    export.comment("Kept", "2024-01-17T07:00")
    good = as_json(export.posts)
    export.files[POSTS] = good[:-1] + b"," if data == b"" else data
    reading = read(export, tmp_path)
    assert [post.text for post in reading.posts] == ["Kept"]
    assert any(file == POSTS for _, file in reading.left_out)
    assert not reading.export.whole
    assert [span.ids for span in reading.export.spans] == ["comment:"]


def test_a_part_whose_first_file_is_missing_says_nothing_of_the_posts_in_it(export, tmp_path):
    export.post("Later file", "2024-01-16T07:00")
    export.files[POSTS.replace("_1.json", "_2.json")] = export.posts
    export.posts = []
    path = export.write(tmp_path / "whole")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "part", "w") as part:
        for name in whole.namelist():
            if name != POSTS:
                part.writestr(name, whole.read(name))
    reading = Reading(tmp_path / "part")
    assert [post.text for post in reading.posts] == ["Later file"]
    assert reading.export.spans == ()


def test_a_part_without_the_profile_is_known_by_what_its_rows_say_or_refused(export, tmp_path):
    export.profile = None
    export.post("Hello", "2024-01-16T07:00")
    with pytest.raises(Unreadable, match="no_account"):
        read(export, tmp_path)
    export.post("Hello", "2024-01-17T07:00", title=f"{export.name} shared a link.")
    assert [one.name for one in read(export, tmp_path).accounts] == ["Comhairle Srath Tatha"]
    export.comment("Mine", "2024-01-17T07:00")
    assert [one.name for one in read(export, tmp_path).accounts] == ["Comhairle Srath Tatha"]


def test_whatever_stands_in_a_row_nothing_raises_and_every_row_is_accounted_for(export, tmp_path):
    row = export.post("Hello", "2024-01-16T07:00")
    export.picture(row, png(), caption="x")
    comment = export.comment("Mine", "2024-01-17T07:00")
    labelled = export.labelled("Elsewhere", "2024-01-18T07:00")
    for kind, value in (("posts", row), ("comments", comment), ("elsewhere", labelled), ("edits", labelled)):
        for odd in odd_values(value):
            hostile = FacebookExport()
            hostile.comment("Sound", "2024-01-17T07:00")
            getattr(hostile, kind).append(odd)
            reading = read_unmangled(hostile, tmp_path)
            assert_sound(reading.records)
            assert all(post.posted_at or post.stated_at for post in reading.posts)


@pytest.mark.parametrize(
    "profile", [None, [], "x", {"name": []}, {"name": {"full_name": 3}, "profile_uri": {}}]
)
def test_a_strange_profile_does_not_stop_the_import(export, tmp_path, profile):
    export.profile = profile
    export.comment("Mine", "2024-01-17T07:00")
    assert len(read(export, tmp_path).posts) == 1


def read_unmangled(export, tmp_path):
    path = tmp_path / "hostile"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, value in export.members().items():
            zipped.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return Reading(path)


def test_recognition_reads_what_the_files_hold(export, tmp_path):
    export.files[POSTS] = b'[{"title": "A blog", "date": "2024"}]'
    export.profile = None
    with pytest.raises(Unreadable, match="unknown_format"):
        read(export, tmp_path)


def test_the_order_is_the_same_each_time(export, tmp_path):
    for day in range(1, 9):
        export.post(f"Post {day}", f"2024-01-{day:02}T07:00")
    path = export.write(tmp_path / "upload")
    source = open_source(path)
    adapter = Reading(path).adapter
    orders = [[one.text for one in adapter.read(source) if isinstance(one, CapturedPost)] for _ in range(2)]
    assert orders[0] == orders[1]
