"""Elements of a page as exact bytes: found through whatever stands around and in them, in bounded memory."""

import io
import tracemalloc

import pytest

from hub.archive.sources import html_blocks, limits
from hub.archive.sources.html_blocks import blocks
from hub.archive.sources.json_stream import Broken

MB = 1024**2


class Slow(io.RawIOBase):
    """Gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, step: int):
        self._data, self._step = io.BytesIO(data), step

    def read(self, size: int = -1) -> bytes:
        return self._data.read(self._step)


def found(data: bytes, step: int = 1 << 20) -> list[bytes]:
    return list(blocks(Slow(data, step), lambda name, classes: "r" in classes))


PAGE = (
    b'<!doctype html><html><head><title><div class="r"></title>'
    b'<style>.r{content:"<div class=r>"}</style></head>'
    b'<body><!-- <div class="r">not</div> -->A < B<div class="a r"><div>one</div><br>F\xc3\xa0ilte</div>'
    b"<script>\"<div class='r'>\"</script><section id=\">\" class='r'>two<section>in</section></section>"
    b'<DIV CLASS=r data-x="</div>">three</DIV></body></html>'
)
RECORDS = [
    b'<div class="a r"><div>one</div><br>F\xc3\xa0ilte</div>',
    b"<section id=\">\" class='r'>two<section>in</section></section>",
    b'<DIV CLASS=r data-x="</div>">three</DIV>',
]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1 << 20])
def test_records_are_given_as_they_stand_however_the_bytes_arrive(step):
    assert found(PAGE, step) == RECORDS


@pytest.mark.parametrize("cut", range(40, len(PAGE) - 7, 9))
def test_a_page_that_ends_too_early_is_told(cut):
    with pytest.raises(Broken) as broken:
        found(PAGE[:cut])
    assert broken.value.reason == "cut_short"


def test_a_record_without_an_end_is_not_read_into_memory_for_ever(monkeypatch):
    monkeypatch.setattr(limits, "MAX_VALUE", MB // 4)
    with pytest.raises(Broken) as broken:
        found(b'<html><div class="r">' + b"<div>x" * (MB // 4))
    assert broken.value.reason == "value_too_large"


@pytest.mark.parametrize("noise", [b"<", b'<a "', b"<!--", b"</", b"<script>", b"<a b='", b"&", b"\x00\xff"])
def test_noise_costs_time_in_proportion_and_no_memory(noise, monkeypatch):
    monkeypatch.setattr(html_blocks, "LONGEST_TAG", 64 * 1024)
    data = b"<html>" + noise * (MB // len(noise))
    try:
        assert found(data + b"</html>", 65_536) == []
    except Broken as broken:
        assert broken.reason in {"cut_short", "value_too_large"}


def test_memory_does_not_grow_with_the_page():
    record = b'<div class="r">' + b"words " * 500 + b"</div>"

    def page():
        yield b"<html>"
        for _ in range(12_000):
            yield record
        yield b"</html>"

    class Stream(io.RawIOBase):
        def __init__(self):
            self._parts = page()

        def read(self, size: int = -1) -> bytes:
            return next(self._parts, b"")

    tracemalloc.start()
    count = sum(1 for _ in blocks(Stream(), lambda name, classes: "r" in classes))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 2 * MB) == (12_000, True)
