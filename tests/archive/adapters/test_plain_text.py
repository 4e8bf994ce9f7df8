"""What platforms write in HTML is read as a person would read it."""

import pytest

from hub.archive.adapters.plain_text import from_html
from tests.patience import does_not_hang


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>One</p><p>Two<br>Three &amp; four</p>", "One\n\nTwo\nThree & four"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("Bring:<ul><li>a bin</li><li>a bag</li></ul>Thanks", "Bring:\n\n- a bin\n- a bag\n\nThanks"),
        ("<pre>if so:\n    go</pre>", "if so:\n    go"),
        ("<!-- wp:paragraph -->\n<p>Text</p>\n<!-- /wp:paragraph -->\n", "Text"),
        ("No <b>mark-up</b>\nto speak of", "No mark-up to speak of"),
        ("Plain text,\n\nas it is", "Plain text,\n\nas it is"),
        ("1 < 2 & 3", "1 < 2 & 3"),
    ],
)
def test_lines_and_paragraphs_stay_apart(source, seen):
    assert from_html(source) == seen


def test_a_link_is_read_by_its_text():
    link = '<a href="https://a.example/x?y"><span class="invisible">https://</span>a.example/x</a>'
    assert from_html(f"<p>See {link}.</p>") == "See https://a.example/x."


def test_emoji_that_are_pictures_are_named_and_other_pictures_are_media():
    source = '<p>Done <img class="custom-emoji" alt=":tada:"> <img alt="A map" src="m.png"></p>'
    assert from_html(source) == "Done :tada:"


def test_scripts_and_styles_are_no_text():
    assert from_html("<style>p {}</style><script>alert(1)</script><p>Words</p>") == "Words"


@pytest.mark.parametrize(
    "source",
    ["<", "&", "", "<p", "<p></p>", "<!-- -->", '<?xml version="1.0" encoding="utf-16"?><p>a</p>', "<\x00>"],
)
def test_fragments_never_raise(source):
    from_html(source)


def test_deep_nesting_and_half_characters_are_read_as_far_as_they_go():
    with does_not_hang():
        assert "words" in from_html("words" + "<div>" * 100_000 + "more")
        assert from_html("<p>half \ud83d</p>").startswith("half")
        from_html("\n \n" * 300_000 + "<br>")
        from_html("<p>" * 200_000)
