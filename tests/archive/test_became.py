"""What became of a post is said as exactly as it is known, and no more exactly."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.archive import became
from hub.archive.models import ArchiveEvent, PostVersion
from hub.archive.platforms import platform_name

POSTED = datetime(2024, 5, 20, 10, 15, tzinfo=UTC)
KNOWN = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_words(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=40), "less than a minute after it was posted"),
        (timedelta(minutes=1), "1 minute after it was posted"),
        (timedelta(minutes=35), "35 minutes after it was posted"),
        (timedelta(hours=1, minutes=30), "1 hour after it was posted"),
        (timedelta(hours=47), "47 hours after it was posted"),
        (timedelta(days=400), "400 days after it was posted"),
    ],
)
def test_a_deletion_says_how_soon_it_came(passed, said):
    gone = [ArchiveEvent(at=POSTED + passed)]
    assert became.deleted(gone, POSTED, ()).endswith(f", {said}")


def test_a_deletion_of_which_only_the_day_is_known_says_no_more():
    gone = [ArchiveEvent(at=datetime(2024, 5, 21, tzinfo=UTC))]
    assert became.deleted(gone, POSTED, ()) == "on the platform on 21 May 2024"


def test_a_deletion_that_comes_before_its_post_gives_no_span():
    gone = [ArchiveEvent(at=POSTED - timedelta(hours=1))]
    assert became.deleted(gone, POSTED, ()) == "on the platform on 20 May 2024"


def test_a_deletion_without_a_time_lies_between_two_moments():
    copies = [POSTED + timedelta(days=1), KNOWN + timedelta(days=3)]
    between = "on the platform between 21 May 2024 and 1 June 2024"
    assert became.deleted([ArchiveEvent(known_at=KNOWN)], POSTED, copies) == between


def test_two_moments_of_one_day_are_that_day():
    seen = KNOWN - timedelta(minutes=2)
    said = became.deleted([ArchiveEvent(known_at=KNOWN)], POSTED, [seen])
    assert said == "on the platform on 1 June 2024"
    assert became.deleted([ArchiveEvent(known_at=KNOWN)], POSTED, ()).endswith("no later than 1 June 2024")
    assert became.deleted([ArchiveEvent()], None, ()) == "on the platform; when is not known"


def version(minutes: int | None) -> PostVersion:
    return PostVersion(written_at=None if minutes is None else POSTED + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([17], "once, 17 minutes after it was posted"),
        ([5, 17], "2 times, the last time 17 minutes after it was posted"),
        ([None], "once"),
        ([0], "once"),
    ],
)
def test_edits_say_how_often_and_how_soon(edits, said):
    assert became.edited([version(one) for one in edits], POSTED) == said


def test_the_platform_is_called_as_it_was_on_the_day():
    day = datetime(2023, 7, 24, tzinfo=UTC)
    assert platform_name("x", day - timedelta(seconds=1)) == "Twitter (now X)"
    assert platform_name("x", day) == platform_name("x") == "X (formerly Twitter)"
