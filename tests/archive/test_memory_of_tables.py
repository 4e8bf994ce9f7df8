"""Memory does not grow with the size of a table or of a chat."""

import tracemalloc
from pathlib import Path

import pytest

from hub.archive.adapters import recognise
from hub.archive.adapters.mapped_table import MappedTable
from hub.archive.adapters.table_mapping import Mapping
from hub.archive.sources import open_source
from tests.factories.tables import OWN_CHANNEL, segments, share_link, table

MB = 1024**2


def linkedin(rows: int) -> bytes:
    head = ["Date", "ShareLink", "ShareCommentary"]
    return table([head, *(["2024-03-01 09:00:00", share_link(n), "Words " * 400] for n in range(rows))])


def youtube(rows: int) -> bytes:
    line = (OWN_CHANNEL, "2024-03-01T09:00:00Z", "0")
    return table(
        [
            [f"UgwDN8UeMxW4ND{n:012}", *line, "", "aaaaaaaaaaa", segments("Words " * 400, 2)]
            for n in range(rows)
        ]
    )


def plain(rows: int) -> bytes:
    return table([["when", "words"], *([f"2024-03-01 09:{n % 60:02}", "Words " * 400] for n in range(rows))])


def chat(rows: int) -> bytes:
    lines = (f"16/03/2024, 09:{n % 60:02} - Ailsa: {'Words ' * 400}\n" for n in range(rows))
    return "".join(lines).encode()


def peak(path: Path, data: bytes) -> int:
    """Bytes that reading takes, at its worst."""
    path.write_bytes(data)
    mapping = Mapping({"time": 0, "text": 1}, "web", names=("when", "words"))
    tracemalloc.start()
    try:
        source = open_source(path)
        table_of_words = data.startswith(b"when")
        adapter = (
            MappedTable(mapping) if table_of_words else recognise(source, sealed=data.startswith(b"16/"))
        )
        assert sum(1 for _ in adapter.read(source)) >= 200
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [linkedin, youtube, plain, chat])
def test_five_times_the_rows_take_no_more_memory(tmp_path, make):
    small = peak(tmp_path / "small", make(300))
    assert peak(tmp_path / "large", make(1_500)) < small + 1.5 * MB
