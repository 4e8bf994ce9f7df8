"""Saying whose an account is, and protecting people: masking more happens at once, unmasking takes two.

Whoever becomes visible by what a keeper says of an account (a private person's, as every account is at
first) is shown only after a second person agreed. A mark that an account or a post is of a child, or of
special category data, holds at once, and is lifted by two as well; while it stands nothing unmasks it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hub.core import audit
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.outbox import emit
from hub.core.policy import Actor, can

from .actions import classify_account
from .approvals.actions import ask
from .approvals.kinds import A_SECOND_PERSON, Kind, add_kind
from .approvals.models import WAITING, Approval
from .changes import posts_look_different
from .chosen import called
from .models import ACCOUNT_KINDS, AGREED, PRIVATE, PROTECTIONS, ArchivedPost, Collection, SocialAccount
from .own_accounts import UNMASK, ids_in
from .words import ACCOUNT_KINDS as KIND_WORDS

LIFT = "lift_protection"
PROTECTED, LIFTED = "archive.protect", "archive.lift_protection"

Protected = SocialAccount | ArchivedPost


def say_whose(
    actor: Actor, account: SocialAccount, kind: str, reason: str, second: str = ""
) -> Approval | None:
    """Say what an account is. None: it is so from now on; an approval: once a second person agrees.

    second: the handle of a member who is to decide, where nobody else keeps the collection. Raises Refused.
    """
    if kind not in ACCOUNT_KINDS:
        raise ValueError(kind)
    if _openness(kind) <= _openness(account.kind):
        classify_account(actor, account, kind, reason)
        return None
    _refuse_protected(account)
    if waiting_about(account) is not None:
        raise Refused(_("A second person has been asked about this account already. Nothing was changed."))
    return ask(actor, UNMASK, _collection_of(account), reason, second=second, account=account.id, kind=kind)


def say_of_many(
    actor: Actor, accounts: Sequence[SocialAccount], said: str, reason: str, second: str = ""
) -> Approval | None:
    """The same of several accounts of one collection: one of ACCOUNT_KINDS, or one of PROTECTIONS, a mark.

    What masks holds at once. Of those that would become visible a second person is asked, once for all of
    them: then the approval is given back. Raises Refused.
    """
    if said in PROTECTIONS:
        for account in accounts:
            protect(actor, account, said, reason)
        return None
    shown_by_it = [one for one in accounts if _openness(said) > _openness(one.kind)]
    for account in shown_by_it:
        _refuse_protected(account)
        if waiting_about(account) is not None:
            raise Refused(
                _(
                    "A second person has been asked about %(called)s already. Take away its tick. Nothing was"
                    " changed.",
                    called=called(account),
                )
            )
    for account in accounts:
        if account not in shown_by_it:
            classify_account(actor, account, said, reason)
    if not shown_by_it:
        return None
    ids = [one.id for one in shown_by_it]
    held_in = _collection_of(shown_by_it[0])
    return ask(actor, UNMASK, held_in, reason, second=second, accounts=ids, kind=said)


def _openness(kind: str) -> int:
    """How much is shown of an account of that kind; of one who agreed to be named, not what they deleted."""
    return {PRIVATE: 0, AGREED: 1}.get(kind, 2)


def protect(actor: Actor, subject: Protected, mark: str, reason: str) -> None:
    """Mask it from now on, whatever else is said of it. mark: one of PROTECTIONS."""
    if mark not in PROTECTIONS:
        raise ValueError(mark)
    audit.record(actor, PROTECTED, subject, reason=reason, before=subject.protected, after=mark)
    _set(subject, mark)


def ask_to_lift(actor: Actor, subject: Protected, reason: str, second: str = "") -> Approval:
    """Ask a second person whether the mark may go. Raises Refused."""
    if not subject.protected:
        raise Refused(_("There is no such mark, so there is nothing to lift."))
    if waiting_about(subject) is not None:
        raise Refused(_("A second person has been asked about this already. Nothing was changed."))
    named = {_key(subject): subject.id}
    return ask(actor, LIFT, _collection_of(subject), reason, second=second, **named)


def waiting_about(subject: Protected) -> Approval | None:
    """What a second person was asked about an account or a post, and has not decided."""
    found = db.session.scalars(
        select(Approval).where(
            Approval.collection_id == subject.collection_id,
            Approval.kind.in_((UNMASK, LIFT)),
            Approval.state == WAITING,
        )
    )
    return next((one for one in found if subject.id in _ids(one, _key(subject))), None)


def _ids(approval: Approval, key: str) -> list[int]:
    """Of the accounts or the posts that an approval is about: one, or several that were asked for at once."""
    return ids_in(approval.details, key)


def _key(subject: Protected) -> str:
    return "account" if isinstance(subject, SocialAccount) else "post"


def _set(subject: Protected, mark: str) -> None:
    if mark != subject.protected:
        subject.protected = mark
        posts_look_different(subject.collection_id)
        emit("archive.account_classified", collection_id=subject.collection_id)


def _refuse_protected(account: SocialAccount) -> None:
    if account.protected:
        raise Refused(
            _(
                "This account is marked as a child's or as special category data, so it stays masked. Lift"
                " the mark first, if it is wrong. Nothing was changed."
            )
        )


def _collection_of(subject: Protected) -> Collection:
    return db.session.get_one(Collection, subject.collection_id)


# Once a second person has agreed.


def _unmask(actor: Actor, approval: Approval) -> str:
    _permit(actor, approval)
    accounts = [_found(SocialAccount, id_, approval) for id_ in _ids(approval, "account")]
    for account in accounts:
        _refuse_protected(account)
    for account in accounts:
        classify_account(actor, account, approval.details["kind"], approval.reason)
    return f"{approval.collection.path}/accounts"


def _lift(actor: Actor, approval: Approval) -> str:
    model = SocialAccount if "account" in approval.details else ArchivedPost
    subject = _about(model, approval)
    _permit(actor, approval)
    audit.record(actor, LIFTED, subject, reason=approval.reason, before=subject.protected, after="")
    _set(subject, "")
    return approval.collection.path


def _about(model: type[Protected], approval: Approval) -> Protected:
    return _found(model, approval.details.get("account" if model is SocialAccount else "post"), approval)


def _found(model: type[Protected], id_: int | None, approval: Approval) -> Protected:
    found = db.session.get(model, id_)
    if found is None or found.collection_id != approval.collection_id:
        raise Refused(_("What this was about is no longer in the collection."))
    return found


def _permit(actor: Actor, approval: Approval) -> None:
    if not can(actor, "collection.keep", approval.collection):
        raise PermissionError(approval.kind)


def _show(_actor: Actor, approval: Approval) -> Markup:
    """Which accounts, and what they are to be; nothing more of a protected post than that it is one."""
    accounts = _accounts_in([approval])
    return Markup(
        render_template(
            "archive/approvals/_masking.html",
            accounts=[
                (called(one), one.names[-1].name if one.names else "", KIND_WORDS[one.kind])
                for one in accounts
            ],
            after=KIND_WORDS.get(approval.details.get("kind", ""), ""),
        )
    )


def _accounts_in(approvals: Sequence[Approval]) -> Sequence[SocialAccount]:
    """The accounts that approvals are about. One query, and one for their names."""
    wanted = {id_ for approval in approvals for id_ in _ids(approval, "account")}
    statement = select(SocialAccount).where(SocialAccount.id.in_(wanted)).order_by(SocialAccount.id)
    return db.session.scalars(statement.options(selectinload(SocialAccount.names))).all()


def _name(approvals: Sequence[Approval]) -> dict[int, str]:
    """What a list says of each: whose account."""
    names = {one.id: called(one) for one in _accounts_in(approvals)}
    return {
        one.id: ", ".join(names[id_] for id_ in _ids(one, "account") if id_ in names) for one in approvals
    }


add_kind(Kind(UNMASK, _l("Show an account by name"), A_SECOND_PERSON, _unmask, _show, about=_name))
add_kind(Kind(LIFT, _l("Lift a mark that keeps somebody masked"), A_SECOND_PERSON, _lift, _show, about=_name))
