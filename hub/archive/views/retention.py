"""How long a collection keeps its posts, what is due, and what is decided about it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, flash, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.language import month

from ..models import Collection
from ..retention import due, queries, reviewing, words
from ..retention.choosing import Chosen, chosen
from ..retention.forms import ClassForm, KeepOnForm
from .blueprint import bp, collection_at


@bp.get("/collections/<token>/retention")
@requires("collection.keep")
def retention(token: str) -> str:
    """The class, the schedules, and what is due now and later."""
    found, actor = collection_at(token), current_actor()
    months = [
        (format_date(day, "MMM yyyy"), f"{month(day.month)} {day.year}", number)
        for day, number in due.by_month(found)
    ]
    return render_template(
        "archive/retention/overview.html",
        collection=found,
        uses=due.uses(found),
        schedules=queries.schedules_of(actor, found),
        due=due.due_now(found),
        months=months,
        most=max((number for _short, _name, number in months), default=0),
        words=words,
    )


@bp.route("/collections/<token>/class", methods=["GET", "POST"])
@requires("collection.keep")
def set_class(token: str) -> str | Response | tuple[str, int]:
    """The class of the collection, of a post, or of what a search finds now: the address says which."""
    found, actor = collection_at(token), current_actor()
    posts = chosen(actor, found, request.args)
    form = ClassForm(data=_class_now(found) if posts is None else {})
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        reviewing.set_class(actor, found, form.reference.data or "", form.given.data, posts)
        flash(_("The class is kept. What is due follows from it."), "success")
        return form.done(f"{found.path}/retention")
    page = render_template(
        "archive/retention/class.html",
        collection=found,
        form=form,
        chosen=posts,
        number=queries.how_many(posts) if posts else None,
        schedules=[one for one in queries.schedules_of(actor, found) if one.superseded_at is None],
    )
    return page, form.status


def _class_now(found: Collection) -> dict[str, object]:
    default = queries.default_class(found)
    return {"reference": default.entry.reference, "given": default.given} if default else {}


@bp.get("/collections/<token>/due")
@requires("collection.keep")
def due_posts(token: str) -> str:
    """What is due of one class that the collection uses: to be kept on, or disposed of."""
    found, actor = collection_at(token), current_actor()
    use = use_asked_for(found)
    page = queries.posts_due(actor, found, use, request.args.get("after"))
    return render_template(
        "archive/retention/due.html",
        collection=found,
        use=use,
        address=f"{found.path}/due?{urlencode({'class': use.key})}",
        page=page,
        held=queries.held_among(page.rows),
        proposed=queries.proposed_among(page.rows),
        words=words,
    )


@bp.route("/collections/<token>/due/keep", methods=["GET", "POST"])
@requires("collection.keep")
def keep_on(token: str) -> str | Response | tuple[str, int]:
    """What was ticked of what is due is kept until a later day."""
    found, actor = collection_at(token), current_actor()
    use = use_asked_for(found)
    posts = ticked(found, use)
    form = KeepOnForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        reviewing.keep_on(actor, found, posts, form.until.data, form.reason.data or "")
        flash(_("They are kept on, and are due again after that day."), "success")
        return form.done(f"{found.path}/retention")
    number = queries.how_many(posts)
    page = render_template(
        "archive/retention/keep_on.html", collection=found, use=use, form=form, number=number
    )
    return page, form.status


def use_asked_for(found: Collection) -> due.Use:
    """The class that the address names, among those that the collection uses; else 404."""
    key = request.args.get("class", "")
    return next((one for one in due.uses(found) if one.key == key), None) or abort(404)


def ticked(found: Collection, use: due.Use) -> Chosen:
    """Those that were ticked of what is due; or, where that was chosen, all of it."""
    return queries.of_due(found, use, None if "all" in request.args else request.args.getlist("post"))
