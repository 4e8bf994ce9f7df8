"""An administrator reads a group that is not theirs: by a recorded act, with a reason, for a while."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.database import db
from hub.core.forms import HubForm
from hub.groups.actions import end_recorded_act, read_by_recorded_act
from hub.groups.forms import AccessForm
from hub.groups.models import Group
from hub.groups.queries import standing_accesses

from .blueprint import bp


@bp.route("/admin/access", methods=["GET", "POST"])
@requires("site.administer")
def access() -> Response | tuple[str, int]:
    form = AccessForm()
    actor = current_actor()
    if form.validate_on_submit():
        slug = form.group.data.rstrip("/").rpartition("/")[2].lower()
        # The one place where an administrator reaches a group that they cannot see: by its address.
        group = db.session.scalar(select(Group).where(Group.slug == slug))
        if group is None:
            form.group.errors = [_("There is no group at this address.")]
        elif group.id in actor.read_groups:
            form.group.errors = [_("You read this group already.")]
        else:
            read_by_recorded_act(actor, group, form.reason.data)
            flash(_("For an hour you read %(group)s. Its members can see that, and why.", group=group.name))
            return form.done(group.path)
    return render_template("groups/access.html", form=form, standing=standing_accesses(actor)), form.status


@bp.post("/admin/access/end")
@requires("site.administer")
def end_access() -> Response:
    if HubForm().validate_on_submit():
        for standing in standing_accesses(current_actor()):
            end_recorded_act(standing)
        flash(_("You no longer read groups that are not yours."))
    return redirect("/admin/access", 303)
