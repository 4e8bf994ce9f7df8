"""The reader of CSV: the same cells as Python's own, with their exact bytes, wherever the window cuts."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.archive.sources import Broken, limits
from hub.archive.sources.csv_rows import (
    UTF_8,
    UTF_16_BE,
    UTF_16_LE,
    WINDOWS_1252,
    csv_rows,
    first_rows,
    header_row,
    look_at,
    settled,
)
from tests.archive.reading import SAMPLES, beside

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)


@pytest.fixture(autouse=True)
def small_window(monkeypatch):
    """A window of a few bytes cuts through everything that it can."""
    monkeypatch.setattr(limits, "CHUNK", 7)


def read(data: bytes):
    look = look_at(lambda: io.BytesIO(data))
    return look, list(csv_rows(io.BytesIO(data), look))


def written(table, delimiter=",", encoding="utf-8", line="\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line).writerows(table)
    return text.getvalue().encode(encoding)


@given(TABLES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\r\n", "\n"]))
@settings(deadline=None, max_examples=120)
def test_cells_are_those_that_were_written_and_bytes_are_exact(table, delimiter, line):
    head = ["created at", "text", "who, or what; or\twhom"]
    data = written([head, *table], delimiter, line=line)
    look, rows = read(data)
    if look.delimiter == delimiter:  # a few odd cells can be split in more than one way
        assert [row.cells for row in rows] == [head, *table]
    assert all(row.raw in data for row in rows)


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", UTF_8),
        ("utf-8", b"\xef\xbb\xbf", UTF_8),
        ("utf-16-le", b"\xff\xfe", UTF_16_LE),
        ("utf-16-be", b"\xfe\xff", UTF_16_BE),
        ("utf-16-le", b"", UTF_16_LE),
        ("cp1252", b"", WINDOWS_1252),
    ],
)
def test_each_encoding_is_told_from_the_bytes(encoding, mark, found):
    table = [["date", "text"], ["2024-03-01", "A café’s “menu”,\nat £5"]] * 3
    data = mark + written(table, encoding=encoding)
    look, rows = read(data)
    assert look.encoding == found
    assert [row.cells for row in rows] == table
    assert all(row.raw in data for row in rows)


def test_pairs_of_utf_16_are_whole_wherever_the_window_cuts_them():
    for before in range(8):
        table = [["text", "x"], ["y" * before + "😀😀", "z"]]
        assert read(b"\xff\xfe" + written(table, encoding="utf-16-le"))[1][1].cells == table[1]


def test_one_byte_late_in_the_file_makes_it_windows_1252():
    data = written([["text", "n"], *[["plain", "1"]] * 50]) + b"caf\xe9,2\r\n"
    look, rows = read(data)
    assert (look.encoding, rows[-1].cells) == (WINDOWS_1252, ["café", "2"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_makes_even_rows(delimiter):
    table = [["date", "text", "user"], ["1", "one, two; three", "a"], ["2", "four, five", "b"]]
    assert read(written(table, delimiter))[0].delimiter == delimiter


def test_excels_own_first_line_names_the_delimiter_and_is_no_record():
    look, rows = read(b"sep=;\r\na;b\r\n1,2;3\r\n")
    assert (look.delimiter, [row.cells for row in rows]) == (";", [["a", "b"], ["1,2", "3"]])


def test_blank_lines_are_no_records_and_short_and_long_rows_are_as_they_are():
    _, rows = read(b"a,b,c\n\n1,2\n\r\n1,2,3,4\n1,2,3")
    assert [row.cells for row in rows] == [["a", "b", "c"], ["1", "2"], ["1", "2", "3", "4"], ["1", "2", "3"]]
    assert [row.number for row in rows] == [1, 2, 3, 4]


def test_quotes_within_a_field_are_themselves():
    _, rows = read(b'a,b\nsay "hello",2\n"x" y,3\n"",4\n')
    assert [row.cells for row in rows][1:] == [['say "hello"', "2"], ["x y", "3"], ["", "4"]]


def test_a_header_is_found_behind_a_preamble():
    data = b'Notes:\n"When exporting, ""some"" things differ."\n\nDate,Link,Message\n1,2,3\n'
    header = header_row(first_rows(lambda: io.BytesIO(data)), ["date", "message"])
    assert header.cells == ["Date", "Link", "Message"]


def test_quotes_escaped_by_a_backslash_are_read_where_that_makes_the_rows_even():
    data = b'a,b\n1,"I say \\"well, no\\" twice"\n2,"C:\\temp"\n'
    settling = settled(lambda: io.BytesIO(data), look_at(lambda: io.BytesIO(data)), 2)
    with pytest.raises(StopIteration) as ended:
        next(settling)
    look, count = ended.value.value
    rows = list(csv_rows(io.BytesIO(data), look))
    assert count == 3
    assert [row.cells[1] for row in rows[1:]] == ['I say "well, no" twice', "C:\\temp"]


def test_a_quote_that_is_never_closed_is_an_error_after_what_came_before():
    data = b'a,b\n1,2\n3,"never closed\n5,6\n'
    look = look_at(lambda: io.BytesIO(data))
    rows = csv_rows(io.BytesIO(data), look)
    assert [next(rows).cells, next(rows).cells] == [["a", "b"], ["1", "2"]]
    with pytest.raises(Broken, match="cut_short"):
        next(rows)


def test_a_field_larger_than_we_read_is_an_error(monkeypatch):
    monkeypatch.setattr(limits, "MAX_VALUE", 1_000)
    with pytest.raises(Broken, match="value_too_large"):
        read(b"a,b\n1,2\n" + b'"' + b"x" * 10_000 + b'",2\n')


def test_a_line_of_nothing_but_delimiters_is_an_error():
    with pytest.raises(Broken, match="value_too_large"):
        read(b"a,b\n1,2\n" + b"," * 100_000)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b'"', b"\xff\xfe\x00", b"\x00" * 99, b"\xff" * 99, b"\x00\x01\x02\x03" * 40]
)
def test_what_is_no_table_never_surprises(data):
    assert isinstance(first_rows(lambda: io.BytesIO(data)), list)


def test_real_tables_give_the_cells_that_pythons_own_reader_gives(monkeypatch):
    monkeypatch.setattr(limits, "CHUNK", 256 * limits.KB)
    folder = beside(SAMPLES)
    for path in [*sorted((folder / "tweets-538").iterdir()), *sorted((folder / "linkedin").iterdir())]:
        data = path.read_bytes()
        look, rows = read(data)
        theirs = [
            row for row in csv.reader(io.StringIO(data.decode(look.encoding, "replace"), newline="")) if row
        ]
        assert [row.cells for row in rows] == theirs
        assert all(row.raw in data for row in rows[:200])
