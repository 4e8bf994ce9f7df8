"""Nothing that people type, or paste, harms a reader, holds up the hub, or is lost."""

import json
import re
import time
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.markup import LONGEST, plain_text, render
from hub.core.markup.safe import ATTRIBUTES, TAGS

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"

# The reader stops after one second of its own; parsing and cleaning what it made adds to that.
SECONDS = 10


def corpus(name):
    path = CORPORA / name
    if not path.exists():
        pytest.skip("the corpora are not beside the project")
    return path


def check(source):
    """Renders within bounds, and with nothing in it that acts. Gives the HTML."""
    started = time.thread_time()
    html = render(source, mentions=lambda handles: {handle: f"/people/{handle}" for handle in handles})
    assert time.thread_time() - started < SECONDS
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in tree.iter():
        if element is tree or not isinstance(element.tag, str):
            continue
        assert element.tag in TAGS
        for name, value in element.attrib.items():
            assert name == "class" or name in ATTRIBUTES[element.tag]
            if name in ("href", "src"):
                address = value.strip().lower()
                assert not re.match(r"[^/?#]*:", address) or address.startswith(
                    ("http://", "https://", "mailto:")
                )
            if name == "src":
                assert value.startswith("/files/")
    if source.strip() and re.search(r"[^\W_]", source):
        assert plain_text(html) or "<img" in html
    return html


def test_html_attacks():
    for item in json.loads(corpus("dompurify/expect.json").read_text()):
        check(item["payload"])


def test_html5_security_cheatsheet():
    for item in json.loads(corpus("h5sc/items.json").read_text()):
        check(item["data"])


def test_naughty_strings():
    for text in json.loads(corpus("blns/blns.json").read_text()):
        check(text)


def test_texts_that_blow_up_slow_parsers():
    for path in corpus("marked-redos").iterdir():
        source = path.read_text()
        check(source)
        check((source + "\n") * (60_000 // len(source)))


def test_every_markdown_construct():
    examples = re.findall(
        r"^`{32} example\n(.*?)^\.\n", corpus("commonmark/spec.txt").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(examples) > 600
    for example in examples:
        check(example.replace("→", "\t"))


# One thing each, repeated; ␣ stands for a space, ¶ for the end of a line.
PATHOLOGICAL = r"""
[ ![ [] [a]( [a](<b * *a␣ *a␣_b␣ a**b␣ ~~a␣ ~a~~b ` \ < <a␣ <!-- <http:// & > >␣ -␣ 1.␣>␣ ***a␣ __a* [[a](b)
a¶ >␣a¶ |a|b|¶ |a -␣a¶ #␣a¶ # ```¶ >␣```¶ a¶===¶ ---¶ [^1] [^1]:␣a¶ http:// http://a.b␣ www. a@ a. @a␣
[a](b␣' >␣**@a**␣wrote␣in␣#1:¶ ![a](b)
"""
CONTROLS = ["\x00", "\x02", "\t"]


@pytest.mark.parametrize("piece", [*PATHOLOGICAL.split(), *CONTROLS])
def test_one_thing_repeated(piece):
    piece = piece.replace("␣", " ").replace("¶", "\n")
    check(piece * (50_000 // len(piece)))


def test_ever_deeper():
    check("\n".join(">" * level + " a" for level in range(400)))
    check("\n".join("  " * level + "- a" for level in range(400)))
    check("*a **b " * 5000 + "**" * 5000)


def test_more_than_any_text_is_shown_as_typed():
    assert check("word " * LONGEST).startswith('<pre class="as-typed"')


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abc @#[]()<>*_`~!|-=.:/\\\n\t&^1'\"\x00\u202e\ud83d", max_size=300))
def test_any_text(source):
    check(source)
