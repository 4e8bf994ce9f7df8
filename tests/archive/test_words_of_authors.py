"""Pages say of an author what is known, and ask nothing that is answered."""

from datetime import UTC, datetime

from sqlalchemy import select

from hub.archive.models import ArchivedPost
from hub.core.database import db
from tests.archive.test_same_people import account, by_hand, captured
from tests.factories.x_archive import XArchive


def the_post(number: str) -> ArchivedPost:
    return db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == number)).one()


def test_a_post_between_two_handles_says_that_nobody_knows_which_it_had(kept, browser):
    captured(kept, "200", author="41", handle="old_name", at="2022-06-01")
    captured(kept, "300", author="41", handle="new_name", at="2024-06-01")  # both posts are of January 2023
    page = browser.get(the_post("300").path).text
    assert "Known as @old_name before, and as @new_name after: nobody knows when it changed" in page
    assert "as they were then" not in page


def test_whoever_has_a_handle_and_no_name_is_called_by_it(kept, browser):
    by_hand(kept, "100", name="")
    for path in (the_post("100").path, kept.collection.path, f"{kept.collection.path}/accounts"):
        page = browser.get(path).text
        assert "@ana_p" in page
        assert "not recorded @" not in page
        assert "Name not recorded" not in page
    assert "Handle as it was then" in browser.get(the_post("100").path).text
    assert (
        "Whose account is @ana_p?"
        in browser.get(f"{kept.collection.path}/accounts/{account('handle:ana_p').token}").text
    )


def test_an_account_known_by_its_name_alone_has_no_handle_put_before_it(kept, browser):
    by_hand(kept, "100", handle="", name="Ana P")
    found = db.session.scalars(select(ArchivedPost)).one().account
    page = browser.get(f"{kept.collection.path}/accounts/{found.token}").text
    assert "Whose account is Ana P?" in page


def test_that_a_post_is_gone_is_asked_only_while_nobody_knows(kept, browser):
    archive = XArchive(made_at=datetime(2024, 6, 1, tzinfo=UTC))
    stays = archive.post("Stays", "2024-03-01T09:00")
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    kept.bring_in(archive)
    said = {
        post.platform_id == stays["id_str"]: "Say that it is gone" in browser.get(post.path).text
        for post in db.session.scalars(select(ArchivedPost)).all()
    }
    assert said == {True: True, False: False}
