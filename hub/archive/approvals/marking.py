"""Marks in posts the words that are left out of them, for whoever decides whether they leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from hub.archive.queries import Row


def words_pattern(words: str) -> re.Pattern[str]:
    """Finds the words whatever their case, and whatever blanks and line breaks stand between them."""
    return re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)


def marked(rows: Sequence[Row], words: Sequence[str]) -> list[Row]:
    """The rows with these words marked in their texts."""
    patterns = [words_pattern(one) for one in words if one.strip()]
    if not patterns:
        return list(rows)
    return [replace(row, shown=replace(row.shown, runs=_runs(row.shown.text, patterns))) for row in rows]


def _runs(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[tuple[str, bool], ...]:
    """The text cut where words begin and end; () where none stands in it."""
    spans = sorted(found.span() for pattern in patterns for found in pattern.finditer(text))
    runs: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        if end <= done:
            continue
        runs += [(text[done:start], False)] if start > done else []
        runs.append((text[max(start, done) : end], True))
        done = end
    return (*runs, (text[done:], False)) if spans and done < len(text) else tuple(runs)
