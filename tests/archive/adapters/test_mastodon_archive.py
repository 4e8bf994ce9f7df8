"""What the adapter of Mastodon's own archive promises."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive.models import EDITED, NOT_FOUND, ArchivedPost, ArchiveEvent, PostVersion, SocialAccount
from hub.archive.sources import Unreadable
from hub.core.database import db
from tests.archive.adapters.fuzz import assert_sound, with_one_odd_value
from tests.archive.conftest import count, problems
from tests.archive.reading import Reading
from tests.factories.mastodon import ACTOR, FOLLOWERS, PUBLIC, SERVER, Mastodon

PACKED = pytest.mark.parametrize("packed", ["tar.gz", "zip"])


@pytest.fixture
def mastodon():
    return Mastodon()


@pytest.fixture
def read(mastodon, tmp_path):
    return lambda **how: Reading(mastodon.write(tmp_path / "upload", **how))


@PACKED
@pytest.mark.parametrize("folder", ["", "archive-2024/"])
def test_the_posts_of_an_archive_are_read_however_it_is_packed(mastodon, read, packed, folder):
    mastodon.post("<p>The depot is <b>closed</b>.<br>Come back Monday.</p>", "2024-05-01T09:00")
    reading = read(packed=packed, folder=folder)
    (post,) = reading.posts
    assert reading.adapter.name == "mastodon-archive"
    assert (post.text, post.evidence, post.audience) == (
        "The depot is closed.\nCome back Monday.",
        "import",
        "public",
    )
    assert (post.post_id, post.account_id) == (mastodon.items[0]["object"]["id"], ACTOR)
    assert post.posted_at == datetime(2024, 5, 1, 9, tzinfo=UTC)
    assert (post.language, post.url) == ("en", mastodon.items[0]["object"]["url"])


def test_a_posts_bytes_are_exactly_its_activity(mastodon, read):
    mastodon.post("<p>Schön & é</p>", "2024-05-01T09:00")
    (post,) = read().posts
    assert post.source.raw in mastodon.outbox()
    assert json.loads(post.source.raw) == mastodon.items[0]


def test_whose_archive_it_is(mastodon, read):
    (account,) = read().accounts
    assert (account.account_id, account.handle, account.name) == (
        ACTOR,
        "strathtay@mastodon.example",
        "Strathtay Council",
    )
    assert account.own


def test_posts_for_followers_or_named_people_are_left_out_and_counted(mastodon, read):
    mastodon.post("Unlisted", "2024-05-01T09:00", to=[FOLLOWERS], cc=[PUBLIC])
    mastodon.post("For followers", "2024-05-01T10:00", to=[FOLLOWERS], cc=[])
    mastodon.post("For one", "2024-05-01T11:00", to=[f"{SERVER}/users/b"], cc=[], directMessage=True)
    mastodon.post("For nobody says", "2024-05-01T12:00", to=[], cc=[])
    reading = read()
    assert [(post.text, post.audience) for post in reading.posts] == [("Unlisted", "unlisted")]
    assert reading.left_out["not_public", "outbox.json"] == 3
    kept = [record for record in reading.records if "For" in repr(record)]
    assert not kept


def test_likes_bookmarks_and_own_pictures_are_never_opened(mastodon, read, monkeypatch):
    from hub.archive.sources.tars import TarSource

    opened = []
    original = TarSource.open
    monkeypatch.setattr(
        TarSource, "open", lambda self, name, **k: opened.append(name) or original(self, name, **k)
    )
    left_out = read().left_out
    assert {"actor.json", "outbox.json"} <= set(opened)
    assert not {"likes.json", "bookmarks.json", "avatar.png"} & set(opened)
    assert left_out == {
        ("private", "likes.json"): 1,
        ("private", "bookmarks.json"): 1,
        ("private_media", "avatar.png"): 1,
    }


@PACKED
def test_pictures_of_posts_are_found_in_the_archive_with_their_descriptions(mastodon, read, packed):
    mastodon.post("A map", "2024-05-01T09:00", attachment=[mastodon.picture()])
    private = mastodon.picture("secret.png")
    mastodon.post("Private", "2024-05-01T09:00", to=[FOLLOWERS], cc=[], attachment=[private])
    reading = read(packed=packed)
    (picture,) = reading.posts[0].media
    assert picture.file == "media_attachments/files/112/000/001/original/a1b2c3.png"
    assert (picture.kind, picture.alt_text) == ("photo", "A map of the depot")
    assert reading.left_out["private_media", "media_attachments/"] == 1


def test_replies_boosts_warnings_polls_mentions_and_links(mastodon, read):
    mastodon.post("Yes", "2024-05-01T09:00", inReplyTo="https://other.example/users/a/statuses/1")
    mastodon.boost("https://other.example/users/a/statuses/2", "2024-05-01T10:00")
    mastodon.post("Long", "2024-05-01T11:00", summary="Election", sensitive=True)
    options = [{"type": "Note", "name": "Monday"}, {"type": "Note", "name": "Friday"}]
    mastodon.post("When?", "2024-05-01T12:00", type="Question", oneOf=options)
    mention = {"type": "Mention", "href": f"{SERVER}/users/b", "name": "@b"}
    link = '<a href="https://council.example/bins?full=address" class="">council.example/bins</a>'
    person = f'<a href="{SERVER}/@b" class="u-url mention">@b</a>'
    mastodon.post(f"{person} see {link}", "2024-05-01T13:00", tag=[mention])
    reply, boost, warned, poll, linked = read().posts
    assert reply.reply_to.post_id == "https://other.example/users/a/statuses/1"
    assert (boost.reposts, boost.text) == ("https://other.example/users/a/statuses/2", "")
    assert (warned.warning, warned.text) == ("Election", "Long")
    assert poll.text == "When?\n\n- Monday\n- Friday"
    assert [(one.handle, one.account_id) for one in linked.mentions] == [
        ("b@mastodon.example", f"{SERVER}/users/b")
    ]
    assert [(one.shown, one.expanded) for one in linked.links] == [
        ("council.example/bins", "https://council.example/bins?full=address")
    ]


def test_declared_and_found_are_both_told(mastodon, read):
    mastodon.post("One", "2024-05-01T09:00")
    mastodon.declared = 1557
    assert read().counted["outbox.json"] == (1557, 1)


@PACKED
def test_the_archive_is_as_old_as_its_outbox_or_as_its_newest_post(mastodon, read, packed):
    mastodon.post("One", "2024-05-01T09:00")
    assert read(packed=packed).export.made_at == mastodon.made_at
    mastodon.made_at = datetime(1980, 1, 2, tzinfo=UTC)  # some servers date all files of a tar so
    assert read(packed=packed).export.made_at == datetime(2024, 5, 1, 9, tzinfo=UTC)


def test_a_post_of_somebody_else_in_the_outbox_is_left_out(mastodon, read):
    mastodon.post("Forged", "2024-05-01T09:00", attributedTo=f"{SERVER}/users/other")
    reading = read()
    assert not reading.posts
    assert reading.left_out["another_account", "outbox.json"] == 1


def test_the_same_words_in_another_archive_are_the_same_version(mastodon, read):
    content = '<p>See <a href="https://a.example" rel="nofollow">a</a></p>'
    mastodon.post(content, "2024-05-01T09:00", attachment=[mastodon.picture()])
    (before,) = read().posts
    note = mastodon.items[0]["object"]
    note["content"] = content.replace('rel="nofollow"', 'rel="nofollow noopener" translate="no"')
    note["replies"] = {"type": "Collection", "totalItems": 9}
    note["attachment"][0] |= {"url": "/system" + note["attachment"][0]["url"], "blurhash": None}
    (after,) = read().posts
    assert after.content_hash == before.content_hash
    for name, value in {"content": "Other", "summary": "Careful", "attachment": []}.items():
        changed = dict(note)
        note[name] = value
        assert read().posts[0].content_hash != before.content_hash, name
        note |= changed


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"type":"OrderedCollection","orderedItems":[{"type":"Create"}', "cut_short"),
        (b'{"type":"OrderedCollection","orderedItems":[{}],}', "not_json"),
        (b'{"type":"OrderedCollection","orderedItems":[{}]} more', "not_json"),
        (b'{"type":"OrderedCollection","orderedItems":[' + b"[" * 100_000, "too_deep"),
        (b"[]", "not_json"),
        (b"", "cut_short"),
        ('{"orderedItems":[]}'.encode("utf-16"), "encoding"),
    ],
)
def test_an_outbox_that_cannot_be_read_to_its_end_is_left_out_whole(mastodon, read, data, reason):
    mastodon.outbox = lambda: data
    reading = read()
    assert not reading.posts
    assert reading.left_out[reason, "outbox.json"] == 1
    assert not reading.export.whole


def test_an_archive_that_does_not_say_whose_it_is_is_refused(mastodon, read):
    del mastodon.actor["id"]
    del mastodon.actor["outbox"]
    with pytest.raises(Unreadable, match="no_account"):
        read()


def test_whatever_stands_in_a_field_there_is_a_report(mastodon, tmp_path):
    """Every value of an outbox replaced by what no field expects, all in one archive each."""
    mastodon.post(
        "<p>a</p>", "2024-05-01T09:00", attachment=[mastodon.picture()], summary="x", updated="2024-06-01"
    )
    mastodon.items[0]["object"]["tag"] = [{"type": "Mention", "href": f"{SERVER}/users/b", "name": "@b"}]
    mastodon.boost("https://other.example/1", "2024-05-01T09:00")
    mastodon.escaped = True
    mastodon.items = [odd for item in mastodon.items for odd in with_one_odd_value(item)]
    reading = Reading(mastodon.write(tmp_path / "upload"))
    assert len(reading.posts) + sum(reading.left_out.values()) >= len(mastodon.items)
    assert_sound(reading.records)


def test_whatever_stands_in_the_account_file_there_is_a_report(mastodon, tmp_path):
    for actor in with_one_odd_value(mastodon.actor):
        mastodon.actor = actor
        try:
            assert_sound(Reading(mastodon.write(tmp_path / "upload")).records)
        except Unreadable as refused:
            assert refused.reason in {"no_account", "unknown_format", "nothing_readable"}


# The whole path.


def test_the_same_archive_twice_changes_nothing(kept, mastodon, tmp_path):
    mastodon.post("One", "2024-05-01T09:00", attachment=[mastodon.picture()])
    mastodon.boost("https://other.example/1", "2024-05-01T10:00")
    path = mastodon.write(tmp_path / "upload")
    first, second = kept.bring_in(path), kept.bring_in(path)
    assert (first.new, first.versions, first.state) == (2, 2, "done")
    assert (second.new, second.versions, second.sightings, second.events) == (0, 0, 0, 0)
    assert not problems()


def test_a_later_archive_adds_edits_names_and_what_is_missing(kept, mastodon, tmp_path):
    mastodon.post("First words", "2024-05-01T09:00")
    mastodon.post("Gone later", "2024-05-02T09:00")
    kept.bring_in(mastodon.write(tmp_path / "one"))
    mastodon.items.pop()
    mastodon.items[0]["object"] |= {"content": "Better words", "updated": "2024-06-03T09:00:00Z"}
    mastodon.actor["name"] = "Strathtay and Isles Council"
    mastodon.post("New", "2024-06-05T09:00")
    mastodon.made_at = datetime(2024, 7, 1, tzinfo=UTC)
    found = kept.bring_in(mastodon.write(tmp_path / "two", packed="zip"))
    assert (found.new, found.versions) == (1, 2)
    edited = db.session.scalars(select(PostVersion).where(PostVersion.text == "Better words")).one()
    assert edited.written_at == datetime(2024, 6, 3, 9, tzinfo=UTC)
    assert count(ArchiveEvent, ArchiveEvent.kind == EDITED, ArchiveEvent.version_id == edited.id) == 1
    missing = db.session.scalars(
        select(ArchivedPost)
        .join(ArchiveEvent, ArchiveEvent.post_id == ArchivedPost.id)
        .where(ArchiveEvent.kind == NOT_FOUND)
    ).one()
    assert missing.posted_at == datetime(2024, 5, 2, 9, tzinfo=UTC)
    account = db.session.scalars(select(SocialAccount)).one()
    assert {name.name for name in account.names} == {"Strathtay Council", "Strathtay and Isles Council"}


def test_the_report_adds_up(kept, mastodon, tmp_path):
    from hub.archive import reckoning

    mastodon.post("Public", "2024-05-01T09:00")
    mastodon.post("Private", "2024-05-01T09:00", to=[FOLLOWERS], cc=[])
    mastodon.items.append({"type": "Create", "object": 7})
    found = kept.bring_in(mastodon.write(tmp_path / "upload"))
    told = [(str(line.words), line.number) for line in reckoning.lines(found)]
    assert told[:3] == [
        ("Rows in the files of posts", 3),
        ("Left out; the reasons stand below", 2),
        ("Read as posts or deletions", 1),
    ]
