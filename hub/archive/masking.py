"""Masking: who is not an organisation, an office holder or a member writing as such is not shown by name.

It works on what is shown; the record itself is never touched.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hub.core.database import db

from .models import PRIVATE, AccountName, SocialAccount

# A handle as platforms write it; the "@" of an e-mail address follows a letter or a dot.
_MENTION = re.compile(r"(?<![\w.@])@(\w[\w.-]*\w|\w)(@[\w.-]+\w)?")


def is_masked(account: SocialAccount | None) -> bool:
    """Whether an account's name, handle and picture are left out. Nobody known is somebody private."""
    return account is None or account.kind == PRIVATE


def mask_mentions(text: str, public: Collection[str]) -> str:
    """The text with every handle left out but the public ones (given without "@", in lower case)."""

    def masked(found: re.Match[str]) -> str:
        return found[0] if found[1].casefold() in public else _("@[private person]")

    return _MENTION.sub(masked, text)


def public_handles(collection_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """For each collection, every handle that its organisations and office holders ever had, in lower case.

    One query, however many collections.
    """
    wanted = list(collection_ids)
    rows = db.session.execute(
        select(SocialAccount.collection_id, AccountName.handle)
        .join(AccountName, AccountName.account_id == SocialAccount.id)
        .where(SocialAccount.collection_id.in_(wanted), SocialAccount.kind != PRIVATE)
        .distinct()
    )
    handles: dict[int, set[str]] = {collection_id: set() for collection_id in wanted}
    for collection_id, handle in rows:
        handles[collection_id].add(handle.casefold())
    return {collection_id: frozenset(found) for collection_id, found in handles.items()}


def names_of(account_ids: Iterable[int]) -> dict[int, list[AccountName]]:
    """Each account's names and handles in the order in which they were met. One query."""
    found: dict[int, list[AccountName]] = {}
    rows = db.session.scalars(
        select(AccountName)
        .where(AccountName.account_id.in_(list(account_ids)))
        .where(or_(AccountName.handle != "", AccountName.name != ""))
        .order_by(AccountName.account_id, AccountName.seen_from, AccountName.id)
    )
    for row in rows:
        found.setdefault(row.account_id, []).append(row)
    return found


def name_at(names: Sequence[AccountName], moment: datetime | None) -> AccountName | None:
    """What an account was called at a moment: the latest name met by then, else the first that was met."""
    met = [name for name in names if moment is None or name.seen_from <= moment]
    return met[-1] if met else (names[0] if names else None)
