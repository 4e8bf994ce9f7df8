"""The record itself, line by line of JSON: what another hub needs to hold the same. `docs/hand-over.md` says
what each field means; `hub.archive.adapters.hub_bag` reads it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hub.archive.models import AccountName, ArchiveEvent, PostMedia, PostVersion, Sighting, SocialAccount

from .gathering import CameIn, Gathered, Imports, origin_of
from .layout import media_path


def line(value: Any) -> bytes:
    """One value as one line, the same bytes each time."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def moment(at: datetime | None) -> str | None:
    """To the microsecond, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def post_record(found: Gathered, imports: Imports) -> dict[str, Any]:
    post = found.post
    return {
        "platform": post.platform,
        "id": post.platform_id,
        "account": found.account.platform_id if found.account else None,
        "posted_at": moment(post.posted_at),
        "sort_at": moment(post.sort_at),
        "url": post.url,
        "reply_to": post.reply_to_id,
        "reply_to_account": post.reply_to_account,
        "quotes": post.quotes_id,
        "reposts": post.reposts_id,
        "form": post.form,
        "erased_at": moment(post.erased_at),
        "versions": [_version(one) for one in found.versions],
        "sightings": [_sighting(found, one, imports) for one in found.sightings],
        "events": [_event(found, one, imports) for one in found.events],
    }


def _account(found: Gathered, account_id: int | None) -> str | None:
    """The platform's own id of whom a sighting was of."""
    account = found.accounts.get(account_id or 0)
    return account.platform_id if account else None


def _number(row: Sighting | ArchiveEvent | AccountName, imports: Imports) -> int | None:
    origin = origin_of(row)
    return imports[origin][0] if origin else None


def _version(version: PostVersion) -> dict[str, Any]:
    return {
        "id": version.version_id,
        "content_hash": version.content_hash,
        "text": version.text,
        "complete": version.complete,
        "language": version.language,
        "written_at": moment(version.written_at),
        "stated_at": version.stated_at,
        "details": version.details,
        "media": [_medium(one) for one in version.media],
    }


def _medium(one: PostMedia) -> dict[str, Any]:
    return {
        "position": one.position,
        "key": one.key,
        "kind": one.kind,
        "url": one.url,
        "alt_text": one.alt_text,
        "file": media_path(one.media) if one.media else None,
        "sha256": one.media.sha256 if one.media else None,
    }


def _sighting(found: Gathered, one: Sighting, imports: Imports) -> dict[str, Any]:
    return {
        "version": found.place_of(one.version_id),
        "account": _account(found, one.account_id),
        "import": _number(one, imports),
        "evidence": one.evidence,
        "captured_at": moment(one.captured_at),
        "counts": one.counts,
        "file": one.file,
        "row": one.row,
        "bytes": found.slices[one.source.sha256].path,
        "sha256": one.source.sha256,
        "cites": [
            {
                "role": cited.role,
                "bytes": found.slices[cited.source.sha256].path,
                "sha256": cited.source.sha256,
            }
            for cited in sorted(one.citations, key=lambda cited: (cited.role, cited.source.sha256))
        ],
    }


def _event(found: Gathered, one: ArchiveEvent, imports: Imports) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "import": _number(one, imports),
        "at": moment(one.at),
        "known_at": moment(one.known_at),
        "recorded_at": moment(one.recorded_at),
        "told_by": one.told_by,
        "cause": one.cause,
        "version": found.place_of(one.version_id),
        "sighting": found.sighting_place(one.sighting_id),
        "bytes": found.slices[one.source.sha256].path if one.source else None,
        "sha256": one.source.sha256 if one.source else None,
        "details": one.details,
    }


def account_record(account: SocialAccount, names: list[AccountName], imports: Imports) -> dict[str, Any]:
    """What a keeper said of whose account it is goes along; a hub that receives it asks its own keepers."""
    told = [
        {
            "handle": one.handle,
            "name": one.name,
            "seen_from": moment(one.seen_from),
            "seen_to": moment(one.seen_to),
            "import": _number(one, imports),
        }
        for one in names
    ]
    return {
        "platform": account.platform,
        "id": account.platform_id,
        "kind": account.kind,
        "names": [one for at, one in enumerate(told) if one not in told[:at]],
    }


def import_record(number: int, came_in: CameIn) -> dict[str, Any]:
    return {
        "import": number,
        "number_there": came_in.number,
        "file_name": came_in.file_name,
        "file_size": came_in.file_size,
        "file_sha256": came_in.file_sha256,
        "uploaded_at": moment(came_in.uploaded_at),
        "adapter": came_in.adapter,
        "evidence": came_in.evidence,
        "account_id": came_in.account_id,
        "made_at": moment(came_in.made_at),
        "whole": came_in.whole,
        "report": came_in.report,
    }
