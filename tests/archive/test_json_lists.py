"""Rows of lists within objects: found by their path, with their exact bytes, in bounded memory."""

import io
import json
import tracemalloc

import pytest

from hub.archive.sources.json_lists import list_rows, member_rows
from hub.archive.sources.json_stream import Broken

MB = 1024**2


def rows(data: bytes, *paths, objects=()):
    wanted = list_rows(io.BytesIO(data), lambda path: path in paths, lambda path: path in objects)
    return [(path, row.value, row.raw, row.number) for path, row in wanted]


def test_only_the_lists_that_are_wanted_are_given_with_their_exact_bytes():
    data = b'{"a": {"b": [ {"x":1}, [2] ], "c": [9]}, "d": {"b": [7]}, "e": 1.50, "b": [3]}'
    assert rows(data, ("a", "b"), ("b",)) == [
        (("a", "b"), {"x": 1}, b'{"x":1}', 1),
        (("a", "b"), [2], b"[2]", 2),
        (("b",), 3, b"3", 3),
    ]


def test_an_object_can_be_wanted_whole():
    assert rows(b'{"a": {"b": {"c": 1}}}', objects={("a", "b")}) == [(("a", "b"), {"c": 1}, b'{"c": 1}', 1)]


def test_a_list_that_is_the_whole_file_has_no_path():
    assert [row[1] for row in rows(b" [1, 2]\n", ())] == [1, 2]


def test_what_stands_beside_the_rows_is_told_its_own_object_first():
    data = (
        b'{"id": 1, "first": {"id": 2, "items": [{"a": 1}], "x": {"items": [9]}}, '
        b'"more": [1, 2], "items": [3]}'
    )
    head = {}
    rows = list(member_rows(io.BytesIO(data), {"items"}, {"first"}, head))
    assert [(row.value, row.number) for row in rows] == [({"a": 1}, 1), (3, 2)]
    assert head == {"id": 1, "x": {"items": [9]}, "more": [1, 2]}
    with pytest.raises(Broken):
        list(member_rows(io.BytesIO(b"[1]"), {"items"}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut_short"),
        (b'{"a": [1', "cut_short"),
        (b'{"a": [1,', "not_json"),
        (b'{"a" [1]}', "not_json"),
        (b'{"a":', "not_json"),
        (b"{1: [1]}", "not_json"),
        (b'{"a": [1]} x', "not_json"),
        (b'{"a": [1],}', "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        ('{"a": [1]}'.encode("utf-16"), "encoding"),
    ],
)
def test_damage_is_told_with_its_reason(data, reason):
    with pytest.raises(Broken) as broken:
        rows(data, ("a",))
    assert broken.value.reason == reason


def test_what_nobody_asks_for_is_passed_over_in_bounded_memory():
    watched = {"Date": "2024-01-01 00:00:00", "Link": "https://www.tiktokv.com/share/video/7/" * 40}
    data = b'{"watched": [' + b",".join([json.dumps(watched).encode()] * 22_000) + b'], "said": [1]}'
    tracemalloc.start()
    found = rows(data, ("said",))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row[1] for row in found] == [1]
    assert (len(data) > 30 * MB, peak < 8 * MB) == (True, True)
