"""Asking for review, publishing, checking, and saying what takes a page's place."""

from datetime import date

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.content.addresses import item_at, seen_item
from hub.content.models import GUIDANCE, Item
from hub.core import clock
from hub.core.access import authorize, current_actor, requires
from hub.core.differences import difference_html
from hub.guidance import actions, queries
from hub.guidance.actions.pages import revision
from hub.guidance.forms import PublishForm, ReasonForm, ReviewByForm, SuccessorForm
from hub.guidance.models import Guidance
from hub.guidance.telling import changed_parts
from hub.guidance.wording import wording_of

from . import bp
from .reading import PLACE

Answer = str | Response | tuple[str, int]


@bp.post(PLACE + "/review")
@requires("guidance.edit")
def ask(slug: str, number: int) -> Response:
    """Ask the moderators to publish what was written."""
    item = item_at(GUIDANCE, slug, number)
    actions.send_for_review(current_actor(), item)
    flash(
        _("The group's moderators see this on their desk now. You are told when it is published."), "success"
    )
    return redirect(item.path, 303)


@bp.route(PLACE + "/publication", methods=["GET", "POST"])
@requires("guidance.publish")
def publication(slug: str, number: int) -> Answer:
    """Publish the newest revision, with an owner and the day of its next check."""
    item = item_at(GUIDANCE, slug, number)
    page = queries.page_of(item)
    form = PublishForm(data=_first_choice(page))
    form.offer(queries.possible_owners(item))
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        review_by: date = form.review_by.data
        actions.publish(current_actor(), item, form.chosen_owner, review_by, number=form.read_number)
        flash(_("The page is published."), "success")
        return form.done(item.path)
    return _publication(item, page, form, ReasonForm(formdata=None)), form.status


def _first_choice(page: Guidance) -> dict[str, str]:
    return {"owner": page.owner.handle if page.owner else "", "number": str(page.newest_number)}


def _publication(item: Item, page: Guidance, form: PublishForm, reason: ReasonForm) -> str:
    newest = revision(item, page.newest_number)
    shown = revision(item, page.published_number) if page.published_number and page.waiting else None
    if newest is None:
        abort(404)
    return render_template(
        "guidance/publication.html",
        group=item.group,
        section="guidance",
        item=item,
        page=page,
        newest=newest[0],
        parts=changed_parts(wording_of(*shown), wording_of(*newest)) if shown else [],
        changes=difference_html(shown[0].source, newest[0].source) if shown else None,
        form=form,
        reason=reason,
    )


@bp.post(PLACE + "/return")
@requires("guidance.publish")
def give_back(slug: str, number: int) -> Answer:
    """Say what is missing before it can be published."""
    item = item_at(GUIDANCE, slug, number)
    reason = ReasonForm()
    if earlier := reason.sent_before():
        return earlier
    if reason.validate_on_submit():
        actions.return_to_draft(current_actor(), item, reason.reason.data or "")
        flash(_("Whoever asked for it to be published is told why not yet."), "success")
        return reason.done(item.path)
    page = queries.page_of(item)
    form = PublishForm(formdata=None, data=_first_choice(page))
    form.offer(queries.possible_owners(item))
    return _publication(item, page, form, reason), reason.status


def _page_to_check(slug: str, number: int) -> tuple[Item, Guidance]:
    item = seen_item(GUIDANCE, slug, number)
    page = queries.page_of(item)
    authorize("guidance.check", page)
    return item, page


@bp.route(PLACE + "/check", methods=["GET", "POST"])
@requires("guidance.check")
def check(slug: str, number: int) -> Answer:
    """Say that a page is still true, and when somebody looks at it again."""
    item, page = _page_to_check(slug, number)
    form = ReviewByForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.mark_checked(current_actor(), item, form.review_by.data)
        flash(_("The page says that you checked it today."), "success")
        return form.done(item.path)
    return _check(item, page, form, ReasonForm(formdata=None)), form.status


@bp.post(PLACE + "/doubt")
@requires("guidance.check")
def doubt(slug: str, number: int) -> Answer:
    """Say that a page is no longer to be relied on."""
    item, page = _page_to_check(slug, number)
    reason = ReasonForm()
    if earlier := reason.sent_before():
        return earlier
    if reason.validate_on_submit():
        actions.mark_needs_review(current_actor(), item, reason.reason.data or "")
        flash(_("The page says that it needs review, and its owner is told."), "success")
        return reason.done(item.path)
    return _check(item, page, ReviewByForm(formdata=None), reason), reason.status


def _check(item: Item, page: Guidance, form: ReviewByForm, reason: ReasonForm) -> str:
    return render_template(
        "guidance/check.html",
        group=item.group,
        section="guidance",
        item=item,
        page=page,
        overdue=page.overdue(clock.now().date()),
        form=form,
        reason=reason,
    )


@bp.route(PLACE + "/successor", methods=["GET", "POST"])
@requires("guidance.publish")
def successor(slug: str, number: int) -> Answer:
    """Say which page takes the place of this one."""
    item = item_at(GUIDANCE, slug, number)
    form = SuccessorForm()
    form.offer(queries.successors(current_actor(), item))
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.supersede(current_actor(), item, form.chosen)
        flash(_("Readers of this page are led to the one that takes its place."), "success")
        return form.done(item.path)
    return render_template(
        "guidance/successor.html",
        group=item.group,
        section="guidance",
        item=item,
        form=form,
        none=len(form.by.choices) == 1,
    ), form.status
