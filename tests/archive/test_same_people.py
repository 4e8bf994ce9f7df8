"""Somebody known by their handle alone, and later by the platform's own number, is one person: shown once,
masked once, filtered together. A handle that passed from one owner to another brings nobody together."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hub.archive import actions, unmasking
from hub.archive.actions import classify_account
from hub.archive.adapters.by_hand import ByHand
from hub.archive.capturing.by_hand import Seen, pack
from hub.archive.filters import Filters
from hub.archive.masking import names_of, public_people
from hub.archive.models import (
    AGREED,
    ORGANISATION,
    PRIVATE,
    AccountName,
    ArchivedPost,
    Sighting,
    SocialAccount,
)
from hub.archive.proof.erasing import erase
from hub.archive.queries import accounts_of, list_posts
from hub.archive.same_people import bring_together, look_again
from hub.core.database import db, unit_of_work
from tests.archive.conftest import carry_through, count
from tests.conftest import DATABASES
from tests.factories.x_archive import XArchive


def by_hand(kept, number: str, *, handle: str = "ana_p", name: str = "Ana", seen_at: str = "2024-05-20"):
    """A post that the keeper saw."""
    what = Seen(
        address=f"https://x.com/{handle}/status/{number}",
        text=f"Post {number}",
        handle=f"@{handle}",
        name=name,
        by="Keeper",
        posted_at=None,
        seen_at=datetime.fromisoformat(seen_at).replace(tzinfo=UTC),
    )
    with unit_of_work(), pack(what, None) as packed:
        upload = actions.keep_upload(packed)
        started = actions.start_import(kept.actor, kept.collection, "by hand", upload, adapter=ByHand.name)
    return carry_through(started)


def captured(kept, number: str, *, author: str, handle: str, at: str = "2024-06-01"):
    """A post as the platform's API told of it: with the author's own number."""
    told = {
        "data": [
            {"id": number, "text": "Hello", "author_id": author, "created_at": "2023-01-01T09:00:00.000Z"}
        ],
        "includes": {"users": [{"id": author, "username": handle, "name": f"Somebody {author}"}]},
        "__twarc": {"version": "2.12.0", "retrieved_at": f"{at}T18:00:00+00:00"},
    }
    path = kept.folder / "capture.jsonl"
    path.write_text(json.dumps(told))
    return kept.bring_in(path)


def account(platform_id: str) -> SocialAccount:
    return db.session.scalars(
        select(SocialAccount)
        .where(SocialAccount.platform_id == platform_id)
        .execution_options(populate_existing=True)
    ).one()


def whose() -> dict[str, str]:
    """By post: whose it is."""
    db.session.expire_all()
    posts = db.session.scalars(select(ArchivedPost).order_by(ArchivedPost.id))
    return {post.platform_id: post.account.platform_id for post in posts}


def say(kept, one: SocialAccount, kind: str) -> None:
    with unit_of_work():
        classify_account(kept.actor, one, kind, "A reason")


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_posts_of_a_handle_are_filed_under_the_number_once_an_import_tells_both(kept):
    by_hand(kept, "100")
    assert whose() == {"100": "handle:ana_p"}
    captured(kept, "200", author="41", handle="Ana_P")
    assert whose() == {"100": "41", "200": "41"}
    by_hand(kept, "101")  # and those that come after it
    assert whose() == {"100": "41", "200": "41", "101": "41"}


def test_the_order_does_not_matter(kept):
    captured(kept, "200", author="41", handle="ana_p")
    by_hand(kept, "100")
    assert whose() == {"200": "41", "100": "41"}


def test_what_the_sighting_met_stays_as_it_was_sealed(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    met = db.session.scalars(select(Sighting.account_id).order_by(Sighting.id)).all()
    assert met == [account("handle:ana_p").id, account("41").id]  # and the fixture verifies the log


def test_one_person_is_listed_once_with_all_their_names_and_their_posts_filter_together(kept):
    by_hand(kept, "100", name="Ana Known-By-Hand")
    handles_own = account("handle:ana_p").token
    captured(kept, "200", author="41", handle="ana_p")
    (one,) = accounts_of(kept.actor, kept.collection)
    assert one.platform_id == "41"
    assert {name.name for name in one.names} == {"Ana Known-By-Hand", "Somebody 41"}
    for token in (one.token, handles_own):  # an address that somebody kept leads to the same
        found = list_posts(kept.actor, kept.collection, Filters(account=token))
        assert {row.post.platform_id for row in found.rows} == {"100", "200"}


def test_the_pages_of_the_handles_account_lead_to_the_one(kept, browser):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    accounts = f"{kept.collection.path}/accounts"
    assert browser.get(f"{accounts}/{account('handle:ana_p').token}").location.endswith(account("41").token)
    listed = browser.get(accounts).text
    assert account("41").token in listed
    assert account("handle:ana_p").token not in listed


def test_what_is_said_of_the_number_holds_for_the_handles_posts(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    say(kept, account("41"), ORGANISATION)
    assert {post.account.kind for post in db.session.scalars(select(ArchivedPost))} == {ORGANISATION}


def test_an_import_unmasks_nobody_against_what_keepers_said(kept):
    by_hand(kept, "100")
    say(kept, account("handle:ana_p"), PRIVATE)
    captured(kept, "200", author="41", handle="ana_p")
    # Nothing else was said of the number: it is private too, so they are one.
    assert whose() == {"100": "41", "200": "41"}


def test_where_keepers_said_different_things_both_stay_until_they_say_the_same(kept):
    by_hand(kept, "100")
    say(kept, account("handle:ana_p"), AGREED)
    captured(kept, "200", author="41", handle="ana_p")
    assert whose() == {"100": "handle:ana_p", "200": "41"}
    say(kept, account("41"), AGREED)
    look_again(kept.collection.id)
    assert whose() == {"100": "41", "200": "41"}


def test_a_mark_of_protection_is_not_lost(kept):
    by_hand(kept, "100")
    with unit_of_work():
        unmasking.protect(kept.actor, account("handle:ana_p"), "child", "A pupil")
    captured(kept, "200", author="41", handle="ana_p")
    assert whose()["100"] == "handle:ana_p"


def test_a_handle_that_two_accounts_had_brings_nobody_together(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    captured(kept, "300", author="42", handle="ana_p", at="2024-09-01")
    assert whose() == {"100": "handle:ana_p", "200": "41", "300": "42"}
    assert account("handle:ana_p").same_as_id is None


def test_taken_apart_again_nothing_is_shown_more_openly_than_before(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    with unit_of_work():
        unmasking.protect(kept.actor, account("41"), "child", "A pupil")
    captured(kept, "300", author="42", handle="ana_p", at="2024-09-01")
    assert (whose()["100"], account("handle:ana_p").protected) == ("handle:ana_p", "child")


@pytest.mark.parametrize(
    ("seen_at", "owner"), [("2024-04-01", "handle:new_name"), ("2024-05-20", "12"), ("2025-01-01", "12")]
)
def test_before_an_account_took_a_handle_it_was_somebody_elses(kept, seen_at, owner):
    archive = XArchive(handle="new_name", account_id="12")
    archive.renamed("old_name", "new_name", "2024-05-01T10:00")
    archive.post("Hello", "2024-03-01T09:00")
    kept.bring_in(archive)
    by_hand(kept, "100", handle="new_name", seen_at=seen_at)
    assert whose()["100"] == owner


def test_after_an_account_gave_a_handle_up_it_is_somebody_elses(kept):
    archive = XArchive(handle="new_name", account_id="12")
    archive.renamed("old_name", "new_name", "2024-05-01T10:00")
    archive.post("Hello", "2024-03-01T09:00")
    kept.bring_in(archive)
    by_hand(kept, "100", handle="old_name", seen_at="2024-04-01")
    assert whose()["100"] == "12"
    by_hand(kept, "101", handle="old_name", seen_at="2024-06-01")
    assert (whose()["100"], whose()["101"]) == ("handle:old_name", "handle:old_name")


def test_the_same_handle_elsewhere_and_a_name_alone_are_nobodys(kept):
    by_hand(kept, "100", handle="", name="ana_p")
    captured(kept, "200", author="41", handle="ana_p")
    assert "handle:ana_p" in whose().values()


def test_an_import_that_fails_brings_nobody_together(kept):
    by_hand(kept, "100")
    path = kept.folder / "broken.zip"
    XArchive(handle="ana_p").write(path)
    path.write_bytes(path.read_bytes()[:-40])
    assert kept.bring_in(path).state == "failed"
    assert whose() == {"100": "handle:ana_p"}


def test_looking_again_changes_nothing(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    version = kept.collection.version
    with unit_of_work():
        bring_together(kept.collection.id)
    db.session.refresh(kept.collection)
    assert kept.collection.version == version


def test_who_was_known_by_another_name_is_masked_by_that_too(kept):
    by_hand(kept, "100", name="Ana Petrosyan")
    captured(kept, "200", author="41", handle="ana_p")
    one = account("41")
    assert "Ana Petrosyan" in {name.name for name in names_of([one.id])[one.id]}
    say(kept, one, ORGANISATION)
    assert "ana petrosyan" in public_people([kept.collection.id])[kept.collection.id].names


def test_when_the_last_post_is_erased_no_name_is_left(kept):
    by_hand(kept, "100")
    captured(kept, "200", author="41", handle="ana_p")
    for post_id in db.session.scalars(select(ArchivedPost.id)).all():
        with unit_of_work():
            erase(db.session.get(ArchivedPost, post_id), "UK GDPR, article 17", "Asked for.", kept.actor)
    assert (count(SocialAccount), count(AccountName)) == (0, 0)
