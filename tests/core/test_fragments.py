"""Rendered pieces are kept by version, within bounds, and never across databases."""

from hub.core.fragments import Fragments


def test_what_is_kept_is_made_once():
    made = []
    store = Fragments()
    for _ in range(3):
        assert store.get("key", lambda: made.append(1) or "piece", len) == "piece"
    assert made == [1]


def test_what_is_not_asked_for_longest_goes_first():
    made = []
    store = Fragments(most_bytes=80)

    def get(key):
        return store.get(key, lambda: made.append(key) or "x" * 10, len)

    for key in "abcdefgh":
        get(key)
    get("a")
    get("i")  # b goes
    get("a")
    get("b")
    assert made == [*"abcdefgh", "i", "b"]


def test_one_giant_drives_nothing_out():
    made = []
    store = Fragments(most_bytes=80)
    store.get("small", lambda: made.append("small") or "x", len)
    store.get("giant", lambda: "x" * 1000, len)
    store.get("small", lambda: made.append("small") or "x", len)
    assert made == ["small"]
