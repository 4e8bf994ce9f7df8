"""Schedules: read from spreadsheets as they are laid out, looked at before they count, and replaced."""

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from hub.archive.models import Collection
from hub.archive.retention import due, reviewing, schedules
from hub.archive.retention.periods import Period, read_action, read_period
from hub.archive.retention.reading import guess_columns, read
from hub.archive.retention.schedule_models import (
    DISPOSE,
    FINANCIAL_YEAR,
    GIVEN,
    GONE,
    KEEP,
    KEPT,
    POSTED,
    REVIEW,
    TRANSFER,
    YEAR,
    Schedule,
    ScheduleEntry,
)
from hub.archive.retention.spreadsheets import MOST_ROWS, rows_of
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.archive.conftest import count
from tests.archive.test_pages import text
from tests.factories.people import person, sign_in

# The layout of councils' schedules: a title, the headings, a function and an activity above their classes.
ROWS = [
    ["Records retention schedule", "", "", "", "", ""],
    ["Reference", "Record title", "Trigger", "Retention period", "Action", "Authority"],
    ["14", "INFORMATION MANAGEMENT"],
    ["14.005", "Communications"],
    ["14.005.026", "Social media posts", "Date of creation", "6 years", "Destroy", "Prescription Act 1973"],
    ["14.005.027", "Campaign records", "Closure of record", "+ 3 years", "Review", ""],
    ["14.005.028", "Provost's speeches", "", "Permanent", "Transfer to archive", ""],
    ["14.006", "Web"],
    ["14.006.001", "Web pages", "Until superseded", "", "Destroy", ""],
    ["14.006.002", "Counters of visits", "Current financial year", "2 years", "Dispose", ""],
    ["14.006.003", "Odd ones", "When the moon is full", "a while", "", ""],
    ["14.006.001", "Web pages once more", "Date created", "1 year", "Destroy", ""],
]


def sheet(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def as_csv(rows, separator=",") -> bytes:
    return "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows).encode("utf-8-sig")


# Words.


@pytest.mark.parametrize(
    ("trigger", "period", "wanted"),
    [
        ("Closure of record", "6 years", Period(GIVEN, 72)),
        ("Closure of record + 6 years", "", Period(GIVEN, 72)),
        ("Date of creation", "3 years", Period(POSTED, 36)),
        ("Date posted", "18 months", Period(POSTED, 18)),
        ("", "Seven years", Period(POSTED, 84)),
        ("", "1 year and 6 months", Period(POSTED, 18)),
        ("Current year", "+ 6", Period(YEAR, 72)),
        ("End of the financial year", "6 yrs", Period(FINANCIAL_YEAR, 72)),
        ("Date captured", "2 years", Period(KEPT, 24)),
        ("Deleted on the platform", "1 year", Period(GONE, 12)),
        ("", "Until superseded", Period(GIVEN, 0)),
        ("Last action", "6 calendar years", Period(GIVEN, 72)),
        ("", "Permanent", Period(POSTED, None, permanent=True)),
        ("Retain indefinitely", "", Period(POSTED, None, permanent=True)),
        ("Date of record", "90 days", Period(POSTED, 3)),
        ("Date created", "5", Period(POSTED, 60)),
    ],
)
def test_a_period_is_understood_as_people_write_it(trigger, period, wanted):
    assert read_period(trigger, period) == wanted


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("Twenty-five years", 300),
        ("thirty five years", 420),
        ("one hundred years", 1200),
        ("two hundred years", 2400),
        ("seventeen years", 204),
        ("6 - 10 years", 120),
        ("6-10 years", 120),
        ("seventy-five years", 900),
        ("18 months", 18),
        ("1 year 6 months", 18),
    ],
)
def test_no_number_is_read_by_its_end_alone(words, months):
    """Twenty-five years read as five would have it destroyed twenty years too soon."""
    found = read_period("", words)
    assert found is not None and found.months == months


@pytest.mark.parametrize(
    "words",
    ["a while", "see note 3", "as needed", "900 years", "", "2.5 years", "1,000 years", "1000 years",
     "10,000 days", "one hundred and fifty years", "1.5 weeks", "twelvety-five years"],
)  # fmt: skip
def test_what_says_no_time_is_not_guessed_at(words):
    assert read_period("", words) is None


def test_what_happens_then_is_understood_and_nothing_said_is_a_review():
    some = Period(POSTED, 12)
    for words, wanted in (
        ("Destroy", DISPOSE),
        ("Secure disposal", DISPOSE),
        ("Review", REVIEW),
        ("Transfer to Archive", TRANSFER),
        ("Preserve", KEEP),
        ("Retain for six years then destroy", DISPOSE),
        ("Keep, then review", REVIEW),
        ("Review, then destroy", REVIEW),
        ("", REVIEW),
    ):
        assert read_action(words, some) == wanted
    assert read_action("", Period(POSTED, None, permanent=True)) == KEEP


# Files.


def test_columns_are_found_by_their_headings_wherever_these_stand():
    columns, head = guess_columns(ROWS)
    assert head == 1
    assert columns == {"reference": 0, "title": 1, "trigger": 2, "period": 3, "action": 4, "authority": 5}


def test_the_records_are_what_it_is_about_not_the_activity_that_they_come_from():
    columns, _head = guess_columns(
        [["Ref", "Function", "Activity", "Records", "Trigger", "Retention", "Action"]]
    )
    assert (columns["reference"], columns["title"]) == (0, 3)
    columns, _head = guess_columns([["Ref", "Activity", "Retention", "Action"]])
    assert columns["title"] == 1


FILES = {"xlsx": sheet(ROWS), "csv": as_csv(ROWS), "semicolons": as_csv(ROWS, ";")}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_entries_are_read_with_the_headings_above_them(data):
    rows = rows_of(data)
    reading = read(rows, *guess_columns(rows))
    assert [one.reference for one in reading.entries] == [
        "14.005.026", "14.005.027", "14.005.028", "14.006.001", "14.006.002",
    ]  # fmt: skip
    first = reading.entries[0]
    assert first.section == "14 INFORMATION MANAGEMENT / 14.005 Communications"
    assert first.title == "Social media posts"
    assert (first.starts, first.months, first.action) == (POSTED, 72, DISPOSE)
    assert first.authority == "Prescription Act 1973"
    assert reading.entries[3].section == "14 INFORMATION MANAGEMENT / 14.006 Web"


def test_what_is_not_read_is_told_with_its_reason():
    reading = read(ROWS, *guess_columns(ROWS))
    told = {number: reason for number, reason, _what in reading.left_out}
    assert "no period" in told[11]
    assert "twice" in told[12]
    assert len(told) == 2


def test_a_class_without_a_period_is_not_taken_for_a_heading():
    rows = [*ROWS[:6], ["14.005.030", "Without a period"], [], ["14.005.031", "Neither"], *ROWS[7:9]]
    reading = read(rows, *guess_columns(rows))
    assert [(number, "no period" in reason) for number, reason, _what in reading.left_out] == [
        (7, True),
        (9, True),
    ]
    assert reading.headings == 3
    assert reading.entries[-1].section == "14 INFORMATION MANAGEMENT / 14.006 Web"


def test_rows_are_told_by_the_numbers_that_the_spreadsheet_shows():
    rows = rows_of(sheet([ROWS[0], [], *ROWS[1:]]))
    told = {number for number, _reason, _what in read(rows, *guess_columns(rows)).left_out}
    assert told == {12, 13}


def test_a_reference_names_one_class_of_a_collection(kept):
    load(kept, name="Ours")
    with pytest.raises(Refused, match=r"14\.005\.026.*“Ours”"):
        load(kept, name="Another")
    assert count(Schedule) == 1
    load(kept, name="Ours")
    assert count(Schedule) == 2


def test_a_file_that_is_no_spreadsheet_is_refused_in_words():
    for data in (b"PK\x03\x04 broken", b"\x89PNG\r\n\x1a\n\x00\x00", b"", b"\n\n", b"x" * 10_000_001):
        with pytest.raises(Refused):
            rows_of(data)
    with pytest.raises(Refused, match="20,000"):
        rows_of("\n".join(["a,b"] * (MOST_ROWS + 1)).encode())


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused():
    import zipfile

    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(5):
            zipped.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 50_000_000)
    with pytest.raises(Refused, match="too large"):
        rows_of(kept.getvalue())


# Loaded.


def load(kept, rows=ROWS, version="2024", name="SCARRS"):
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        draft = schedules.begin_draft(
            collection, name, version=version, file_name="scarrs.xlsx", data=sheet(rows)
        )
        return schedules.load_draft(kept.actor, draft)


def test_nothing_counts_before_a_keeper_has_seen_what_is_read(browser, kept):
    page = f"{kept.collection.path}/schedules/load"
    sent = {"name": "SCARRS", "version": "2024", "file": (io.BytesIO(sheet(ROWS)), "s.xlsx")}
    answer = browser.submit(page, sent)
    assert answer.status_code == 303
    shown = text(browser.get(answer.location))
    assert "5 entries are read" in shown
    assert "2 rows are not read" in shown
    assert "6 years from the day it was posted" in shown
    assert count(ScheduleEntry) == 0
    loaded = browser.submit(answer.location, {}, button="Load these 5 entries")
    assert loaded.status_code == 303
    assert count(ScheduleEntry) == 5
    assert "14.005.026" in text(browser.get(loaded.location))
    assert "14.005.026" not in text(browser.get(loaded.location + "?q=counters"))


def test_a_keeper_says_which_column_holds_what(browser, kept):
    rows = [["A", "B", "C"], ["Posts", "X1", "4 years"], ["Replies", "X2", "forever"]]
    page = f"{kept.collection.path}/schedules/load"
    made = browser.submit(page, {"name": "Ours", "file": (io.BytesIO(as_csv(rows)), "s.csv")})
    assert "No entry could be read" in text(browser.get(made.location))
    again = browser.submit(made.location, {"reference": "1", "title": "0", "period": "2", "head": "0"})
    assert "2 entries are read" in text(browser.get(again.location))


def test_a_new_version_takes_the_place_of_the_old_and_shows_what_changed(browser, kept):
    first = load(kept)
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        reviewing.set_class(kept.actor, collection, "14.005.026", None, None)
    rows = [row for row in ROWS if row[0] != "14.005.027"]
    rows[4] = ["14.005.026", "Social media posts", "Date of creation", "3 years", "Destroy", "Policy 7"]
    rows.append(["14.006.009", "New ones", "Date created", "1 year", "Destroy", ""])
    second = load(kept, rows, "2025")
    db.session.rollback()
    assert db.session.get(Schedule, first.id, populate_existing=True).superseded_at is not None
    assert {(one.reference, one.before is None, one.after is None) for one in schedules.changes(second)} == {
        ("14.005.026", False, False),
        ("14.005.027", False, True),
        ("14.006.009", True, False),
    }
    collection = db.session.get_one(Collection, kept.collection.id, populate_existing=True)
    assert due.uses(collection)[0].entry.months == 36
    assert "Policy 7" in text(browser.get(second.path))
    assert "A newer version took its place" in text(browser.get(first.path))


def test_an_entry_is_typed_in(browser, kept):
    page = f"{kept.collection.path}/schedules/entries/new"
    entry = {
        "schedule": "Our own", "reference": "SM1", "title": "Posts", "starts": "posted",
        "years": "2", "months": "6", "action": "dispose", "authority": "Policy 7",
    }  # fmt: skip
    assert browser.submit(page, entry).status_code == 303
    made = db.session.scalars(select(ScheduleEntry)).one()
    assert (made.reference, made.months, made.schedule.name) == ("SM1", 30, "Our own")
    assert browser.submit(page, entry).status_code == 422
    assert count(ScheduleEntry) == 1


def test_schedules_are_seen_by_keepers_alone(client, kept):
    made = load(kept)
    sign_in(client, person())
    for path in (made.path, f"{kept.collection.path}/retention", f"{kept.collection.path}/schedules/load"):
        assert client.get(path).status_code == 404
