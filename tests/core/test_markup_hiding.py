"""Words quoted from a withdrawn post leave the rendered text, all of them, and nothing else does."""

import re

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.core.markup import own_words, quote, render
from hub.core.markup.hiding import without_words_of
from tests.patience import does_not_hang

SECRET = "Jeansmith"
GONE = "The quoted post was withdrawn."


def hide(source: str, *positions: int) -> str:
    html = render(source, withdrawn=lambda: set(positions), instead=GONE)
    html5lib.HTMLParser(strict=True).parseFragment(html)
    return html


def test_a_quote_of_a_withdrawn_post_says_so_and_leads_to_its_place():
    html = hide(quote("ann", 3, f"Ask {SECRET}.") + "I agree.", 3)
    assert html == (
        '<figure class="quote"><figcaption><a href="?post=3#post-3">#3</a></figcaption>'
        f"<p>{GONE}</p></figure>\n<p>I agree.</p>"
    )


def test_quotes_of_other_posts_stay():
    html = hide(quote("ann", 3, SECRET) + quote("bob", 33, "Thirty-three.") + quote("cat", 4, "Four."), 3)
    assert SECRET not in html and "Thirty-three." in html and "Four." in html
    assert render(quote("ann", 3, SECRET)) == render(quote("ann", 3, SECRET), withdrawn=lambda: {4, 30})


def test_a_quote_in_a_quote_goes_alone_or_with_the_outer():
    source = f"> **@bob** wrote in #4:\n>\n> > **@ann** wrote in #3:\n> > {SECRET}\n>\n> Bob's own.\n\nMine."
    inner, outer = hide(source, 3), hide(source, 4)
    assert SECRET not in inner and "Bob's own." in inner and "Mine." in inner
    assert SECRET not in outer and "Bob's own." not in outer and "Mine." in outer


def test_what_was_written_by_hand_without_naming_a_post_stays():
    source = f"> {SECRET} said so.\n\nSee #3, where @ann wrote it.\n\n```\n> @ann said {SECRET}\n```"
    assert hide(source, 3) == render(source)


def test_footnotes_of_the_quote_go_with_it_and_mine_stay():
    source = quote("ann", 3, f"Asked[^1] and [^2].\n\n[^1]: {SECRET}\n    again {SECRET}\n\n[^2]: {SECRET}")
    html = hide(source + "Mine[^1].\n\n[^1]: My own note", 3)
    assert SECRET not in html and "My own note" in html


@pytest.mark.parametrize(
    "source",
    [
        f"> **@ann** wrote in #3:\n> {SECRET}\n{SECRET} goes on lazily\n\nmine",
        f"- a point\n\n    > **@ann** wrote in #3:\n    > {SECRET}\n\n- mine",
        f"1. > @ann wrote in #3\n   > {SECRET}\n\nmine",
        f">> @ann wrote in #3:\n>> {SECRET}\n\nmine",
        f"> [@ann](/people/ann) wrote in #3:\n>\n> {SECRET}\n\nmine",
        f">@ann sgrìobh ann an #3\n>\n>\n> {SECRET}\n\n> {SECRET}\n\nmine",
        f"> **@ann** wrote in #3:\n>\n> ```\n> {SECRET}\n> ```\n>\n> | {SECRET} | b |\n> |--|--|\n\nmine",
        f"> _**@ann**_ wrote in #3:\n> > **@bob** wrote in #4:\n> > {SECRET}\n\nmine",
    ],
)
def test_however_the_quote_was_typed(source):
    assert SECRET in render(source)
    html = hide(source, 3)
    assert SECRET not in html and GONE in html and "mine" in html


def test_a_text_that_is_shown_as_it_was_typed_hides_them_too():
    source = quote("ann", 3, SECRET) + "mine\n\n" + "[^x] " * 500
    assert render(source).startswith("<pre") and SECRET in render(source)
    html = hide(source, 3)
    assert html.startswith("<pre") and SECRET not in html and GONE in html and "mine" in html


PIECES = st.sampled_from(
    [
        *(SECRET, f"**{SECRET}**", f"[^1] {SECRET}", f"[^1]: {SECRET}", f"    {SECRET}", f"# {SECRET}"),
        *(f"- {SECRET}", f"1. {SECRET}", f"| {SECRET} | b |", "|---|---|", "```", "~~~~", f"> {SECRET}"),
        *(
            "",
            " ",
            "---",
            "<div>",
            f"@ann wrote in #4: {SECRET}",
            f"![{SECRET}](x)",
            f"[{SECRET}](/{SECRET})",
        ),
        *(
            f"@bob said in #5:\n{SECRET}",
            f"  - [ ] {SECRET}",
            f"`{SECRET}",
            "***",
            "\t",
            "====",
            f"{SECRET}  ",
        ),
    ]
)


@settings(max_examples=150, deadline=None)
@example(quoted=[f"@bob said in #5:\n{SECRET}", "***", f"@bob said in #5:\n{SECRET}"], before=[])
@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=4))
def test_whatever_was_quoted_not_a_word_of_it_is_left(quoted, before):
    before = [piece.replace(SECRET, "Kept") for piece in before]
    if any(piece.lstrip().startswith(("`", "~")) for piece in before):
        before = []  # an open fence makes the quote its own code
    source = "\n".join(before) + "\n\n" + quote("ann", 3, "\n".join(quoted)) + "My own words."
    html = hide(source, 3)
    assert SECRET not in html
    assert "My own words." in html


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="> @#-*\n1ab`[^]:|", max_size=200))
def test_hiding_what_is_not_quoted_changes_nothing(source):
    assert without_words_of(source, {999}, GONE) == source


def test_a_long_line_of_marks_takes_no_time():
    for line in (
        ">" * 50_000,
        "- " * 25_000 + ">",
        "> " * 25_000 + "@",
        "> @" + "a" * 50_000,
        ">" + "_" * 50_000,
    ):
        with does_not_hang():
            without_words_of(f"{line}\n" * 3 + "> @ann wrote in #3:\n> x", {3}, GONE)


def test_own_words_leave_out_quotes_in_quotes():
    html = render("> **@bob** wrote in #4:\n>\n> > **@ann** wrote in #3:\n> > three\n>\n> four\n\nmine")
    assert own_words(html) == "mine"
    assert re.sub(r"\s+", " ", own_words(hide(quote("ann", 3, SECRET), 3))) == f"#3 {GONE}"
