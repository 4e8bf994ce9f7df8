"""Exports without a date, which may come in parts, through the whole path: twice, later, and in parts."""

import hashlib
import zipfile

import pytest
from sqlalchemy import select

from hub.archive.models import (
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SourceSlice,
)
from hub.archive.words import event_sentence
from hub.core.database import db
from tests.archive.conftest import count, problems
from tests.conftest import DATABASES
from tests.factories.facebook import FacebookExport
from tests.factories.flickr import FlickrData
from tests.factories.instagram import InstagramExport
from tests.factories.x_archive import png

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def export():
    export = FacebookExport()
    export.post("Stays", "2024-01-16T07:00")
    export.post("Vanishes", "2024-02-16T07:00")
    export.post("Changes", "2024-03-16T07:00")
    export.comment("Said once", "2024-02-01T07:00")
    return export


def bring_in(kept, export, name="export.zip"):
    return kept.bring_in(export.write(kept.folder / name))


def history():
    """What happened, by the words of the post."""
    said = dict(
        db.session.execute(
            select(PostVersion.post_id, PostVersion.text).order_by(PostVersion.id.desc())
        ).all()
    )
    found: dict[str, list[str]] = {}
    for event in db.session.scalars(select(ArchiveEvent).order_by(ArchiveEvent.id)):
        found.setdefault(said[event.post_id], []).append(event.kind)
    return found


def test_the_same_export_twice_changes_nothing(kept, export):
    export.picture(export.posts[0], png())
    done = bring_in(kept, export)
    assert (done.state, done.read, done.new, done.versions) == ("done", 4, 4, 4)
    before = {
        model: count(model)
        for model in (ArchivedPost, PostVersion, Sighting, SourceSlice, Media, ArchiveEvent)
    }
    again = bring_in(kept, export)
    assert (again.new, again.versions, again.events) == (0, 0, 0)
    assert {model: count(model) for model in before} == before
    assert problems() == ""


def test_the_bytes_that_are_kept_are_the_exports_own(kept, export):
    export.post("Fàilte 🙂", "2024-04-16T07:00")
    bring_in(kept, export)
    text, raw, sha256 = db.session.execute(
        select(PostVersion.text, SourceSlice.raw, SourceSlice.sha256)
        .join(Sighting, Sighting.version_id == PostVersion.id)
        .join(SourceSlice, SourceSlice.id == Sighting.slice_id)
        .where(PostVersion.text.startswith("F"))
    ).one()
    assert text == "Fàilte 🙂"
    assert b"\\u00c3\\u00a0" in raw
    assert hashlib.sha256(raw).hexdigest() == sha256


def test_a_later_export_adds_versions_events_and_names_and_misses_what_it_should_hold(kept, export):
    bring_in(kept, export, "first.zip")
    later = FacebookExport(name="Srath Tatha", address="srathtatha")
    later.posts = [export.posts[0], later.edited(export.posts[2], "Changed", "2024-03-16T09:00")]
    later.comments = export.comments
    later.post("New", "2024-05-16T07:00")
    done = bring_in(kept, later)
    assert (done.new, done.versions) == (1, 2)
    told = history()
    assert told["Vanishes"][-1] == "not_found"
    assert "edited" in told["Changes"]
    assert "not_found" not in told["Stays"] + told["Said once"]
    names = db.session.scalars(select(AccountName.handle).order_by(AccountName.seen_from)).all()
    assert names == ["strathtaycouncil", "srathtatha"]
    missed = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "not_found")).one()
    assert "import 2 should hold this post and does not" in event_sentence(missed)
    bring_in(kept, later)
    assert history()["Vanishes"].count("not_found") == 1
    kept.bring_in(kept.folder / "first.zip")  # once more: which of the two is the later one, neither says
    bring_in(kept, later)
    assert history() == told


def test_pages_tell_of_a_post_that_an_export_without_a_date_misses_and_of_its_return(kept, browser, export):
    bring_in(kept, export)
    vanishes = export.posts.pop(1)
    bring_in(kept, export)
    post = db.session.scalars(
        select(ArchivedPost).join(PostVersion).where(PostVersion.text == "Vanishes")
    ).one()
    assert "in a later export of the account" in browser.get(post.path).text
    export.posts.append(vanishes)
    export.post("New", "2024-05-16T07:00")
    bring_in(kept, export)
    assert history()["Vanishes"][-1] == "found_again"
    assert "in a later export of the account" not in browser.get(post.path).text


def test_the_other_zip_of_an_export_in_parts_misses_nothing_of_the_first(kept, export):
    bring_in(kept, export)
    part = FacebookExport()
    part.group_post("In a group", "2024-02-20T07:00")
    bring_in(kept, part, "part2.zip")
    assert "not_found" not in [kind for kinds in history().values() for kind in kinds]


def test_an_export_of_some_years_only_misses_nothing_of_the_years_before(kept, export):
    bring_in(kept, export)
    recent = FacebookExport()
    recent.posts = export.posts[2:]
    recent.post("New", "2024-05-16T07:00")
    bring_in(kept, recent)
    assert "not_found" not in [kind for kinds in history().values() for kind in kinds]


def test_what_goes_to_the_trash_later_is_deleted_and_not_merely_missing(kept, export):
    bring_in(kept, export)
    export.trash.append(export.posts.pop(1))
    bring_in(kept, export)
    assert history()["Vanishes"][-1] == "deleted"


def test_an_instagram_export_and_a_later_one_of_the_renamed_account(kept):
    export = InstagramExport(username="srath")
    export.post("Stays", "2024-01-16T07:00", data=png())
    gone = export.post("Goes", "2024-02-16T07:00")
    export.post("Vanishes", "2024-03-16T07:00")
    export.thread("On threads", "2024-02-01T07:00")
    done = bring_in(kept, export)
    assert (done.state, done.new, count(Media)) == ("done", 4, 1)
    assert bring_in(kept, export).events == 0
    export.posts, export.deleted, export.threads = export.posts[:1], [gone], []
    export.post("New", "2024-05-16T07:00")
    export.renamed("srath", "strathtay", "2024-04-01T07:00")
    later = bring_in(kept, export)
    assert later.new == 1
    told = history()
    assert (told["Goes"][-1], told["Vanishes"][-1]) == ("deleted", "not_found")
    assert "not_found" not in told["Stays"] + told["On threads"]
    names = db.session.scalars(select(AccountName.handle).order_by(AccountName.seen_from)).all()
    assert names[-1] == "strathtay"
    assert problems() == ""


def without_files(path):
    """What the first zip of an export in several parts holds: everything but the pictures."""
    first = path.with_name("first.zip")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(first, "w") as part:
        for name in whole.namelist():
            if not name.endswith((".jpg", ".png")):
                part.writestr(name, whole.read(name))
    return first


@pytest.mark.parametrize("platform", ["flickr", "instagram", "facebook"])
def test_the_parts_in_one_zip_give_the_pictures_to_posts_that_are_there_already(kept, platform):
    """So says the refusal of a part that holds pictures alone."""
    export = {"flickr": FlickrData, "instagram": InstagramExport, "facebook": FacebookExport}[platform]()
    if platform == "flickr":
        export.photo(123456, "Drochaid", "2024-01-16T07:00:00")
        export.files["drochaid_123456_o.jpg"] = png()
    elif platform == "instagram":
        export.post("Drochaid", "2024-01-16T07:00", data=png())
    else:
        export.post("Drochaid", "2024-01-16T07:00")
        export.picture(export.posts[0], png())
    whole = export.write(kept.folder / "whole.zip")
    first = kept.bring_in(without_files(whole))
    assert (first.new, count(Media)) == (1, 0)
    second = kept.bring_in(whole)
    assert (second.state, second.new, second.versions, count(Media)) == ("done", 0, 0, 1)
    (joined,) = db.session.scalars(select(PostMedia).where(PostMedia.media_id.is_not(None))).all()
    assert joined.version_id == db.session.scalars(select(PostVersion.id)).one()
    assert kept.bring_in(whole).events == 0
    assert problems() == ""
