"""Masking: who is not an organisation, an office holder or a member writing as such is not shown by name.

It works on what is shown; the record itself is never touched.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from hub.core.database import db

from .became import without_hour
from .masked_text import Mask, Public, private_names
from .models import AGREED, PRIVATE, AccountName, ArchivedPost, PostVersion, SocialAccount
from .rules import revealed

A_SECOND = timedelta(seconds=1)
# So soon after a post its account was not called otherwise than at it: most captures are no sooner.
NEAR = timedelta(days=1)


def is_masked(account: SocialAccount | None) -> bool:
    """Whether an account's name, handle and picture are left out. Nobody known is somebody private."""
    return account is None or account.kind == PRIVATE or bool(account.protected)


def is_private(account: SocialAccount | None) -> bool:
    """Whether it is a private person's, who may have agreed to be named: what they took back is theirs."""
    return account is None or account.kind in {PRIVATE, AGREED} or bool(account.protected)


def masks(post: ArchivedPost) -> bool:
    """Whether whoever wrote a post is left out where it is shown, and its pictures with them."""
    return bool(post.protected) or is_masked(post.account)


def mask_of(post: ArchivedPost, version: PostVersion, names: Sequence[AccountName], public: Public) -> Mask:
    """What is left out of a version's words. names: its author's, for where they name themselves."""
    mentioned = private_names(version.details.get("mentions", ()), public)
    hidden = masks(post)
    own = [called for one in names for called in (one.name, one.handle) if called] if hidden else []
    return Mask(public, (*mentioned, *own), contacts=hidden)


def public_people(collection_ids: Iterable[int]) -> dict[int, Public]:
    """For each collection, what those who may be named were ever called. One query, however many."""
    wanted, known = list(collection_ids), aliased(SocialAccount)
    rows = db.session.execute(
        select(SocialAccount.collection_id, SocialAccount.platform_id, AccountName.handle, AccountName.name)
        .join(known, or_(known.id == SocialAccount.id, known.same_as_id == SocialAccount.id))
        .outerjoin(
            AccountName,
            and_(AccountName.account_id == known.id, revealed(AccountName.import_id)),
        )
        .where(
            SocialAccount.collection_id.in_(wanted),
            SocialAccount.same_as_id.is_(None),
            SocialAccount.kind != PRIVATE,
            SocialAccount.protected == "",
        )
        .distinct()
    )
    told: dict[int, tuple[set[str], set[str], set[str]]] = {one: (set(), set(), set()) for one in wanted}
    for collection_id, platform_id, handle, name in rows:
        handles, ids, names = told[collection_id]
        ids.add(platform_id)
        handles.update({handle.casefold()} if handle else ())
        names.update({name.casefold()} if name else ())
    return {one: Public(*map(frozenset, sets)) for one, sets in told.items()}


def public_handles(collection_ids: Iterable[int]) -> dict[int, Collection[str]]:
    """The handles alone, for texts of which nothing more is known."""
    return {one: public.handles for one, public in public_people(collection_ids).items()}


def mask_mentions(text: str, handles: Collection[str]) -> str:
    """A text by itself with every handle left out but those (without "@", in lower case), also where the
    address of a profile or a post names it."""
    return str(Mask(Public(handles=handles))(text))


def names_of(account_ids: Iterable[int]) -> dict[int, list[AccountName]]:
    """Each account's names and handles in the order in which they were met, also those that it was met by
    before the platform's own id of it was known. One query."""
    wanted = list(account_ids)
    found: dict[int, list[AccountName]] = {}
    rows = db.session.execute(
        select(func.coalesce(SocialAccount.same_as_id, SocialAccount.id), AccountName)
        .join(AccountName, AccountName.account_id == SocialAccount.id)
        .where(or_(SocialAccount.id.in_(wanted), SocialAccount.same_as_id.in_(wanted)))
        .where(or_(AccountName.handle != "", AccountName.name != ""), revealed(AccountName.import_id))
        .order_by(AccountName.seen_from, AccountName.id)
    )
    for account_id, row in rows:
        found.setdefault(account_id, []).append(row)
    return found


@dataclass(frozen=True)
class Named:
    """What an account was called; "" for what nobody knows.

    later: where the handle was another by the next time that the account was met, that one: `handle` is then
    the one that was known before, and which of the two it was at the moment nobody knows. Else "".
    met_on: where the account was not met as early as the moment, when it first was; what it was called before
    nobody knows. Else None.
    """

    name: str
    handle: str
    later: str = ""
    met_on: datetime | None = None


def name_at(names: Sequence[AccountName], moment: datetime | None) -> Named | None:
    """What an account was called at a moment: the latest name met by then, else the first that was met.

    Name and handle are looked up each for itself: a change of handle does not tell the name.
    """
    if not names:
        return None
    name, handle = _at(names, "name", moment), _at(names, "handle", moment)
    first = max((one.seen_from for one in (name, handle) if one), default=None)
    unmet = moment and first and moment < first - NEAR
    return Named(
        name.name if name else "",
        handle.handle if handle else "",
        _later(names, moment),
        first if unmet else None,
    )


def _later(names: Sequence[AccountName], moment: datetime | None) -> str:
    """The handle met after the moment, if the one met before it had not been seen as late as that."""
    known = sorted((one for one in names if one.handle), key=lambda one: one.seen_from)
    before = [one for one in known if moment and one.seen_from <= moment]
    after = next((one for one in known if moment and one.seen_from > moment), None)
    if not before or after is None:
        return ""
    had = before[-1].handle
    last = max(one.seen_to for one in before if one.handle.casefold() == had.casefold())
    # An export that tells of a change tells of it to the second.
    told = moment <= last or after.seen_from - A_SECOND <= last
    return "" if told or after.handle.casefold() == had.casefold() else after.handle


def _at(names: Sequence[AccountName], part: str, moment: datetime | None) -> AccountName | None:
    known = sorted((one for one in names if getattr(one, part)), key=lambda one: one.seen_from)
    met = [one for one in known if moment is None or one.seen_from <= moment]
    return next(iter(met[-1:] or known[:1]), None)


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
