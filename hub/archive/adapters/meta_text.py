"""What Meta does to text in its exports: Facebook, Instagram and Threads write it the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hub.archive.adapters.base import Mention

# How Facebook writes somebody's name into a text: @[123456:2048:Name], older @[123456:Name].
NAMED = re.compile(r"@\[(\d{1,20}):(?:\d{1,10}:)?([^\]\n]{1,200})\]")


def repaired(value: Any) -> str:
    """The text that was meant: Meta writes each byte of its UTF-8 as a character of its own.

    What does not come out as UTF-8 was never broken, and stays as it is. "" for anything but text. Only what
    is shown is repaired; the exact bytes stay as they were.
    """
    if not isinstance(value, str) or value.isascii():
        return value if isinstance(value, str) else ""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def without_marks(text: str) -> str:
    """The text with names as people read them."""
    return NAMED.sub(r"\2", text)


def named_in(text: str) -> Iterator[Mention]:
    for account_id, name in NAMED.findall(text):
        yield Mention(name, account_id, name)
