"""Reading a collection, on both databases: narrowed, paged, and only what is revealed."""

import json

import pytest

from hub.archive.filters import Filters
from hub.archive.models import Import
from hub.archive.queries import evidence_of, list_posts, slice_of
from hub.core.database import db, unit_of_work
from tests.archive.test_captures import page, v2
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive, big_archive

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def filled(kept):
    archive = XArchive()
    first = archive.post("Open on Mondy 100%", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    archive.post("Vanishes", "2024-03-02T09:00")
    archive.post("Answer", "2024-04-02T09:00", reply_to=first)
    kept.bring_in(archive)
    archive.tweets = [row for row in archive.tweets if row["tweet"]["full_text"] != "Vanishes"]
    archive.made_at = archive.made_at.replace(month=9)
    kept.bring_in(archive)
    seen = page(v2("900", "From outside, to @strathtay"))
    (kept.folder / "capture.jsonl").write_text(json.dumps(seen))
    kept.bring_in(kept.folder / "capture.jsonl")
    return kept


def texts(kept, **filters):
    rows = list_posts(kept.actor, kept.collection, Filters(**filters)).rows
    return [row.shown.text for row in rows]


def test_posts_come_newest_first_in_their_latest_version(filled):
    assert texts(filled) == [
        "Wrong channel",
        "Answer",
        "Vanishes",
        "Open on Monday",
        "From outside, to @strathtay",
    ]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"words": "MONDY"}, ["Open on Monday"]),
        ({"words": "open monday"}, ["Open on Monday"]),
        ({"words": "100%"}, ["Open on Monday"]),
        ({"words": "1_0"}, []),
        ({"marks": ("deleted",)}, ["Wrong channel"]),
        ({"marks": ("edited",)}, ["Open on Monday"]),
        ({"form": "reply"}, ["Answer"]),
        ({"marks": ("not_found",)}, ["Vanishes"]),
        ({"words": "wrong", "marks": ("edited",)}, []),
    ],
)
def test_a_list_is_narrowed(filled, filters, found):
    assert texts(filled, **filters) == found


def test_a_list_is_narrowed_to_an_account(filled):
    (row,) = list_posts(filled.actor, filled.collection, Filters(words="outside")).rows
    assert texts(filled, account=row.post.account.token) == ["From outside, to @strathtay"]


def test_pages_follow_each_other_without_gap_or_overlap(kept):
    kept.bring_in(big_archive(70))
    seen, cursor = [], None
    while True:
        found = list_posts(kept.actor, kept.collection, Filters(), cursor)
        seen += [row.post.token for row in found.rows]
        cursor = found.older
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 70


def test_a_posts_evidence_holds_its_versions_and_its_bytes(filled):
    (row,) = list_posts(filled.actor, filled.collection, Filters(marks=("edited",))).rows
    evidence = evidence_of(row.post)
    assert [shown.text for _, shown in evidence.versions] == ["Open on Mondy 100%", "Open on Monday"]
    (other,) = list_posts(filled.actor, filled.collection, Filters(marks=("deleted",))).rows
    sha256 = evidence.sightings[0].source.sha256
    assert json.loads(slice_of(row.post, sha256))["tweet"]["full_text"].startswith("Open")
    assert slice_of(other.post, sha256) is None


def test_what_is_not_revealed_is_not_there(filled):
    with unit_of_work() as session:
        for one in session.query(Import):
            one.revealed_at = None
    assert texts(filled) == []
    db.session.rollback()
