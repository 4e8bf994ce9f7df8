"""Reads what statements are made of, for some hundreds of events at a time in a fixed number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, Text, cast, select, type_coerce
from sqlalchemy.types import NullType

from hub.archive.models import (
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    EarlierImport,
    Import,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.core.database import db

from .statements import Facts, import_json, sha256_of_json

# Tables rather than classes, and values as the driver gives them: rows by the hundred thousand come without
# what objects need.
_EVENT, _POST, _VERSION, _SIGHTING, _SLICE = (
    model.__table__ for model in (ArchiveEvent, ArchivedPost, PostVersion, Sighting, SourceSlice)
)
_TOLD = _SLICE.alias("told")


def _raw(table: FromClause, *names: str) -> list[ColumnElement[Any]]:
    """Columns without what SQLAlchemy makes of them: moments as the driver has them, JSON as its text."""
    return [
        cast(table.c[name], Text)
        if isinstance(table.c[name].type, JSON)
        else type_coerce(table.c[name], NullType())
        for name in names
    ]


# In the order in which `statements.write` takes them.
COLUMNS = (
    *_raw(
        _EVENT, "id", "kind", "at", "known_at", "recorded_at", "told_by", "cause", "import_id", "version_id",
        "sighting_id",
    ),
    *_raw(_TOLD, "sha256"),
    *_raw(_EVENT, "details"),
    *_raw(
        _POST, "token", "platform", "platform_id",
    ),
    *_raw(_SIGHTING, "account_id"),
    *_raw(
        _POST, "posted_at", "sort_at", "url", "reply_to_id", "reply_to_account", "quotes_id", "reposts_id",
    ),
    *_raw(
        _VERSION, "post_id", "version_id", "content_hash", "text", "complete", "language", "written_at",
        "stated_at", "details",
    ),
    *_raw(_SIGHTING, "post_id", "version_id", "evidence", "captured_at", "counts", "file", "row"),
    *_raw(_SLICE, "sha256"),
    *_raw(_POST, "id"),
    *_raw(_EVENT, "earlier"),
    *_raw(_SIGHTING, "earlier"),
)  # fmt: skip
IMPORT, VERSION, SIGHTING, ACCOUNT = 7, 8, 9, 15


def with_what_they_name(origin: FromClause) -> FromClause:
    """Something with the table of events in it, joined to all that COLUMNS come from."""
    return (
        origin.outerjoin(_POST, _POST.c.id == _EVENT.c.post_id)
        .outerjoin(_VERSION, _VERSION.c.id == _EVENT.c.version_id)
        .outerjoin(_SIGHTING, _SIGHTING.c.id == _EVENT.c.sighting_id)
        .outerjoin(_SLICE, _SLICE.c.id == _SIGHTING.c.slice_id)
        .outerjoin(_TOLD, _TOLD.c.id == _EVENT.c.slice_id)
    )


_EVENTS = select(*COLUMNS).select_from(with_what_they_name(_EVENT))


def events(ids: Sequence[int]) -> list[Any]:
    """Rows of COLUMNS, in order of their ids."""
    return list(db.session.execute(_EVENTS.where(_EVENT.c.id.in_(ids)).order_by(_EVENT.c.id)).all())


class Names:
    """The names of one account, as a collection knew them with each of its imports."""

    def __init__(self, platform_id: str, rows: Sequence[Any]):
        """rows: (import id, import number, handle, name, seen from, seen to, import of another hub); moments
        as in statements."""
        self.platform_id = platform_id
        self._rows = sorted(rows)
        self._ids = [row[0] for row in self._rows]
        self._known: dict[int, tuple[list, list, str]] = {}

    def as_known(self, import_id: int | None, moment: str | None) -> tuple[str, str, str]:
        """(handle, name, hash over all names) as of an import; handle and name those of the moment."""
        upto = bisect_right(self._ids, import_id or 0)
        if upto not in self._known:
            rows = self._rows[:upto]
            told = [list(row[1:] if row[-1] else row[1:-1]) for row in rows]
            by_time = sorted(rows, key=lambda row: row[4])
            self._known[upto] = (
                [(row[4], row[2]) for row in by_time if row[2]],
                [(row[4], row[3]) for row in by_time if row[3]],
                sha256_of_json(sorted(told)),
            )
        handles, names, known = self._known[upto]
        return _at(handles, moment), _at(names, moment), known


def _at(met: Sequence[tuple[str, str]], moment: str | None) -> str:
    """As `masking.name_at` has it: the latest that was met by then, else the first."""
    if not met:
        return ""
    if moment is None:
        return met[-1][1]
    found = met[0][1]
    for seen_from, value in met:
        if seen_from > moment:
            break
        found = value
    return found


class Reader:
    """Reads the facts of one collection, keeping what many events share."""

    # Accounts of captures are as many as their posts: beyond this they are read anew.
    MOST_ACCOUNTS = 20_000

    def __init__(self, collection_id: int):
        self.collection_id = collection_id
        self._imports: dict[int, str] = {}
        self._earlier: dict[tuple[int, int], str] = {}
        self._accounts: dict[int, Names | None] = {}

    def facts(self, rows: Sequence[Any]) -> Facts:
        """What the statements of these rows need beside them."""
        facts = Facts()
        self._read_imports({row[IMPORT] for row in rows} - {None})
        self._read_accounts({row[ACCOUNT] for row in rows if row[SIGHTING] is not None} - {None})
        facts.imports, facts.accounts, facts.earlier = self._imports, self._accounts, self._earlier
        facts.citations = _citations([row[SIGHTING] for row in rows if row[SIGHTING] is not None])
        facts.media = _media({row[VERSION] for row in rows} - {None})
        return facts

    def _read_imports(self, ids: Iterable[int]) -> None:
        wanted = [one for one in ids if one not in self._imports]
        if wanted:
            for found in db.session.execute(select(*Import.__table__.c).where(Import.id.in_(wanted))):
                self._imports[found.id] = import_json(found)
            for one in db.session.scalars(select(EarlierImport).where(EarlierImport.import_id.in_(wanted))):
                self._earlier[one.import_id, one.place] = import_json(one)

    def _read_accounts(self, ids: Iterable[int]) -> None:
        wanted = [one for one in ids if one not in self._accounts]
        if not wanted:
            return
        if len(self._accounts) > self.MOST_ACCOUNTS:
            # The rows at hand need all of theirs.
            self._accounts, wanted = {}, list(ids)
        names: dict[int, list] = {one: [] for one in wanted}
        for account_id, import_id, number, handle, name, seen_from, seen_to, earlier in db.session.execute(
            select(
                AccountName.account_id,
                AccountName.import_id,
                Import.number,
                AccountName.handle,
                AccountName.name,
                AccountName.seen_from,
                AccountName.seen_to,
                AccountName.earlier,
            )
            .join(Import, Import.id == AccountName.import_id)
            .where(AccountName.account_id.in_(wanted))
        ):
            row = (import_id, number, handle, name, seen_from.isoformat(), seen_to.isoformat(), earlier)
            names[account_id].append(row)
        self._accounts |= dict.fromkeys(wanted)
        for account_id, platform_id in db.session.execute(
            select(SocialAccount.id, SocialAccount.platform_id).where(SocialAccount.id.in_(wanted))
        ):
            self._accounts[account_id] = Names(platform_id, names[account_id])


def _among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """What is read for some rows may be read for those between them, too: events that were sealed together
    have neighbours' ids, and two bounds are asked for in a tenth of the time of a thousand ids."""
    try:
        near = max(ids) - min(ids) < 2 * len(ids)
    except TypeError:
        near = False  # a damaged row may hold anything
    return column.between(min(ids), max(ids)) if near else column.in_(ids)


def _citations(sightings: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    if sightings:
        for sighting_id, role, sha256 in db.session.execute(
            select(Citation.sighting_id, Citation.role, SourceSlice.sha256)
            .join(SourceSlice, SourceSlice.id == Citation.slice_id)
            .where(_among(Citation.sighting_id, sightings))
        ):
            found.setdefault(sighting_id, []).append((role, sha256))
    return found


def _media(versions: Iterable[int]) -> dict[tuple[int, int], list[list[Any]]]:
    """What each import brought of the media of versions."""
    found: dict[tuple[int, int], list[list[Any]]] = {}
    wanted = list(versions)
    if wanted:
        for version_id, import_id, *told in db.session.execute(
            select(
                PostMedia.version_id,
                PostMedia.import_id,
                PostMedia.position,
                PostMedia.key,
                PostMedia.kind,
                PostMedia.url,
                PostMedia.alt_text,
                Media.sha256,
                Media.size,
                Media.media_type,
                Media.width,
                Media.height,
            )
            .outerjoin(Media, Media.id == PostMedia.media_id)
            .where(_among(PostMedia.version_id, wanted))
            .order_by(PostMedia.version_id, PostMedia.position, PostMedia.id)
        ):
            found.setdefault((version_id, import_id), []).append(list(told))
    return found
