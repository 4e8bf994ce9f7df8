"""A group's members, and what its moderators and owners do about them."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.actions import confirm_organisation
from hub.core.access import current_actor, requires
from hub.core.forms import HubForm
from hub.groups.actions import remove_member, set_role
from hub.groups.forms import ReasonForm, RoleForm
from hub.groups.queries import member_organisations, members

from .blueprint import bp, load_group, load_membership


@bp.get("/groups/<slug>/members")
@requires("group.members")
def members_page(slug: str) -> str:
    group = load_group(slug)
    actor = current_actor()
    sought = " ".join(request.args.get("q", "")[:80].replace("\x00", "").split())
    organisation = request.args.get("organisation", "")[:80].replace("\x00", "")
    found = members(actor, group, name=sought, organisation=organisation, cursor=request.args.get("after"))
    return render_template(
        "groups/members.html",
        group=group,
        section="members",
        members=found,
        organisations=member_organisations(actor, group),
        sought=sought,
        organisation=organisation,
        here=partial(_address, slug, q=sought, organisation=organisation),
    )


def _address(slug: str, **narrowed: str | None) -> str:
    narrowed = {name: value for name, value in narrowed.items() if value}
    return url_for("groups.members_page", slug=slug, **narrowed)  # type: ignore[arg-type]


@bp.get("/groups/<slug>/members/<handle>")
@requires("group.moderate")
def member(slug: str, handle: str) -> str:
    group = load_group(slug)
    membership = load_membership(group, handle)
    return render_template(
        "groups/member.html",
        group=group,
        section="members",
        membership=membership,
        person=membership.person,
        roles=RoleForm(obj=membership),
        removal=ReasonForm(),
    )


@bp.post("/groups/<slug>/members/<handle>/role")
@requires("group.own")
def role(slug: str, handle: str) -> Response:
    group = load_group(slug)
    membership = load_membership(group, handle)
    form = RoleForm()
    if form.validate_on_submit():
        set_role(current_actor(), group, membership, form.role.data)
        flash(_("%(name)s has the new role.", name=membership.person.name), "success")
    return redirect(f"{group.path}/members/{membership.person.handle}", 303)


@bp.post("/groups/<slug>/members/<handle>/confirmation")
@requires("group.moderate")
def confirmation(slug: str, handle: str) -> Response:
    group = load_group(slug)
    person = load_membership(group, handle).person
    if HubForm().validate_on_submit():
        confirm_organisation(current_actor(), person)
        flash(_("You have confirmed where %(name)s works.", name=person.name), "success")
    return redirect(f"{group.path}/members/{person.handle}", 303)


@bp.post("/groups/<slug>/members/<handle>/removal")
@requires("group.moderate")
def removal(slug: str, handle: str) -> Response | tuple[str, int]:
    group = load_group(slug)
    membership = load_membership(group, handle)
    form = ReasonForm()
    if form.validate_on_submit():
        name = membership.person.name
        remove_member(current_actor(), group, membership, form.reason.data)
        flash(_("%(name)s is no longer a member. What they wrote stays.", name=name), "success")
        return redirect(f"{group.path}/members", 303)
    return render_template(
        "groups/member.html",
        group=group,
        section="members",
        membership=membership,
        person=membership.person,
        roles=RoleForm(formdata=None, obj=membership),
        removal=form,
    ), form.status
