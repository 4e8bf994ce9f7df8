"""Pages of mail that comes in: what a group allows, and what is held for its sender."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.content.files.shown import shown
from hub.content.models import Item, Post
from hub.core.access import authorize, current_actor, load, requires
from hub.core.database import db
from hub.core.markup import render
from hub.core.policy import visible
from hub.groups.models import Group

from . import posting, wording
from .actions import let_write_by_mail
from .asking import addresses_of, is_written_by_mail
from .forms import GroupMailForm, HeldForm
from .models import HeldMessage
from .rules import HELD_FOR
from .unread import sort_again

bp = Blueprint("inbox", __name__)


@bp.route("/groups/<slug>/mail", methods=["GET", "POST"])
@requires("group.own")
def group_mail(slug: str) -> str | Response | tuple[str, int]:
    """Whether members may write to the group by mail."""
    group = load(Group, Group.slug == slug)
    addresses = addresses_of(group) or abort(404)
    form = GroupMailForm(data={"allowed": is_written_by_mail(group)})
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        let_write_by_mail(current_actor(), group, bool(form.allowed.data))
        flash(_("What the group takes by e-mail is saved."), "success")
        return form.done(f"{group.path}/settings")
    return render_template("inbox/group.html", group=group, form=form, addresses=addresses), form.status


@bp.get("/me/held-mail")
@requires("site.use")
def held_messages() -> str:
    """One's own messages that wait, newest first; there are never many."""
    waiting = db.session.scalars(
        select(HeldMessage)
        .where(visible(HeldMessage, current_actor()))
        .order_by(HeldMessage.held_at.desc(), HeldMessage.id.desc())
    ).all()
    return render_template("inbox/held.html", waiting=waiting, until=_until, where=_where)


@bp.route("/me/held-mail/<token>", methods=["GET", "POST"])
@requires("held_message.settle")
def held_message(token: str) -> str | Response | tuple[str, int]:
    """One of them: post it, or delete it."""
    held = load(HeldMessage, HeldMessage.token == token)
    form = HeldForm()
    if earlier := form.sent_before():
        return earlier
    why_not = None
    if form.validate_on_submit():
        if request.form.get("delete"):
            posting.drop(held)
            flash(_("The message is deleted."), "success")
            return form.done("/me/held-mail")
        try:
            person = db.session.get_one(Person, held.person_id)
            return form.done(posting.release(person, held).path)
        except posting.NotPosted as problem:
            why_not = wording.why_not(problem.code)
    page = render_template(
        "inbox/held_message.html",
        held=held,
        form=form,
        until=_until(held),
        where=_where(held),
        preview=Markup(render(held.source)),
        files=[shown(file) for file in posting.files_of(held)],
        why_not=why_not,
    )
    return page, 409 if why_not else form.status


@bp.post("/admin/deliveries/unread-mail/another-try")
@requires("site.administer")
def another_try() -> Response:
    """What could not be sorted is sorted again: the hub may have been mended since."""
    authorize("site.administer")
    count = sort_again(current_actor())
    said = ngettext(
        "%(num)s message is being sorted again.", "%(num)s messages are being sorted again.", count
    )
    flash(said, "success")
    return redirect("/admin/deliveries/health", 303)


def _until(held: HeldMessage) -> object:
    return held.held_at + HELD_FOR


def _where(held: HeldMessage) -> Item | Group | None:
    """Where it would stand, if its sender still sees that."""
    actor = current_actor()
    if held.group_id is not None:
        return db.session.scalar(select(Group).where(Group.id == held.group_id, visible(Group, actor)))
    return db.session.scalar(
        select(Item).join(Post, Post.item_id == Item.id).where(Post.id == held.post_id, visible(Item, actor))
    )
