"""Excerpts show where the words stand, and nothing in them is ever markup but our own mark."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.search.highlight import EXCERPT, Highlighter
from hub.search.parsing import parse

from .naughty import naughty_strings


def _excerpt(query: str, text: str) -> str:
    return str(Highlighter(parse(query).wanted).excerpt(text)[0])


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("tweets", "A tweet & a <b>toot</b>.", "A <mark>tweet</mark> &amp; a &lt;b&gt;toot&lt;/b&gt;."),
        ("foisa", "the FOI(S)A request", "the <mark>FOI(S)A</mark> request"),
        ("FOI(S)A", "the FOISA request", "the <mark>FOISA</mark> request"),
        ("14.005.026", "at 14.005.026.", "at <mark>14.005.026</mark>."),
        ("@nls_archives", "by @nls_archives", "by <mark>@nls_archives</mark>"),
        ("cafe", "the Café", "the <mark>Café</mark>"),
        ("cafe", "the Cafe\u0301", "the <mark>Cafe\u0301</mark>"),
        ("éire", "Eire", "<mark>Eire</mark>"),
        ("reten*", "retention, not retreat", "<mark>retention</mark>, not retreat"),
        ("retenti*", "a retention rule", "a <mark>retention</mark> rule"),
        ("council", "the council’s, don’t", "the <mark>council’s</mark>, don’t"),
        ("email", "an e-mail", "an <mark>e-mail</mark>"),
        ("organise", "organizations", "<mark>organizations</mark>"),
        (
            '"records management"',
            "records, management",
            "<mark>records</mark>, <mark>management</mark>",
        ),
        ("-tweets letters", "tweets letters", "tweets <mark>letters</mark>"),
        ("記録", "東京都の記録", "東京都の<mark>記</mark><mark>録</mark>"),
    ],
)
def test_words_are_marked_as_they_are_written(query: str, text: str, shown: str) -> None:
    assert _excerpt(query, text) == shown


def test_the_excerpt_is_the_passage_with_most_of_the_words() -> None:
    filler = "some other words that do not matter " * 20
    text = f"{filler} tweets {filler} here we keep tweets and letters together {filler}"
    shown = _excerpt("tweets letters", text)
    assert "<mark>tweets</mark> and <mark>letters</mark>" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
    assert len(re.sub("</?mark>", "", shown)) <= EXCERPT + 4


def test_a_match_far_down_a_very_long_text_is_shown() -> None:
    assert "<mark>tweets</mark>" in _excerpt("tweets", "padding words " * 20_000 + " the tweets of a council")


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    assert _excerpt("tweets", "Nothing of the kind") == "Nothing of the kind"


def _is_ours(shown: str, text: str) -> None:
    """Without our marks and dots it is a piece of the text, escaped."""
    bare = re.sub("</?mark>", "", shown)
    assert "<" not in bare
    piece = html.unescape(bare)
    assert piece.removeprefix("… ").removesuffix(" …") in text or piece in text


@given(st.text(max_size=600), st.text(max_size=40))
def test_whatever_the_text_and_the_query(text: str, query: str) -> None:
    _is_ours(_excerpt(f"tweets {query}", text), text)


@given(st.text(alphabet="tweets <>&\"'e\u0301ſß-_.*@#", max_size=300))
def test_whatever_stands_around_a_match(text: str) -> None:
    _is_ours(_excerpt("tweets e @s", text), text)


def test_naughty_strings() -> None:
    for text in naughty_strings():
        _is_ours(_excerpt(f"tweets {text}", f"tweets {text}"), f"tweets {text}")
