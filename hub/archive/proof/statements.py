"""Statements: what an event vouches for, in words that a program reads and that stay readable without one.

A statement is lines, one a part, in order of their names: the name, a space, JSON. Each part is salted for
itself, so that one can be shown and the next withheld: a visitor is told when an example was kept, and not
whom it is of. Where the rows hold much (texts, lists), the statement holds its SHA-256.

The statement is stored as it was sealed. What the tables look like in ten years does not matter to the proof;
that they still say the same is asked by making the statement anew, by the rules of its version (`about.v`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any

VERSION = 1

_sha256 = hashlib.sha256
_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def sha256_of_text(text: str) -> str:
    return _sha256(text.encode(errors="surrogateescape")).hexdigest()


def sha256_of_json(value: Any) -> str:
    """Of lists and dicts: their JSON without spaces, keys in order, UTF-8."""
    return sha256_of_text(_json(value))


@lru_cache(maxsize=2048)
def iso(at: Any) -> str | None:
    """A moment in UTC, to the microsecond where it has any, from what a driver gives (SQLite's are texts).
    Of two such moments the later is the greater text."""
    if at is None:
        return None
    if isinstance(at, str):
        return at.replace(" ", "T", 1).removesuffix(".000000") + "+00:00"
    return at.astimezone(UTC).isoformat()


@lru_cache(maxsize=4096)
def _canonical(text: str | None) -> str:
    """JSON as a database holds it, in the one way in which statements have it."""
    try:
        return _json(json.loads(text)) if text else "null"
    except ValueError:
        return _quoted(f"not JSON: {text}")


@lru_cache(maxsize=4096)
def _digest(text: str | None) -> str:
    return sha256_of_text(_canonical(text))


def _moment(at: Any) -> str:
    return f'"{iso(at)}"' if at is not None else "null"


def _text(value: str | None) -> str:
    return _quoted(value) if value is not None else "null"


class Facts:
    """What several events of one collection share, read before: see `reading`."""

    def __init__(self) -> None:
        # By import: its JSON.
        self.imports: dict[int, str] = {}
        # By import and place in its bag: what another hub told of its import, as JSON.
        self.earlier: dict[tuple[int, int], str] = {}
        # By account: (platform's id, its names up to an import: see `reading.Names`).
        self.accounts: dict[int, Any] = {}
        # By sighting: (role, sha256) of what it cites.
        self.citations: dict[int, list[tuple[str, str]]] = {}
        # By version and import: what that import brought of its media.
        self.media: dict[tuple[int, int], list[list[Any]]] = {}


def told_of_import(found: Any) -> dict[str, Any]:
    """All that is vouched for of an import: its events' statements hold the hash of this."""
    return {
        "account": found.account_id,
        "adapter": found.adapter,
        "evidence": found.evidence,
        "made_at": found.made_at.isoformat() if found.made_at else None,
        "name": found.file_name,
        "number": found.number,
        "sha256": found.file_sha256,
        "size": found.file_size,
        "uploaded_at": found.uploaded_at.isoformat(),
        "whole": found.whole,
    }


def import_json(found: Any) -> str:
    """An import as every statement of its events names it: short, since there are many."""
    told = told_of_import(found)
    return _json({"number": told["number"], "sha256": told["sha256"], "told": sha256_of_json(told)})


def write(row: Sequence[Any], facts: Facts) -> str:
    """The statement of an event from its row (`reading.COLUMNS`) and what it shares with others."""
    (
        _id, kind, at, known_at, recorded_at, told_by, cause, import_id, version_row, sighting_id, event_sha,
        details, post_token, platform, platform_id, account_id, posted_at, sort_at, url, reply_to_id,
        reply_to_account, quotes_id, reposts_id, version_post, number, content_hash, text, complete,
        language, written_at, stated_at, version_details, sighting_post, sighting_version, evidence,
        captured_at, counts, file, place, sighting_sha, post_id, event_earlier, sighting_earlier,
    ) = row  # fmt: skip
    lines = [_about((at, cause, kind, known_at, platform, recorded_at, told_by))]
    if details and details != "{}":
        lines.append("act " + _canonical(details))
    sighted = sighting_id is not None
    if sighted and account_id is not None:
        lines.append(_author(facts.accounts.get(account_id), import_id, iso(written_at or posted_at)))
    if sighted:
        lines.append(
            f'bytes {{"captured_at":{_moment(captured_at)},'
            f'"evidence":{_text(evidence)},"sha256":{_text(sighting_sha)}'
            + (f',"told":{_text(event_sha)}' if event_sha != sighting_sha else "")
            + "}"
        )
    elif event_sha is not None:
        lines.append(f'bytes {{"sha256":{_quoted(event_sha)}}}')
    if version_row is not None and (media := facts.media.get((version_row, import_id))):
        lines.append("media " + _json(media))
    if sighted:
        sorts = "" if sort_at == posted_at else f',"sorted_at":{_moment(sort_at)}'
        lines.append(
            f'post {{"number":{_quoted(platform_id)},"posted_at":{_moment(posted_at)},'
            f'"quotes":{_text(quotes_id)},"reply_to":{_text(reply_to_id)},'
            f'"reply_to_account":{_text(reply_to_account)},"reposts":{_text(reposts_id)}{sorts},'
            f'"token":{_quoted(post_token)},"url":{_quoted(url)}}}'
        )
    else:
        lines.append(f'post {{"number":{_quoted(platform_id)},"token":{_quoted(post_token)}}}')
    if number is not None:
        elsewhere = "" if version_post == post_id else ',"of":"another post"'
        if sighted and (sighting_post != post_id or sighting_version != version_row):
            elsewhere += ',"seen":"another version"'
        lines.append(
            f'said {{"complete":{"true" if complete else "false"},'
            f'"details":"{_digest(version_details)}",'
            f'"hash":{_quoted(content_hash)},"language":{_quoted(language)},"number":{_quoted(number)}'
            f'{elsewhere},"stated_at":{_quoted(stated_at)},"written_at":{_moment(written_at)}}}'
        )
    if import_id is not None:
        met = (sighting_id, counts, file, place) if sighted else None
        lines.append(_source(import_id, met, (event_earlier, sighting_earlier or 0), facts))
    if number is not None:
        # By itself: the words can be shown to whoever may not know whose they are.
        lines.append(f'words {{"sha256":"{sha256_of_text(text)}"}}')
    return "\n".join(lines)


@lru_cache(maxsize=2048)
def _about(told: tuple[Any, ...]) -> str:
    """What happened, when and where: events of one import mostly say the same. told: at, cause, kind,
    known_at, platform, recorded_at, told_by."""
    at, cause, kind, known_at, platform, recorded_at, told_by = told
    return (
        f'about {{"at":{_moment(at)},"cause":{_quoted(cause)},"kind":{_quoted(kind)},'
        f'"known_at":{_moment(known_at)},"platform":{_quoted(platform)},"recorded_at":{_moment(recorded_at)},'
        f'"told_by":{_quoted(told_by)},"v":{VERSION}}}'
    )


def _source(
    import_id: int, met: tuple[int, str, str, int] | None, earlier: tuple[int, int], facts: Facts
) -> str:
    """Which import told it; of a sighting, where in it. met: (sighting, counts, file, row). earlier: the
    imports of another hub that told the event and met the sighting, when it came in a bag; else 0."""
    imported = facts.imports.get(import_id, "null")
    for name, place in zip(("told_earlier", "met_earlier"), earlier, strict=True):
        if place:
            imported += f',"{name}":{facts.earlier.get((import_id, place), "null")}'
    if met is None:
        return f'source {{"import":{imported}}}'
    sighting_id, counts, file, row = met
    cited = facts.citations.get(sighting_id)
    return (
        f'source {{"cited":{_json(sorted(cited)) if cited else "[]"},"counts":{_canonical(counts)},'
        f'"file":{_text(file)},"import":{imported},"row":{row}}}'
    )


def _author(account: Any, import_id: int | None, moment: str | None) -> str:
    """Who wrote it, as the collection knew them by then; and a hash over all names that it knew of them."""
    if account is None:
        return 'author {"account":null}'
    handle, name, known = account.as_known(import_id, moment)
    return (
        f'author {{"account":{_quoted(account.platform_id)},"handle":{_quoted(handle)},'
        f'"name":{_quoted(name)},"names":"{known}"}}'
    )


def parts_of(statement: str) -> dict[str, Any]:
    """The parts of a statement, read: {name: value}."""
    return {
        name: json.loads(value) for name, _, value in (line.partition(" ") for line in statement.split("\n"))
    }
