"""Whose accounts a collection holds, and who stays masked whatever is said."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.database import db

from .. import queries, unmasking
from ..approvals.actions import others
from ..forms import AccountForm, AccountsForm, ProtectionForm
from ..masking import former_handles
from ..models import Collection, SocialAccount
from .blueprint import bp, collection_at, of_collection, post_at


@bp.route("/collections/<token>/accounts", methods=["GET", "POST"])
@requires("collection.keep")
def accounts(token: str) -> str | Response | tuple[str, int]:
    """The accounts whose posts a collection holds, with every name they are known to have had; say of those
    that are ticked whose they are."""
    found, actor, form = collection_at(token), current_actor(), AccountsForm()
    if earlier := form.sent_before():
        return earlier
    listed = queries.accounts_of(actor, found)
    ticked = [one for one in listed if one.token in request.form.getlist("account")]
    if form.validate_on_submit() and ticked:
        said = unmasking.say_of_many(actor, ticked, form.kind.data, form.reason.data, form.second.data or "")
        if said is None:
            flash(_("Saved. It holds from now on."), "success")
        else:
            flash(_("Asked. They are shown by name once a second person agrees."), "success")
        return form.done(said.path if said else f"{found.path}/accounts")
    page = render_template(
        "archive/accounts.html",
        collection=found,
        accounts=listed,
        form=form,
        ticked={one.token for one in ticked},
        nothing_ticked=form.is_submitted() and not ticked,
        alone=not others(actor, found),
        former_handles=former_handles,
    )
    return page, 422 if form.is_submitted() else 200


def _account_at(token: str, account_token: str) -> SocialAccount:
    return load(
        SocialAccount,
        SocialAccount.token == account_token,
        of_collection(SocialAccount.collection_id, token),
    )


def _one_of(account: SocialAccount) -> SocialAccount:
    """The account that it turned out to be, or itself."""
    return db.session.get_one(SocialAccount, account.same_as_id) if account.same_as_id else account


@bp.route("/collections/<token>/accounts/<account_token>", methods=["GET", "POST"])
@requires("social_account.keep")
def account(token: str, account_token: str) -> str | Response | tuple[str, int]:
    """Say whose account it is; whoever would be shown by name waits for a second person."""
    found = _account_at(token, account_token)
    if found.same_as_id:  # what is said is said of the one account
        return redirect(f"/collections/{token}/accounts/{_one_of(found).token}")
    actor, back = current_actor(), f"/collections/{token}/accounts"
    form = AccountForm(data={"kind": found.kind})
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        asked = unmasking.say_whose(actor, found, form.kind.data, form.reason.data, form.second.data or "")
        if asked is not None:
            flash(_("Asked. The account is shown by name once a second person agrees."), "success")
        return form.done(asked.path if asked else back)
    collection = db.session.get(Collection, found.collection_id)
    page = render_template(
        "archive/account.html",
        collection=collection,
        account=found,
        form=form,
        back=back,
        waiting=unmasking.waiting_about(found),
        alone=not others(actor, collection),
    )
    return page, form.status


@bp.route("/collections/<token>/accounts/<account_token>/protection", methods=["GET", "POST"])
@requires("social_account.keep")
def protect_account(token: str, account_token: str) -> str | Response | tuple[str, int]:
    """Mark an account as a child's, or as special category data."""
    found = _one_of(_account_at(token, account_token))
    return _protect(found, f"/collections/{token}/accounts/{found.token}", _("this account"))


@bp.route("/collections/<token>/posts/<post_token>/protection", methods=["GET", "POST"])
@requires("archived_post.read")
def protect_post(token: str, post_token: str) -> str | Response | tuple[str, int]:
    """Mark a post as one that shows a child, or tells of special category data."""
    found = post_at(token, post_token)
    return _protect(found, found.path, _("this post"))


def _protect(found: unmasking.Protected, back: str, called: str) -> str | Response | tuple[str, int]:
    actor = current_actor()
    collection = db.session.get_one(Collection, found.collection_id)
    form = ProtectionForm(data={"mark": found.protected})
    form.offer(marked=bool(found.protected))
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        if form.mark.data:
            unmasking.protect(actor, found, form.mark.data, form.reason.data)
            flash(_("Marked. It stays masked wherever it is shown, whatever else is said."), "success")
            return form.done(back)
        asked = unmasking.ask_to_lift(actor, found, form.reason.data, form.second.data or "")
        flash(_("Asked. The mark goes once a second person agrees."), "success")
        return form.done(asked.path)
    page = render_template(
        "archive/protection.html",
        collection=collection,
        found=found,
        called=called,
        form=form,
        back=back,
        waiting=unmasking.waiting_about(found),
        alone=bool(found.protected) and not others(actor, collection),
    )
    return page, form.status
