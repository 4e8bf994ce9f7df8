"""The Big List of Naughty Strings, where it lies beside the project."""

import json
from pathlib import Path

_PLACE = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "blns" / "blns.json"


def naughty_strings() -> list[str]:
    """All of them; empty when the corpus is not there."""
    if not _PLACE.exists():
        return []
    listed: list[str] = json.loads(_PLACE.read_text(encoding="utf-8"))
    return listed
