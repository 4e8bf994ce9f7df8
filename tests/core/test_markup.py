"""What people write is shown as they meant it, safely, and fits the page that it is on."""

import html5lib
import pytest

from hub.core.markup import excerpt, headings, plain_text, quote, render, tidy


def known(**people):
    """A resolver that knows these handles."""
    return lambda handles: {handle: people[handle] for handle in handles if handle in people}


class TestWritingAsPeopleDo:
    def test_line_breaks_stay(self):
        assert render("one\ntwo") == "<p>one<br>\ntwo</p>"

    def test_a_list_needs_no_blank_line_before_it(self):
        assert render("You need:\n- a schedule\n- an owner").count("<li>") == 2

    def test_two_spaces_nest_a_list(self):
        assert render("- a\n  - b").count("<ul>") == 2

    def test_a_year_at_the_start_of_a_line_is_not_a_list(self):
        assert "<ol" not in render("It was in the year\n1984. A good one.")

    def test_a_hashtag_is_not_a_heading(self):
        assert render("#foi is busy") == "<p>#foi is busy</p>"

    def test_indented_text_is_not_code(self):
        assert "<code" not in render("Dear all,\n\n    an indented line")

    def test_tables_say_which_cells_are_heads_and_can_be_scrolled_by_keyboard(self):
        html = render("| Record | Years |\n|---|--:|\n| Minutes | 6 |")
        assert '<div class="table-responsive" tabindex="0"><table>' in html
        assert '<th class="text-end" scope="col">Years</th>' in html
        assert "style=" not in html

    def test_tasks_are_boxes_made_of_text(self):
        html = render("- [x] told the owner\n- [ ] disposed")
        assert '<span class="task task-done">☑</span> told the owner' in html
        assert '<span class="task">☐</span> disposed' in html

    def test_fenced_code_is_shown_as_it_is(self):
        assert render("```sql\nselect '<b>'\n```") == (
            "<pre tabindex=\"0\"><code>select '&lt;b&gt;'</code></pre>"
        )

    def test_struck_out_text(self):
        assert render("~~five~~ six") == "<p><del>five</del> six</p>"

    def test_notes_lead_there_and_back(self):
        html = render("Six years.[^1]\n\n[^1]: Prescription Act.", anchors="post-3")
        assert 'href="#post-3-fn-1"' in html and 'id="post-3-fn-1"' in html
        assert 'href="#post-3-fnref-1"' in html and 'id="post-3-fnref-1"' in html


class TestNothingIsLost:
    def test_raw_html_is_shown_as_the_text_it_is(self):
        assert render("<div>hello</div>") == "<p>&lt;div&gt;hello&lt;/div&gt;</p>"

    def test_a_line_that_looks_like_a_definition_stays(self):
        assert "[policy]: see the shelf" in render("[policy]: see the shelf")

    def test_an_empty_text_is_empty(self):
        assert render(" \n") == ""

    @pytest.mark.parametrize("source", ["[" * 5000, ">" * 500 + "deep", "[^1] " * 3000, "```\n" * 20_000])
    def test_a_text_that_takes_too_much_work_is_shown_as_typed(self, source):
        html = render(source)
        assert html.startswith('<pre class="as-typed"')
        assert plain_text(html) == source.strip()

    def test_what_no_database_keeps_is_marked(self):
        assert tidy("a\x00b\ud800c\r\nd\re") == "a\ufffdb\ufffdc\nd\ne"


class TestHeadings:
    def test_they_start_below_the_headings_of_the_page(self):
        assert render("# One") == '<h3 id="text-one">One</h3>'
        assert render("# One", top_heading=2) == '<h2 id="text-one">One</h2>'

    def test_they_never_skip_a_level(self):
        html = render("#### Deep\n\n# High\n\n###### Deepest\n\n## Back", top_heading=2)
        assert [heading.level for heading in headings(html)] == [2, 2, 3, 3]

    def test_anchors_are_unique_and_cannot_meet_those_of_the_page(self):
        html = render("# Main\n\n# Main\n\n# ***", anchors="post-7")
        assert [heading.anchor for heading in headings(html)] == [
            "post-7-main",
            "post-7-main-2",
            "post-7-section",
        ]

    def test_a_table_of_contents_can_be_made(self):
        (heading,) = headings(render("## How *long*?"))
        assert (heading.words, heading.anchor) == ("How long?", "text-how-long")


class TestLinksAndPictures:
    def test_addresses_become_links(self):
        assert '<a href="https://example.org/a_b_c"' in render("see https://example.org/a_b_c.")

    def test_links_out_of_the_hub_are_marked_so(self):
        assert 'rel="nofollow ugc noopener"' in render("[x](https://example.org)")
        assert 'rel="nofollow ugc noopener"' in render("[x](//example.org)")
        assert "rel=" not in render("[x](/groups/rims)")

    def test_a_link_that_is_no_address_is_only_its_words(self):
        assert render("[click](javascript:alert)") == "<p>click</p>"

    def test_pictures_come_from_the_hub_only(self):
        assert '<img alt="A plan" src="/files/abc"' in render("![A plan](/files/abc)")

    def test_a_picture_elsewhere_becomes_a_link_so_that_reading_asks_no_other_host(self):
        html = render("![A plan](https://example.org/plan.png) and [![x](//example.org/y.png)](/here)")
        assert "<img" not in html
        assert '<a href="https://example.org/plan.png" rel="nofollow ugc noopener">A plan</a>' in html


class TestMentions:
    def test_a_person_the_hub_knows_is_linked(self):
        html = render("Thanks @Ann-B, and @nobody!", mentions=known(**{"ann-b": "/people/ann-b"}))
        assert html == '<p>Thanks <a class="mention" href="/people/ann-b">@Ann-B</a>, and @nobody!</p>'

    @pytest.mark.parametrize(
        "source",
        [
            "`@ann`",
            "```\n@ann\n```",
            "[@ann](https://example.org)",
            "mail me@ann.scot",
            "me@ann",
            "@ann@example.social",
            "@ann.scot",
            "https://example.social/@ann",
        ],
    )
    def test_but_not_in_code_links_or_addresses(self, source):
        assert 'class="mention"' not in render(source, mentions=known(ann="/people/ann"))

    def test_all_are_asked_about_at_once_and_only_so_many(self):
        asked = []
        source = " ".join(f"@person{n} *x*" for n in range(200))
        render(source, mentions=lambda handles: asked.append(handles) or {})
        assert len(asked) == 1 and len(asked[0]) == 50

    def test_several_in_one_line_stay_in_order(self):
        html = render("@ann *and* @bob, @ann", mentions=known(ann="/a", bob="/b"))
        assert plain_text(html) == "@ann and @bob, @ann"
        assert html.count("<a ") == 3


class TestQuotes:
    def test_a_quote_names_who_wrote_it_and_where(self):
        html = render(quote("ann", 3, "Keep it *six* years."), mentions=known(ann="/people/ann"))
        assert (
            '<figure class="quote"><figcaption><a class="mention" href="/people/ann">@ann</a>'
            ' wrote in <a href="?post=3#post-3">#3</a></figcaption><blockquote>' in html
        )
        assert "<em>six</em>" in html

    def test_a_long_quote_is_folded_to_its_first_words(self):
        html = render(quote("ann", 3, "Keep it for years. " * 60))
        assert "<details><summary>Keep it for years." in html
        assert "<details" not in render(quote("ann", 3, "Keep it."))

    def test_quotes_of_two_people_after_each_other_stay_apart(self):
        html = render(quote("ann", 3, "Six.") + quote("bob", 5, "Seven."))
        assert html.count('<figure class="quote">') == 2
        assert plain_text(html).split() == [
            *("@ann", "wrote", "in", "#3", "Six."),
            *("@bob", "wrote", "in", "#5", "Seven."),
        ]

    def test_the_words_may_be_in_another_language(self):
        assert "<figcaption>@ann sgrìobh ann an" in render(quote("ann", 3, "Sia.", wrote_in="sgrìobh ann an"))

    def test_quotes_in_what_is_quoted_are_left_out(self):
        assert "older" not in quote("ann", 3, "> older\n\nnewer")

    def test_an_ordinary_quote_stays_one(self):
        assert "figure" not in render("> Records shall be kept.\n> **Act** of #3:")


class TestPlainText:
    def test_paragraphs_cells_and_entities(self):
        html = render("# A\n\nb & <c>\n\n|x|y|\n|-|-|\n|1|2|")
        assert plain_text(html) == "A\n\nb & <c>\n\nx\ty\n\n1\t2"

    def test_an_excerpt_ends_at_a_word(self):
        assert excerpt("Retention of  records,\nand more", 20) == "Retention of…"
        assert excerpt("Retention of records, and more", 24) == "Retention of records…"
        assert excerpt("short", 20) == "short"
        assert len(excerpt("x" * 500, 20)) == 20


def test_what_is_rendered_parses_without_errors():
    source = "# A\n\n- [x] a\n\n" + quote("ann", 3, "long " * 200) + "|a|b|\n|-|-|\n|1|2|\n\nx[^1]\n\n[^1]: n"
    html5lib.HTMLParser(strict=True).parseFragment(render(source))
