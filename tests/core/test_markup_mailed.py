"""What people wrote as it stands in mail: nothing is loaded, links are whole, and text is as good as HTML."""

import pytest
from lxml.html import fragment_fromstring

from hub.core.markup import mail_html, mail_text, render

PAGE = "https://hub.example.org/groups/rims/questions/1?post=4#post-4"


def text(source: str) -> str:
    return mail_text(render(source), PAGE)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("One\nand two\n\nThree", "One\nand two\n\nThree"),
        ("One  \ntwo", "One\ntwo"),
        ("**So** and *so*, `code`", "*So* and _so_, `code`"),
        ("# Head\n\nText", "Head\n----\n\nText"),
        ("1. one\n2. two\n   - inside\n   - [x] done", "1. one\n2. two\n   - inside\n   - ☑ done"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said\n>\n> twice", "> said\n>\n> twice"),
        ("> **@ann** wrote in #3:\n> said", "@ann wrote in #3:\n> said"),
        ("```\na <b>\n  c\n```", "    a <b>\n      c"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("[the page](/groups/rims)", "the page <https://hub.example.org/groups/rims>"),
        ("<https://example.org/law>", "https://example.org/law"),
        ("![A chart](/files/abc)", "A chart <https://hub.example.org/files/abc>"),
        ("Noted[^1]\n\n[^1]: A note.", "Noted[1]\n\n* * *\n\n1. A note."),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_text_says_what_was_written(source, said):
    assert text(source).replace("* * *\n\n* * *", "* * *") == said


def test_a_long_quote_is_told_by_its_first_words():
    said = text("> **@ann** wrote in #3:\n> " + "a long story " * 60 + "\n\nNo.")
    assert said.startswith("@ann wrote in #3:\n> a long story")
    assert len(said) < 200 and said.endswith("…\n\nNo.")


def test_what_a_withdrawn_post_said_is_replaced_in_both():
    html = render(
        "> **@ann** wrote in #3:\n> secret\n\nNo.", withdrawn=lambda: [3], instead="It was withdrawn."
    )
    for said in (mail_text(html, PAGE), mail_html(html, PAGE)):
        assert "It was withdrawn." in said and "secret" not in said


def test_html_loads_nothing_and_leads_to_the_hub():
    html = mail_html(render("# Head\n\n![A chart](/files/abc) [up](#head) [law](https://example.org)"), PAGE)
    tree = fragment_fromstring(html, create_parent="div")
    assert list(tree.iter("img")) == []
    assert [link.get("href") for link in tree.iter("a")] == [
        "https://hub.example.org/files/abc",
        PAGE,
        "https://example.org",
    ]
    assert [element.tag for element in tree.iter("h2", "h3")] == ["h2"]
    assert not tree.xpath("//@id | //@class | //@loading | //@tabindex")


def test_nothing_that_was_written_becomes_markup():
    html = mail_html(render("<img src=x onerror=alert(1)> [x](javascript:alert(1)) `<b>`"), PAGE)
    assert "<img" not in html and "<b>" not in html
    assert fragment_fromstring(html, create_parent="div").xpath("//a") == []
