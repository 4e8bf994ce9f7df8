"""A table of no known platform: what is asked, what is shown before anything is kept, what is kept of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from hub.archive.adapters.base import CapturedPost
from hub.archive.adapters.mapped_table import MappedTable, NeedsColumns, table_rows
from hub.archive.adapters.table_mapping import Mapping, guess_order, read_time
from hub.archive.models import (
    ASKS,
    CANCELLED,
    DONE,
    ArchivedPost,
    Import,
    KeptMapping,
    PostVersion,
    Sighting,
)
from hub.archive.sources import open_source
from hub.archive.storage import uploads_folder
from hub.archive.tables.previewing import preview, with_zone_of_numbers
from hub.archive.tables.suggesting import suggest
from hub.archive.tasks import sweep
from hub.core import carrying
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from tests.archive.conftest import carry_through, count
from tests.archive.reading import SAMPLES, Reading, beside
from tests.factories.people import person, sign_in
from tests.factories.tables import table
from tests.factories.x_archive import XArchive, snowflake

NAMES = ["created_at", "text", "url", "replies", "user"]
AT = datetime(2024, 3, 16, 9, 5, tzinfo=UTC)
POST = snowflake(AT, 1)
ROWS = [
    NAMES,
    [
        "16/3/24 9:05",
        "Bins &amp; boxes,\non Monday",
        f"https://twitter.com/strathtay/status/{POST}",
        "3",
        "strathtay",
    ],
    ["17/3/24 9:05", "Thank you", "https://twitter.com/resident/status/1769285000000000000", "0", "resident"],
    ["18/3/24 9:05", "", "https://twitter.com/resident/status/1769285000000000001", "0", "resident"],
]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def hidden(page) -> dict[str, str]:
    return dict(
        re.findall(r'name="(csrf_token|sent_token)"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    )


def chosen(page) -> dict[str, str]:
    """What the page's form holds, as a browser would send it."""
    html = page.get_data(as_text=True)
    sent = {}
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        picked = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = picked[1] if picked else re.search(r'value="([^"]*)"', options)[1]
    for name, value in re.findall(r'<input checked[^>]*name="(\w+)"[^>]*value="(\w+)"', html):
        sent[name] = value
    return sent | hidden(page)


@pytest.fixture
def waiting(kept) -> Import:
    """A table that was uploaded, and of which nobody has said anything."""
    path = kept.folder / "posts.csv"
    path.write_bytes(table(ROWS))
    return kept.bring_in(path)


# A table is not refused.


def test_a_table_of_no_known_platform_waits_for_its_columns_and_keeps_nothing(waiting):
    assert (waiting.state, waiting.problem, waiting.upload != "") == (ASKS, "", True)
    assert count(ArchivedPost) == 0


@pytest.mark.parametrize(
    "data", [b"A letter.\nIt has no columns.\n", b"\x00\x01\x02" * 500, b'{"a": 1}\n{"b": 2}\n']
)
def test_what_is_no_table_is_refused_as_before(kept, data):
    path = kept.folder / "upload"
    path.write_bytes(data)
    assert kept.bring_in(path).state == "failed"


def test_other_imports_of_the_collection_do_not_wait_for_an_answer(kept, waiting):
    archive = XArchive()
    archive.post("Meanwhile", "2024-03-01T09:00")
    assert kept.bring_in(archive).state == "done"


# What is asked, and what is shown before anything is kept.


def test_the_page_shows_the_first_rows_what_they_probably_are_and_what_would_be_read(browser, waiting):
    page = browser.get(waiting.path)
    seen = text(page)
    assert "Needs columns" in seen
    assert "Bins &amp;amp; boxes" in seen
    assert "What would be read" in seen
    assert "Bins &amp; boxes, on Monday" in seen
    assert "16 March 2024" in seen
    sent = chosen(page)
    columns = {
        name: sent[name]
        for name in ("text", "time", "address", "handle", "author", "fixed_platform", "order")
    }
    assert columns == {
        "text": "1",
        "time": "0",
        "address": "2",
        "handle": "4",
        "author": "",
        "fixed_platform": "x",
        "order": "dmy",
    }


def test_a_preview_keeps_nothing_and_shows_what_the_choice_would_give(browser, waiting):
    sent = chosen(browser.get(waiting.path)) | {"order": "mdy", "act": "preview"}
    page = browser.post(f"{waiting.path}/columns", data=sent)
    assert page.status_code == 200
    assert "have a time that cannot be read like this" in text(page)
    assert count(ArchivedPost) == 0
    assert db.session.get(Import, waiting.id, populate_existing=True).state == ASKS


def test_a_wrong_time_zone_is_noticed_by_the_numbers_of_the_posts(browser, waiting):
    sent = chosen(browser.get(waiting.path)) | {"zone": "America/New_York", "act": "preview"}
    page = text(browser.post(f"{waiting.path}/columns", data=sent))
    assert "The time zone is probably another" in page
    assert "2024, 09:05" in page


def test_one_column_cannot_be_two_things_and_the_words_are_needed(browser, waiting):
    sent = chosen(browser.get(waiting.path))
    answer = browser.post(f"{waiting.path}/columns", data=sent | {"author": "1", "act": "import"})
    assert answer.status_code == 422
    assert "One column is chosen for two things" in text(answer)


# What is kept.


def bring_in(browser, waiting, **changed):
    sent = chosen(browser.get(waiting.path)) | changed | {"act": "import"}
    answer = browser.post(f"{waiting.path}/columns", data=sent)
    assert answer.status_code == 303
    carrying.drain()
    return answer.location


def test_rows_become_posts_with_their_exact_bytes_and_the_mapping_stays_as_evidence(browser, waiting):
    page = text(browser.get(bring_in(browser, waiting)))
    assert "Rows without words: 1" in page
    assert "Its columns, as a keeper named them" in page
    assert "Day first" in page
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == POST)).one()
    assert (post.platform, post.posted_at) == ("x", AT)
    version = db.session.scalars(select(PostVersion).where(PostVersion.post_id == post.id)).one()
    assert version.text == "Bins & boxes,\non Monday"
    sighting = db.session.scalars(select(Sighting).where(Sighting.post_id == post.id)).one()
    assert sighting.source.raw in table(ROWS)
    assert (sighting.evidence, sighting.row) == ("capture", 2)
    found = db.session.get(Import, waiting.id, populate_existing=True)
    assert found.mapping["columns"]["text"] == 1
    assert count(AuditEntry, AuditEntry.action == "collection.name_columns") == 1
    assert list(uploads_folder().iterdir()) == []


def test_a_post_of_the_table_is_the_one_that_the_accounts_archive_holds(browser, kept, waiting):
    bring_in(browser, waiting)
    archive = XArchive(handle="strathtay")
    tweet = archive.post("Bins &amp; boxes,\non Monday", "2024-03-16T09:05")
    tweet["id_str"] = tweet["id"] = POST
    done = kept.bring_in(archive)
    assert (done.new, done.versions) == (0, 0)
    assert count(ArchivedPost, ArchivedPost.platform_id == POST) == 1


def test_the_same_columns_are_offered_the_next_time_and_not_used_before_somebody_says_so(
    browser, kept, waiting
):
    bring_in(browser, waiting, zone="UTC", author="3")
    path = kept.folder / "more.csv"
    path.write_bytes(table([NAMES, *([*row[:1], f"More {row[1]}", *row[2:]] for row in ROWS[1:])]))
    again = kept.bring_in(path)
    assert again.state == ASKS
    page = browser.get(again.path)
    assert "You have read a table like this before" in text(page)
    sent = chosen(page)
    assert (sent["author"], sent["zone"]) == ("3", "UTC")
    assert count(KeptMapping) == 1


def test_the_same_table_twice_changes_nothing(browser, kept, waiting):
    bring_in(browser, waiting)
    path = kept.folder / "again.csv"
    path.write_bytes(table(ROWS))
    again = kept.bring_in(path)
    bring_in(browser, again)
    done = db.session.get(Import, again.id, populate_existing=True)
    assert (done.read, done.new, done.versions, done.events) == (2, 0, 0, 0)


def test_how_long_it_took_does_not_count_the_wait_for_an_answer(browser, waiting):
    with time_machine.travel(waiting.uploaded_at + timedelta(hours=3), tick=True):
        sent = chosen(browser.get(waiting.path)) | {"act": "import"}
        browser.post(f"{waiting.path}/columns", data=sent)
        found = carry_through(waiting)
    assert found.state == DONE
    assert (found.finished_at - found.started_at) < timedelta(minutes=1)


def test_a_file_that_is_given_up_is_deleted(browser, waiting):
    answer = browser.post(f"{waiting.path}/give-up", data=hidden(browser.get(waiting.path)))
    assert answer.status_code == 303
    carrying.drain()
    assert db.session.get(Import, waiting.id, populate_existing=True).state == CANCELLED
    assert list(uploads_folder().iterdir()) == []


def test_a_file_of_which_nobody_says_anything_is_given_up_after_a_month(waiting):
    with time_machine.travel(waiting.uploaded_at + timedelta(days=31)):
        with unit_of_work():
            sweep()
        carrying.drain()
    assert db.session.get(Import, waiting.id, populate_existing=True).state == CANCELLED
    assert list(uploads_folder().iterdir()) == []


def test_nobody_but_its_keepers_is_asked(client, waiting):
    sign_in(client, person("Other", handle="other"))
    assert client.get(waiting.path).status_code == 404
    assert client.get(f"{waiting.path}/columns").status_code == 404


# How rows are read.


def mapped(tmp_path, rows, **how) -> list:
    path = tmp_path / "t.csv"
    path.write_bytes(table(rows))
    source = open_source(path)
    width = len(rows[0])
    mapping = Mapping(platform=how.pop("platform", "web"), names=tuple(["x"] * width), **how)
    return list(MappedTable(mapping).read(source))


def posts(records) -> list[CapturedPost]:
    return [one for one in records if isinstance(one, CapturedPost)]


def test_e_mail_addresses_and_telephone_numbers_are_not_taken_for_names(tmp_path):
    rows = [["a@example.org", "One"], ["+44 7700 900123", "Two"], ["Ailsa", "Three"]]
    records = mapped(tmp_path, rows, columns={"author": 0, "text": 1}, header=0)
    assert [post.account_id for post in posts(records)] == ["", "", "handle:ailsa"]
    assert not [one for one in records if "example.org" in repr(getattr(one, "name", ""))]


def test_replies_are_threaded_by_address_and_by_id(tmp_path):
    rows = [["One", "https://x.com/a/status/77"], ["Two", "78"], ["Three", ""]]
    found = posts(mapped(tmp_path, rows, columns={"text": 0, "reply_to": 1}, header=0, platform="x"))
    assert [one.reply_to and one.reply_to.post_id for one in found] == ["77", "78", None]


def test_an_address_that_cannot_be_one_costs_no_row(kept, tmp_path):
    rows = [["One", "https://council.example:99999/news"], ["Two", "https://council.example/news"]]
    found = posts(mapped(tmp_path, rows, columns={"text": 0, "address": 1}, header=0))
    assert [one.text for one in found] == ["One", "Two"]
    path = tmp_path / "table.csv"
    path.write_bytes(table([["Words", "Address"], *rows]))
    assert kept.bring_in(path).state == ASKS


def test_rows_without_an_id_have_one_of_their_own_however_often_they_are_read(tmp_path):
    rows = [["2024-03-01", "One"], ["2024-03-01", "Two"], ["2024-03-02", "One"]]
    first, second = (
        [one.post_id for one in posts(mapped(tmp_path, rows, columns={"time": 0, "text": 1}, header=0))]
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 3


def test_a_time_that_cannot_be_read_is_kept_as_it_is_written(tmp_path):
    (post,) = posts(mapped(tmp_path, [["tomorrow-ish", "One"]], columns={"time": 0, "text": 1}, header=0))
    assert (post.posted_at, post.stated_at) == (None, "tomorrow-ish")


@pytest.mark.parametrize(
    ("said", "order", "iso"),
    [
        ("2024-03-16T09:05:00Z", "dmy", "2024-03-16T09:05+00:00"),
        ("2024-07-16 09:05", "dmy", "2024-07-16T08:05+00:00"),
        ("2024-03-16 09:05:01 UTC", "dmy", "2024-03-16T09:05:01+00:00"),
        ("3/4/24 9:05", "dmy", "2024-04-03T08:05+00:00"),
        ("3/4/24 9:05", "mdy", "2024-03-04T09:05+00:00"),
        ("16.03.2024, 09:05:59", "dmy", "2024-03-16T09:05:59+00:00"),
        ("3/16/2024, 9:05 PM", "mdy", "2024-03-16T21:05+00:00"),
        ("2024/3/16 12:05 am", "mdy", "2024-03-16T00:05+00:00"),
        ("16 March 2024 at 09:05", "dmy", "2024-03-16T09:05+00:00"),
        ("Mar 16, 2024, 9:05 AM", "dmy", "2024-03-16T09:05+00:00"),
        ("Sat Mar 16 09:05:00 +0000 2024", "dmy", "2024-03-16T09:05+00:00"),
        ("1710579900", "dmy", "2024-03-16T09:05+00:00"),
        ("1710579900000", "dmy", "2024-03-16T09:05+00:00"),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(said, order, iso):
    assert read_time(said, order, "Europe/London") == datetime.fromisoformat(iso)


@pytest.mark.parametrize(
    "said", ["", "31/02/2024", "99/99/99", "yesterday", "1" * 99, "2024-13-45", "٣/٤/٢٤ x"]
)
def test_what_is_no_time_is_none(said):
    assert read_time(said, "dmy", "UTC") is None


def test_the_order_of_dates_is_told_by_those_that_fit_only_one():
    assert guess_order(["3/4/24", "16/4/24"]) == "dmy"
    assert guess_order(["3/4/24", "4/16/24"]) == "mdy"
    assert guess_order(["2024/4/16"]) == "ymd"
    assert guess_order(["3/4/24"]) is None


# Real tables.


@pytest.mark.parametrize(("name", "number"), [("BarackObama", 3207), ("realDonaldTrump", 3232)])
def test_real_tables_are_understood_down_to_their_time_zone(name, number):
    path = beside(SAMPLES / "tweets-538") / f"{name}.csv"
    source = open_source(path)
    with pytest.raises(NeedsColumns):
        Reading(path)
    rows = table_rows(source)
    guess = suggest(rows)
    mapping = with_zone_of_numbers(rows, guess.mapping)
    assert (mapping.columns, mapping.platform, mapping.order) == (
        {"text": 1, "time": 0, "address": 2, "handle": 6},
        "x",
        "mdy",
    )
    assert mapping.zone == "UTC"
    assert preview(rows, mapping).true is None
    found = posts(MappedTable(mapping).read(source))
    raw = path.read_bytes()
    assert len(found) == number
    assert all(post.posted_at and post.source.raw in raw for post in found[::97])
