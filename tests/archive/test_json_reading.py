"""The reader of JSON: the same values as Python's own, with their exact bytes, wherever the window cuts."""

import io
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.archive.sources import Broken, limits
from hub.archive.sources.json_spans import PART, parts_of, scan
from hub.archive.sources.json_stream import Row, array_rows, checked_rows, line_rows, stream_rows
from tests.archive.reading import CORPORA, beside

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def small_window(monkeypatch):
    """A window of a few bytes cuts through everything that it can."""
    monkeypatch.setattr(limits, "CHUNK", 7)


@given(st.lists(VALUES, max_size=6), st.booleans())
@settings(deadline=None, max_examples=60)
def test_an_arrays_rows_are_its_values_with_their_exact_bytes(values, ascii_only):
    data = json.dumps(values, ensure_ascii=ascii_only, indent=1).encode("utf-8", "surrogatepass")
    if not ascii_only and b"\xed" in data:
        return
    rows = list(array_rows(io.BytesIO(data)))
    assert [row.value for row in rows] == values
    assert all(row.raw in data and json.loads(row.raw) == row.value for row in rows)
    assert list(checked_rows(io.BytesIO(data))) == [row.number for row in rows]


@given(st.lists(VALUES, max_size=6))
@settings(deadline=None, max_examples=60)
def test_values_one_after_another_are_read(values):
    assume(not values or not isinstance(values[0], list))  # a file that begins with an array is its rows
    data = "\n".join(json.dumps(value) for value in values).encode()
    assert [row.value for row in stream_rows(io.BytesIO(data))] == values
    assert [row.value for row in line_rows(io.BytesIO(data))] == values


@pytest.mark.parametrize("number", ["10.5", "1e5", "1.5E+10", "-0.25", "12345678.125e-3"])
@pytest.mark.parametrize("before", range(8))
def test_a_number_is_whole_wherever_the_window_cuts_it(number, before):
    data = f"{' ' * before}null {number} null".encode()
    assert [row.raw for row in stream_rows(io.BytesIO(data))] == [b"null", number.encode(), b"null"]


@given(st.dictionaries(st.text(), VALUES, max_size=3), st.lists(VALUES, max_size=4))
@settings(deadline=None, max_examples=60)
def test_the_parts_of_a_page_are_found_with_their_exact_bytes(rest, parts):
    text = json.dumps(rest | {"data": parts, "includes": {"users": parts, "x": 1}}, indent=2)
    page, end = scan(text, 0, {"data": PART, "includes": {"users": PART}})
    assert end == len(text)
    for place in (page["data"], page["includes"]["users"]):
        found = list(parts_of(place))
        assert [part.value for part in found] == parts
        assert all(json.loads(part.raw) == part.value for part in found)
    assert {key: page[key] for key in rest if key not in ("data", "includes")} == {
        key: value for key, value in rest.items() if key not in ("data", "includes")
    }


def test_a_value_larger_than_we_read_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_VALUE", 1_000)
    with pytest.raises(Broken, match="value_too_large"):
        list(array_rows(io.BytesIO(b'["' + b"x" * 10_000 + b'"]')))
    long, short = list(line_rows(io.BytesIO(b'"' + b"x" * 10_000 + b'"\n"short"')))
    assert isinstance(long, Broken)
    assert short.value == "short"


def test_a_corpus_of_good_bad_and_doubtful_json_never_surprises():
    for path in sorted(beside(CORPORA / "jsontestsuite" / "test_parsing").iterdir()):
        data = path.read_bytes()
        good = _values(data)
        if path.name.startswith("y_"):
            assert good, path.name
        if path.name.startswith("n_"):
            assert not good, path.name
        _lines(data)
        assert _told(array_rows, data) == _told(checked_rows, data), path.name


def _told(read, data: bytes) -> tuple[int, str]:
    """How many elements there are in the one array that the data are, and what is wrong with it."""
    count = 0
    try:
        for _ in read(io.BytesIO(data)):
            count += 1
    except Broken as error:
        return count, f"{error.reason} {error.row}"
    return count, ""


def _values(data: bytes) -> bool:
    """Whether the data are one JSON value."""
    try:
        return len(list(stream_rows(io.BytesIO(data)))) == 1
    except Broken:
        return False


def _lines(data: bytes) -> None:
    for row in line_rows(io.BytesIO(data)):
        assert isinstance(row, Row | Broken)
