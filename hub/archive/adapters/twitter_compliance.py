"""Compliance files: the platform's answer to somebody who holds posts about which of them are gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import Deletion, LeftOut, Record, Slice
from hub.archive.adapters.capture_file import first_values, read_capture
from hub.archive.adapters.twitter_fields import PLATFORM, as_id, as_time
from hub.archive.sources import Source
from hub.archive.sources.json_stream import Row

# Why a post can no longer be had. "scrub_geo" and the like ask only for a place to be forgotten.
CAUSES = {"deleted", "deactivated", "protected", "suspended"}


class TwitterCompliance:
    name = "twitter-compliance"
    label = "Twitter compliance file"
    evidence = "capture"
    how = _l("The Twitter API’s answer which says what is gone.")

    def recognises(self, source: Source) -> bool:
        return any(_is_row(value) for value in first_values(source))

    def read(self, source: Source) -> Iterator[Record]:
        return read_capture(source, _read)


def _read(row: Row, file: str) -> Iterator[Record]:
    if not _is_row(row.value) or row.value["action"] != "delete":
        yield LeftOut("platform_message" if _is_row(row.value) else "unexpected_shape", file)
    else:
        yield _deletion(row.value, Slice(row.raw, file, row.number))


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("action"), str)
        and as_id(value.get("id")) is not None
        and "text" not in value
    )


def _deletion(row: dict, source: Slice) -> Deletion:
    """`created_at` is when the post was made; `redacted_at`, when it went."""
    return Deletion(
        platform=PLATFORM,
        post_id=as_id(row["id"]),
        told_by="compliance",
        source=source,
        cause=row["reason"] if row.get("reason") in CAUSES else "unknown",
        posted_at=as_time(row.get("created_at")),
        deleted_at=as_time(row.get("redacted_at")),
    )
