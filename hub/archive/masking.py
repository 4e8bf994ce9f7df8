"""Masking: who is not an organisation, an office holder or a member writing as such is not shown by name.

It works on what is shown; the record itself is never touched.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hub.core.database import db

from .became import without_hour
from .models import PRIVATE, AccountName, SocialAccount
from .platforms import person_at
from .rules import revealed

# A handle as platforms write it; the "@" of an e-mail address follows a letter or a dot.
_MENTION = re.compile(r"(?<![\w.@])@(\w[\w.-]*\w|\w)(@[\w.-]+\w)?")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


A_SECOND = timedelta(seconds=1)


def is_masked(account: SocialAccount | None) -> bool:
    """Whether an account's name, handle and picture are left out. Nobody known is somebody private."""
    return account is None or account.kind == PRIVATE


def mask_mentions(text: str, public: Collection[str]) -> str:
    """The text with every handle left out but the public ones (given without "@", in lower case), also
    where the address of a profile or a post names it."""
    private = _("@[private person]")

    def masked(found: re.Match[str]) -> str:
        handle = found[0].removeprefix("@").casefold()
        return found[0] if _is_public(handle, public) else private

    def address(found: re.Match[str]) -> str:
        return private if names_private_person(found[0], public) else found[0]

    return _MENTION.sub(masked, _ADDRESS.sub(address, text))


def _is_public(handle: str, public: Collection[str]) -> bool:
    """A handle of the Fediverse is user@server; texts of the same server say its first part only."""
    if "@" in handle or handle in public:
        return handle in public
    return any(one.startswith(handle + "@") for one in public)


def names_private_person(address: str, public: Collection[str]) -> bool:
    """Whether an address leads to the profile or a post of somebody who is not known to be public."""
    try:
        handle = person_at(address)
    except ValueError:
        return True  # what cannot be read cannot be judged
    return handle is not None and handle not in public


def public_handles(collection_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """For each collection, every handle that its organisations and office holders ever had, in lower case.

    One query, however many collections.
    """
    wanted = list(collection_ids)
    rows = db.session.execute(
        select(SocialAccount.collection_id, AccountName.handle)
        .join(AccountName, AccountName.account_id == SocialAccount.id)
        .where(
            SocialAccount.collection_id.in_(wanted),
            SocialAccount.kind != PRIVATE,
            revealed(AccountName.import_id),
        )
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
        .where(or_(AccountName.handle != "", AccountName.name != ""), revealed(AccountName.import_id))
        .order_by(AccountName.account_id, AccountName.seen_from, AccountName.id)
    )
    for row in rows:
        found.setdefault(row.account_id, []).append(row)
    return found


@dataclass(frozen=True)
class Named:
    """What an account was called; "" for what nobody knows."""

    name: str
    handle: str


def name_at(names: Sequence[AccountName], moment: datetime | None) -> Named | None:
    """What an account was called at a moment: the latest name met by then, else the first that was met.

    Name and handle are looked up each for itself: a change of handle does not tell the name.
    """
    if not names:
        return None
    return Named(_at(names, "name", moment), _at(names, "handle", moment))


def _at(names: Sequence[AccountName], part: str, moment: datetime | None) -> str:
    known = sorted((one for one in names if getattr(one, part)), key=lambda one: one.seen_from)
    met = [one for one in known if moment is None or one.seen_from <= moment]
    chosen = met[-1:] or known[:1]
    return getattr(chosen[0], part) if chosen else ""


@dataclass(frozen=True)
class Former:
    """A handle that an account had before. `changed`: the export says that it was given up at `until`."""

    handle: str
    until: date
    changed: bool


def former_handles(names: Sequence[AccountName]) -> list[Former]:
    """Each handle that an account no longer has, once, latest first, however many imports told of it."""
    met = sorted((one for one in names if one.handle), key=lambda one: one.seen_from)
    last: dict[str, datetime] = {}
    for one in met:
        last[one.handle] = max(one.seen_to, last.get(one.handle, one.seen_to))
    current = met[-1].handle if met else ""
    # An export tells of a change as the old handle's last second and the new one's first.
    began = {one.seen_from for one in met}
    found = []
    for handle, seen in last.items():
        given_up = seen + A_SECOND
        changed = given_up in began
        until = given_up if changed else seen
        if handle != current:
            found.append(Former(handle, until.date() if without_hour(until) else until, changed))
    return sorted(found, key=lambda one: last[one.handle], reverse=True)
