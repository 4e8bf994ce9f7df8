"""Founding a group, its settings, who asks to come in and who is invited."""

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.security import limiter
from hub.groups.actions import (
    approve_request,
    change_group,
    create_group,
    decline_request,
    invite,
)
from hub.groups.forms import GroupForm, InviteForm, ReasonForm
from hub.groups.models import JoinRequest
from hub.groups.queries import request_of, requests_of

from .blueprint import bp, load_group


@bp.route("/groups/new", methods=["GET", "POST"])
@requires("group.create")
def found_group() -> Response | tuple[str, int]:
    form = GroupForm(visibility="public", joining="open")
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        group = create_group(current_actor(), **_described(form))
        flash(_("The group stands, and you own it. Invite its first members."), "success")
        return form.done(group.path)
    return render_template("groups/new.html", form=form, section="groups"), form.status


@bp.route("/groups/<slug>/settings", methods=["GET", "POST"])
@requires("group.own")
def group_settings(slug: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    form = GroupForm(obj=group)
    if not form.is_submitted():
        form.welcome.data = group.welcome_source
    if form.validate_on_submit():
        change_group(current_actor(), group, mails_words=form.mails_words.data, **_described(form))
        flash(_("The group's settings are saved."), "success")
        return redirect(group.path, 303)
    return render_template("groups/settings.html", group=group, form=form), form.status


def _described(form: GroupForm) -> dict[str, str]:
    return {
        "name": form.name.data,
        "summary": form.summary.data,
        "welcome": form.welcome.data or "",
        "visibility": form.visibility.data,
        "joining": form.joining.data,
    }


@bp.get("/groups/<slug>/requests")
@requires("group.moderate")
def requests(slug: str) -> str:
    group = load_group(slug)
    return render_template(
        "groups/requests.html", group=group, requests=requests_of(group), section="members"
    )


def _request(group_id: int, handle: str) -> JoinRequest:
    return request_of(group_id, handle) or abort(404)


@bp.post("/groups/<slug>/requests/<handle>/approval")
@requires("group.moderate")
def approval(slug: str, handle: str) -> Response:
    group = load_group(slug)
    asked = _request(group.id, handle)
    name = asked.person.name
    approve_request(current_actor(), group, asked)
    flash(_("%(name)s is a member now and has been told.", name=name), "success")
    return redirect(f"{group.path}/requests", 303)


@bp.route("/groups/<slug>/requests/<handle>/refusal", methods=["GET", "POST"])
@requires("group.moderate")
def refusal(slug: str, handle: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    asked = _request(group.id, handle)
    form = ReasonForm()
    if form.validate_on_submit():
        decline_request(current_actor(), group, asked, form.reason.data)
        flash(_("The request is declined, and the reason is on its way."), "success")
        return redirect(f"{group.path}/requests", 303)
    return render_template(
        "groups/refusal.html", group=group, asked=asked, form=form, section="members"
    ), form.status


@bp.route("/groups/<slug>/invitations", methods=["GET", "POST"])
@requires("group.moderate")
@limiter.limit("60 per hour", methods=["POST"])
def invitations(slug: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    form = InviteForm()
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        invitation = invite(current_actor(), group, form.email.data)
        sent = _("An invitation is on its way to %(address)s.", address=invitation.to_address)
        flash(sent, "success")
        return form.done(f"{group.path}/invitations")
    return render_template("groups/invite.html", group=group, form=form, section="members"), form.status
