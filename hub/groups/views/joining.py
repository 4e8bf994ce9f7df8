"""Coming into a group, and going."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.forms import HubForm
from hub.core.keyed import keyed
from hub.core.security import limiter
from hub.groups.actions import accept_invitation, ask_to_join, join, leave
from hub.groups.forms import AskForm
from hub.groups.models import OPEN, Invitation
from hub.groups.queries import own_request

from .blueprint import bp, load_group


@bp.route("/groups/<slug>/join", methods=["GET", "POST"])
@requires("group.enter")
def enter(slug: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    actor = current_actor()
    if actor.is_member(group.id):
        return redirect(group.path, 303)
    form = AskForm()
    if form.validate_on_submit():
        if group.joining == OPEN:
            join(actor, group)
            flash(_("You are a member now. Welcome."), "success")
        else:
            ask_to_join(actor, group, form.message.data or "")
            flash(_("Your request is with the group's moderators. You get a message when it is answered."))
        return form.done(group.path)
    asked = own_request(actor, group)
    return render_template("groups/join.html", group=group, form=form, asked=asked), form.status


@bp.route("/groups/<slug>/leave", methods=["GET", "POST"])
@requires("group.leave")
def go(slug: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    form = HubForm()
    if form.validate_on_submit():
        leave(current_actor(), group)
        flash(_("You have left %(group)s. What you wrote stays there.", group=group.name))
        return redirect("/groups", 303)
    return render_template("groups/leave.html", group=group, form=form), form.status


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@requires("group.accept_invitation")
@keyed
@limiter.limit("120 per hour")
def invitation(token: str) -> Response | tuple[str, int]:
    invitation = load(Invitation, Invitation.token == token)
    actor = current_actor()
    if actor.is_member(invitation.group_id):
        return redirect(invitation.group.path, 303)
    form = HubForm()
    if form.validate_on_submit() and actor.signed_in:
        accept_invitation(actor, invitation)
        flash(_("You are a member now. Welcome."), "success")
        return redirect(invitation.group.path, 303)
    return render_template(
        "groups/invitation.html", invitation=invitation, form=form, here=request.path
    ), form.status
