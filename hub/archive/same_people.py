"""Accounts that were known by their handle alone, and whose they turned out to be.

A post that somebody wrote down, or a row of a table, tells a handle; an export or an answer of the platform
tells the account's own id and the handles that it had. Where both tell of one account, its posts are filed
under the platform's id, and it is shown, masked and asked about once. What sightings met stays as they met
it: they name the handle's account for good, so this can be taken back when a later import speaks against it.

Handles pass from one owner to another. So two accounts are one only while nothing speaks against it: no other
account of the platform ever had the handle, and it was met no earlier and no later than its owner can have
had it. Where keepers have said something else of the one than of the other, both stay until they say the
same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, exists, or_, select, update

from hub.core import search
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.outbox import emit, on

from .adapters.base import PROVISIONAL, provisional_id
from .changes import posts_look_different
from .models import ACCOUNT_KINDS, AccountName, ArchivedPost, Sighting, SocialAccount
from .rules import revealed

Key = tuple[str, str]  # platform, what an account with that handle goes by while only the handle is known

# Posts in one message to the index.
TOLD_AT_ONCE = 500

_by_handle = SocialAccount.platform_id.startswith(PROVISIONAL, autoescape=True)


@dataclass
class Met:
    """A handle of an account, or one that it had beside: when it was first and last met."""

    since: datetime
    until: datetime

    def stretch(self, row: Row) -> None:
        self.since, self.until = min(self.since, row.seen_from), max(self.until, row.seen_to)


Handles = dict[str, Met]  # by what an account with that handle alone goes by


def bring_together(collection_id: int, import_id: int | None = None) -> None:
    """Look at every account of the collection that is known by its handle alone. import_id: an import that is
    about to be revealed, whose word counts already. Commits nothing."""
    alone = db.session.scalars(
        select(SocialAccount).where(SocialAccount.collection_id == collection_id, _by_handle)
    ).all()
    if not alone:
        return
    counts = revealed(AccountName.import_id)
    if import_id is not None:
        counts = or_(counts, AccountName.import_id == import_id)
    met = _handles(alone, counts)
    owners = _owners(collection_id, {_key(one) for one in alone}, counts)
    spoken_of = _spoken_of(alone)
    moved: list[int] = []
    changed = False
    for one in alone:
        had = met[one.id].get(one.platform_id)
        owner = _owner(one, had, owners.get(_key(one), ()), spoken=one.id in spoken_of) if had else None
        if one.same_as_id not in {None, owner}:
            moved += _take_apart(one)
            changed = True
        if owner is not None:
            changed = changed or one.same_as_id != owner
            one.same_as_id = owner
            moved += _file(_of(one.id), owner)
    if changed or moved:
        db.session.flush()
        _tell(collection_id, moved)


@on("archive.account_classified")
def look_again(collection_id: int) -> None:
    """Keepers may have said the same now of what they told apart."""
    with unit_of_work():
        bring_together(collection_id)


def _key(account: SocialAccount) -> Key:
    return account.platform, account.platform_id


def _handles(accounts: Iterable[SocialAccount], counts: ColumnElement[bool]) -> dict[int, Handles]:
    """The handles that accounts were met by, each with when."""
    found: dict[int, Handles] = defaultdict(dict)
    ids = [one.id for one in accounts]
    for start in range(0, len(ids), TOLD_AT_ONCE):
        for row in db.session.execute(
            select(
                AccountName.account_id, AccountName.handle, AccountName.seen_from, AccountName.seen_to
            ).where(
                AccountName.account_id.in_(ids[start : start + TOLD_AT_ONCE]),
                AccountName.handle != "",
                counts,
            )
        ):
            handle = provisional_id(row.handle)
            found[row.account_id].setdefault(handle, Met(row.seen_from, row.seen_to)).stretch(row)
    return found


@dataclass(frozen=True)
class Owner:
    """An account with the platform's own id, and every handle it was met by."""

    account: SocialAccount
    handles: Handles


def _owners(collection_id: int, wanted: set[Key], counts: ColumnElement[bool]) -> dict[Key, list[Owner]]:
    """Those that ever had one of the handles. Names are read through once: handles are compared without
    regard to case, as no index has them."""
    ids = {
        row.id
        for row in db.session.execute(
            select(SocialAccount.id, SocialAccount.platform, AccountName.handle)
            .join(AccountName, AccountName.account_id == SocialAccount.id)
            .where(SocialAccount.collection_id == collection_id, ~_by_handle)
            .where(AccountName.handle != "", counts)
            .execution_options(yield_per=1_000)
        )
        if (row.platform, provisional_id(row.handle)) in wanted
    }
    accounts = list(_accounts(sorted(ids)))
    handles = _handles(accounts, counts)
    found: dict[Key, list[Owner]] = defaultdict(list)
    for account in accounts:
        for handle in handles[account.id]:
            found[account.platform, handle].append(Owner(account, handles[account.id]))
    return found


def _accounts(ids: Sequence[int]) -> Iterator[SocialAccount]:
    for start in range(0, len(ids), TOLD_AT_ONCE):
        wanted = SocialAccount.id.in_(ids[start : start + TOLD_AT_ONCE])
        yield from db.session.scalars(select(SocialAccount).where(wanted))


def _owner(one: SocialAccount, met: Met, owners: Sequence[Owner], *, spoken: bool) -> int | None:
    """The account that it is; None: nobody can say."""
    if len(owners) != 1 or not _can_have_had(owners[0].handles, one.platform_id, met):
        return None
    account = owners[0].account
    if one.same_as_id == account.id or not spoken:
        return account.id
    # An import neither masks nor unmasks against what keepers said of either.
    same = (one.kind, one.protected) == (account.kind, account.protected)
    return account.id if same else None


def _can_have_had(handles: Handles, handle: str, met: Met) -> bool:
    """Whether an account can have had a handle whenever it was met. Before it was first known to have it,
    and after it was last, only if it was known by no other handle on that side."""
    own = handles[handle]
    others = [other for name, other in handles.items() if name != handle]
    if any(other.since > own.since and other.until < own.until for other in others):
        return False  # it gave the handle up and took it again
    return not any(
        (other.since <= own.since and met.since < own.since)
        or (other.until >= own.until and met.until > own.until)
        for other in others
    )


def _spoken_of(accounts: Iterable[SocialAccount]) -> set[int]:
    """Those of which a keeper said whose they are, or that they are to be protected."""
    ids = {one.id for one in accounts}
    said = db.session.scalars(
        select(AuditEntry.subject_id).where(AuditEntry.subject_kind == SocialAccount.__tablename__).distinct()
    )
    return ids.intersection(said)


def _of(account_id: int) -> ColumnElement[bool]:
    return ArchivedPost.account_id == account_id


def _file(wanted: ColumnElement[bool], account_id: int) -> list[int]:
    """File posts under an account; which they are."""
    ids = list(db.session.scalars(select(ArchivedPost.id).where(wanted)))
    for start in range(0, len(ids), TOLD_AT_ONCE):
        piece = ArchivedPost.id.in_(ids[start : start + TOLD_AT_ONCE])
        db.session.execute(update(ArchivedPost).where(piece).values(account_id=account_id))
    return ids


def _take_apart(one: SocialAccount) -> list[int]:
    """What only the handle told of goes back to it. It is shown no more openly than it was until now."""
    account = db.session.get_one(SocialAccount, one.same_as_id)
    one.same_as_id = None
    if ACCOUNT_KINDS.index(account.kind) > ACCOUNT_KINDS.index(one.kind):
        one.kind = account.kind
    one.protected = one.protected or account.protected
    sighted = exists().where(Sighting.post_id == ArchivedPost.id)
    return _file(
        _of(account.id) & sighted.where(Sighting.account_id == one.id)
        & ~sighted.where(Sighting.account_id == account.id),
        one.id,
    )  # fmt: skip


def _tell(collection_id: int, post_ids: Sequence[int]) -> None:
    """Lists, cards and the index show whose the posts are."""
    posts_look_different(collection_id)
    emit("archive.account_classified", collection_id=collection_id)
    for start in range(0, len(post_ids), TOLD_AT_ONCE):
        search.changed(*(f"archived:{post_id}" for post_id in post_ids[start : start + TOLD_AT_ONCE]))
