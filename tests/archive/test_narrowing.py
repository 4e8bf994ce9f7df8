"""A keeper finds what they look for in a collection: by words and by all that is known of a post, at once."""

from datetime import date

import pytest

from hub.archive import finding, timeline
from hub.archive.filters import Filters
from hub.archive.queries import list_posts
from hub.archive.timeline import Count, outline, picture
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.search import SearchUnavailable
from tests.archive.conftest import Kept, make_kept
from tests.archive.test_pages import text
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.archived import bring_in
from tests.factories.mastodon import Mastodon
from tests.factories.people import sign_in
from tests.factories.x_archive import XArchive, big_archive, png

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def held(kept: Kept) -> Kept:
    """Two platforms, every fate: an edit with its answer, a deletion, a picture, a warning, and a capture."""
    archive = XArchive()
    first = archive.post("The libary opens on Monday", at="2024-02-05T09:00")
    later = archive.edit(first, "The library opens on Monday", at="2024-02-05T09:20")
    archive.post("At nine, we think", at="2024-02-05T10:00", reply_to=later)
    archive.picture(archive.post("Our library, from outside", at="2024-03-01T09:00"), png())
    archive.deleted_post("Wrong channel", at="2024-03-31T22:30", deleted_at="2024-03-31T22:40")
    kept.bring_in(archive)
    mastodon = Mastodon()
    mastodon.post("<p>Libraries everywhere</p>", "2023-05-05T09:00", summary="Books", sensitive=True)
    bring_in(kept.person, kept.collection, mastodon.write(kept.folder / "mastodon.tar.gz"))
    drain()
    db.session.expire_all()
    return kept


def texts(kept: Kept, **asked) -> list[str]:
    found = list_posts(kept.actor, kept.collection, Filters(**asked)).rows
    return [row.shown.text.partition(" https:")[0] for row in found]


EVERYWHERE, OUTSIDE = "Libraries everywhere", "Our library, from outside"
MONDAY, NINE, WRONG = "The library opens on Monday", "At nine, we think", "Wrong channel"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "library"}, [OUTSIDE, MONDAY, EVERYWHERE]),
        ({"words": "libary"}, [MONDAY]),  # edited away
        ({"words": "books"}, [EVERYWHERE]),  # the warning in front of it
        ({"words": "library", "platform": "mastodon"}, [EVERYWHERE]),
        ({"words": "library -outside"}, [MONDAY, EVERYWHERE]),
        ({"marks": ("edited",)}, [MONDAY]),
        ({"marks": ("answered",)}, [MONDAY]),  # by the number of its later version
        ({"marks": ("answered", "edited"), "words": "monday"}, [MONDAY]),
        ({"marks": ("deleted", "edited")}, []),
        ({"marks": ("media",)}, [OUTSIDE]),
        ({"form": "reply"}, [NINE]),
        ({"form": "post", "since": date(2024, 3, 1)}, [WRONG, OUTSIDE]),
        ({"since": date(2024, 3, 31), "until": date(2024, 3, 31)}, [WRONG]),
        ({"until": date(2023, 12, 31)}, [EVERYWHERE]),
        ({"since": date(2024, 3, 1), "until": date(2024, 2, 1)}, []),
        ({"until": date.max, "platform": "nowhere"}, []),
    ],
)
def test_what_is_asked_for_at_once_is_all_true_of_what_is_found(held, asked, found):
    assert texts(held, **asked) == found


def test_a_post_is_found_by_its_address_in_any_version(held):
    (row,) = list_posts(held.actor, held.collection, Filters(marks=("edited",))).rows
    number = row.post.platform_id
    for address in (
        number,
        f"https://x.com/strathtay/status/{number}?s=20",
        f"https://twitter.com/a/status/{number}",
    ):
        assert texts(held, words=address) == [MONDAY]
    (other,) = list_posts(held.actor, held.collection, Filters(platform="mastodon")).rows
    assert texts(held, words=other.post.platform_id) == [EVERYWHERE]
    assert texts(held, words=other.post.url) == [EVERYWHERE]


def test_another_keepers_posts_are_not_found_by_the_same_words(held, tmp_path):
    other = make_kept(tmp_path, "other")
    archive = XArchive(account_id="99")
    archive.post("Our library is elsewhere", at="2024-02-05T09:00")
    other.bring_in(archive)
    drain()
    assert texts(other, words="library") == ["Our library is elsewhere"]
    assert len(texts(held, words="library")) == 3


@pytest.mark.parametrize("words", ["the", "!!!", "100%"])
def test_words_that_the_index_does_not_know_are_looked_for_in_the_texts(held, words):
    assert texts(held, words=words) == ([MONDAY] if words == "the" else [])


def test_without_the_index_the_texts_themselves_are_read(held, monkeypatch):
    def away(*_):
        raise SearchUnavailable("away")

    monkeypatch.setattr(finding.search, "newest", away)
    assert texts(held, words="library") == [OUTSIDE, MONDAY]


def test_what_is_not_yet_indexed_is_found_all_the_same(held):
    archive = XArchive()
    archive.post("A new library", at="2024-05-01T09:00")
    held.bring_in(archive)
    assert texts(held, words="new library") == ["A new library"]


def test_pages_of_words_follow_each_other_although_few_posts_are_looked_at_for_each(held, monkeypatch):
    monkeypatch.setattr(finding, "MOST_LOOKED_AT", 40)
    held.bring_in(big_archive(100))
    drain()
    seen, cursor = [], None
    for _ in range(20):
        page = list_posts(held.actor, held.collection, Filters(words="notice", form="post"), cursor)
        seen += [row.post.token for row in page.rows]
        cursor = page.older
        if cursor is None:
            break
        assert page.looked_until or len(page.rows) == 30
    all_of_them = list_posts(held.actor, held.collection, Filters(form="post")).rows
    assert len(seen) == len(set(seen)) > 60
    assert {row.post.token for row in all_of_them} & set(seen)


# Over time.


def test_every_month_is_counted_with_what_became_of_its_posts(held):
    found = outline(held.collection)
    assert found.months == {
        (2023, 5): Count(1),
        (2024, 2): Count(2, edited=1),
        (2024, 3): Count(2, deleted=1),
    }
    assert found.platforms == ("mastodon", "x")


def test_bars_lead_to_their_time_and_keep_what_else_was_asked(held):
    shown = picture(outline(held.collection), Filters(words="library"))
    march = shown.bars[-1]
    assert (march.label, march.count.posts) == ("March 2024", 2)
    assert march.filters == Filters(words="library", since=date(2024, 3, 1), until=date(2024, 3, 31))
    assert [part.kind for part in march.parts] == ["rest", "deleted"]
    assert len(shown.bars) == 11  # May 2023 to March 2024, those without posts too


def test_many_years_are_shown_by_year_and_a_year_by_its_months(held, monkeypatch):
    monkeypatch.setattr(timeline, "MOST_MONTHS", 10)
    found = outline(held.collection)
    years = picture(found, Filters())
    assert [(bar.label, bar.count.posts) for bar in years.bars] == [("2023", 1), ("2024", 4)]
    months = picture(found, years.bars[1].filters)
    assert (months.period, months.wider) == ("month", Filters())
    assert [bar.label for bar in months.bars] == ["January 2024", "February 2024", "March 2024"]


def test_a_later_import_is_counted_at_once(held):
    assert outline(held.collection).posts == 5
    archive = XArchive()
    archive.post("One more", at="2024-05-01T09:00")
    held.bring_in(archive)
    db.session.expire_all()
    assert outline(held.collection).posts == 6


# The page.


def test_the_page_says_what_is_chosen_and_how_to_take_it_back(held, client):
    browser = sign_in(client, held.person)
    page = browser.get(f"{held.collection.path}?q=library&is=edited&is=answered&from=2024-02-01")
    assert MONDAY in text(page)
    assert OUTSIDE not in text(page)
    html = page.get_data(as_text=True)
    assert "Shown are only" in html
    assert f"{held.collection.path}?q=library&amp;from=2024-02-01&amp;is=answered" in html
    assert "From 1 February 2024" in text(page)


def test_titles_warnings_and_audiences_are_shown_in_lists(held, client):
    page = text(sign_in(client, held.person).get(f"{held.collection.path}?platform=mastodon"))
    assert "Behind a warning: Books" in page
    assert "Mastodon" in page
    assert EVERYWHERE not in page


def test_a_collections_page_asks_as_little_of_many_posts_as_of_few(held, client, kept):
    browser = sign_in(client, held.person)
    asked = f"{held.collection.path}?q=library&is=media&from=2020-01-01&form=post&platform=x"
    counts = []
    for _ in range(2):
        browser.get(asked)
        with queries() as sent:
            assert browser.get(asked).status_code == 200
        counts.append(sent.count)
        archive = big_archive(60)
        for tweet in archive.tweets[:40]:
            archive.picture(tweet["tweet"], png())
        held.bring_in(archive)
        drain()
    assert counts[0] == counts[1] <= 24, sent
