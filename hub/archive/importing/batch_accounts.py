"""Accounts of a batch, and the names under which it met them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from hub.archive.adapters.base import Account
from hub.archive.importing.batch_posts import Key
from hub.archive.importing.bulk import insert_rows
from hub.archive.importing.cleaning import fit
from hub.archive.models import PRIVATE, AccountName, SocialAccount
from hub.core.database import db, new_token

Name = tuple[int, str, str]  # account, handle, name


def write(wanted_keys: Iterable[Key], collection_id: int, import_id: int) -> dict[Key, int]:
    """Ids of the accounts, made where the collection has none: private until somebody says otherwise."""
    wanted = dict.fromkeys(wanted_keys)
    table = SocialAccount.__table__
    known = {
        (platform, platform_id): account_id
        for account_id, platform, platform_id in db.session.execute(
            select(table.c.id, table.c.platform, table.c.platform_id).where(
                table.c.collection_id == collection_id,
                table.c.platform_id.in_([platform_id for _, platform_id in wanted]),
            )
        )
    }
    rows = [
        {
            "token": new_token(),
            "collection_id": collection_id,
            "import_id": import_id,
            "platform": platform,
            "platform_id": platform_id,
            "kind": PRIVATE,
        }
        for platform, platform_id in wanted
        if (platform, platform_id) not in known
    ]
    made = insert_rows(SocialAccount, rows)
    keys = [(row["platform"], row["platform_id"]) for row in rows]
    return known | dict(zip(keys, made, strict=True))


def write_names(
    accounts: Iterable[Account], ids: dict[Key, int], import_id: int, received_at: datetime
) -> None:
    """One row for each name that this import met, stretched to the first and last moment it was met."""
    met: dict[Name, tuple[datetime, datetime]] = {}
    for one in accounts:
        at = one.at or received_at
        name = (ids[one.platform, one.account_id], fit(one.handle or ""), fit(one.name or ""))
        if name[1:] == ("", ""):
            continue
        first, last = met.get(name, (at, at))
        met[name] = (min(first, at), max(last, at))
    known = {
        (row.account_id, row.handle, row.name): row
        for row in db.session.scalars(
            select(AccountName).where(
                AccountName.import_id == import_id, AccountName.account_id.in_({name[0] for name in met})
            )
        )
    }
    rows = []
    for name, (first, last) in met.items():
        row = known.get(name)
        if row is None:
            rows.append(
                {
                    "import_id": import_id,
                    "account_id": name[0],
                    "handle": name[1],
                    "name": name[2],
                    "seen_from": first,
                    "seen_to": last,
                }
            )
        elif first < row.seen_from or last > row.seen_to:
            db.session.execute(
                update(AccountName)
                .where(AccountName.id == row.id)
                .values(seen_from=min(first, row.seen_from), seen_to=max(last, row.seen_to))
            )
    insert_rows(AccountName, rows)
