"""Moments as web archives write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.archive.adapters.fields import iso_time


def moment_of(value: Any) -> datetime | None:
    """ISO 8601, or fourteen digits (20170306040206), in UTC; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 14:
        try:
            return datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
    return iso_time(value)
