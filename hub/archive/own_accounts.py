"""Accounts whose own export came in, and of which no keeper has said whose they are.

An import never unmasks anybody: an export in an organisation's collection may be one person's. So each such
account stays a private person's, and its keepers are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from hub.core.audit import AuditEntry
from hub.core.database import db
from hub.core.policy import Actor, visible

from .approvals.models import WAITING, Approval
from .models import PRIVATE, Collection, Import, SocialAccount

CLASSIFIED = "social_account.classify"
# The code of what a second person is asked: see `unmasking`.
UNMASK = "unmask"


@dataclass(frozen=True)
class Unsaid:
    """An account to ask about. `called`: its handle with the "@", or its number. `path`: where to answer."""

    called: str
    organisation: str
    path: str


def unsaid(actor: Actor, collections: Sequence[Collection], of: Import | None = None) -> list[Unsaid]:
    """The accounts to ask about in collections that the actor keeps; three queries at most.

    of: only the account whose export that import was.
    """
    by_id = {one.id: one for one in collections}
    exported = select(Import.collection_id, Import.account_id).where(
        Import.collection_id.in_(by_id), Import.account_id != "", Import.revealed_at.is_not(None)
    )
    if of:
        exported = exported.where(Import.id == of.id)
    # That an account is a private person's is an answer too.
    said = select(AuditEntry.id).where(
        AuditEntry.action == CLASSIFIED, AuditEntry.subject_id == SocialAccount.id
    )
    found = db.session.scalars(
        select(SocialAccount)
        .where(tuple_(SocialAccount.collection_id, SocialAccount.platform_id).in_(exported))
        .where(SocialAccount.kind == PRIVATE, visible(SocialAccount, actor), ~said.exists())
        .order_by(SocialAccount.id)
        .options(selectinload(SocialAccount.names))
    ).all()
    asked = _asked_about(by_id) if found else set()
    return [_ask(one, by_id[one.collection_id]) for one in found if one.id not in asked]


def _asked_about(collection_ids: Iterable[int]) -> set[int]:
    """Accounts of which a keeper has spoken, and a second person has yet to agree."""
    waiting = db.session.scalars(
        select(Approval.details).where(
            Approval.collection_id.in_(collection_ids),
            Approval.kind == UNMASK,
            Approval.state == WAITING,
        )
    )
    return {id_ for details in waiting for id_ in ids_in(details, "account")}


def ids_in(details: Mapping[str, Any], key: str) -> list[int]:
    """What an approval's details name: one ("account"), or several at once ("accounts")."""
    return [*details.get(f"{key}s", ()), *([details[key]] if key in details else [])]


def _ask(account: SocialAccount, collection: Collection) -> Unsaid:
    handles = [name.handle for name in account.names if name.handle]
    return Unsaid(
        called=f"@{handles[-1]}" if handles else account.platform_id,
        organisation=collection.organisation.name if collection.organisation else "",
        path=f"{collection.path}/accounts/{account.token}",
    )
