"""After the first sign-in: say who one is, join a group; or skip it."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.actions import set_profile
from hub.accounts.queries import organisation_names
from hub.accounts.sign_in import local_path
from hub.core.access import current_actor, requires
from hub.core.database import db
from hub.core.outbox import emit
from hub.core.policy import visible
from hub.groups.actions import ask_to_join, join
from hub.groups.forms import WelcomeForm
from hub.groups.models import OPEN, Group
from hub.groups.queries import joinable_groups

from .blueprint import bp


@bp.route("/welcome", methods=["GET", "POST"])
@requires("site.use")
def welcome() -> Response | tuple[str, int]:
    actor = current_actor()
    form = WelcomeForm(groups=joinable_groups(actor), person=current_user)
    onward = local_path(request.args.get("next"))
    if form.validate_on_submit():
        set_profile(
            actor,
            name=current_user.name,
            about=current_user.about,
            sector=form.sector.data or "",
            profession=form.profession.data or "",
            organisation=form.organisation.data or "",
        )
        joined = _enter(form.groups.data or [])
        emit(
            "person.welcomed",
            person_id=actor.person_id,
            group_ids=[group.id for group in joined],
            answers=_answers(form),
        )
        flash(_("Welcome, %(name)s. Ask whatever you came for.", name=current_user.name), "success")
        return redirect(onward or (joined[0].path if joined else "/"), 303)
    names = organisation_names(actor)
    return render_template("groups/welcome.html", form=form, names=names, onward=onward or "/"), form.status


def _answers(form: WelcomeForm) -> dict[str, str]:
    """What was answered besides to questions that higher rooms put on the page, by their names."""
    return {
        name: value for name, value in request.form.items() if name not in form._fields and len(value) <= 60
    }


def _enter(slugs: list[str]) -> list[Group]:
    """Join the chosen groups, or ask to; those that one is in from now on."""
    actor = current_actor()
    chosen = list(db.session.scalars(select(Group).where(visible(Group, actor), Group.slug.in_(slugs))))
    for group in chosen:
        if group.joining == OPEN:
            join(actor, group)
        else:
            ask_to_join(actor, group)
    return [group for group in chosen if group.joining == OPEN]
