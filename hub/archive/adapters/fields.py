"""Values of a source, taken for what they should be: whatever stands there, nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.core import clock

MAX_COUNT = 2**53
LONGEST_ADDRESS = 2_000
# What a platform's clock may be ahead of ours.
CLOCKS_DIFFER = timedelta(days=1)
# Before this nobody wrote to others over a network, and clocks that know no date show what lies before.
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)


def as_dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def dicts(value: Any) -> list[dict]:
    """The objects of a list; anything else in it is passed over."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def as_word(value: Any, longest: int = 200) -> str | None:
    return value[:longest] if isinstance(value, str) and value else None


def as_count(value: Any) -> int | None:
    """A count, written as a number or as text."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= MAX_COUNT else None


def counts_of(holder: dict, names: dict[str, str]) -> dict[str, int]:
    """Our names of counts to their values, for those that are there."""
    found = {ours: as_count(holder.get(theirs)) for ours, theirs in names.items()}
    return {name: count for name, count in found.items() if count is not None}


def iso_time(value: Any) -> datetime | None:
    """A moment as ISO 8601 writes it, in UTC; one without a zone is taken to be in UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def web_address(value: Any) -> str | None:
    """An http or https address; None for anything else, also for one that is too long to be kept whole."""
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return None
    return value if value.lower().startswith(("http://", "https://")) else None


def unix_time(value: Any, since: datetime) -> datetime | None:
    """A moment as seconds since 1970, in UTC; None for what lies before `since` (when the platform began) or
    in the future, and so cannot be when something was posted."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if since <= found <= clock.now() + CLOCKS_DIFFER else None
