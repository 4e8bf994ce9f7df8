"""Pages: reporting for anybody, the desk and the log for moderators."""

from types import SimpleNamespace

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.accounts.sign_in import local_path
from hub.content.models import Item, Post
from hub.content.queries import post_statement
from hub.core.access import current_actor, load, load_from, requires
from hub.core.database import db
from hub.core.desk import queues
from hub.core.forms import HubForm
from hub.core.keyed import without_key
from hub.core.policy import Actor, can
from hub.core.security import limiter
from hub.examples.cards import Card, cards_of, for_judging, with_all_that_cards_show
from hub.examples.models import Example
from hub.examples.queries import seen_example
from hub.groups.models import Group

from . import actions, log, takedown
from .forms import DecisionForm, ReportForm, TakedownForm
from .models import Report
from .queries import all_about, decided_before, groups_at_the_desk
from .rules import REPORTS_ALLOWED, TAKEDOWNS_ALLOWED
from .subjects import find
from .words import RELATION, WHY

bp = Blueprint("moderation", __name__)

Answer = str | Response | tuple[str, int]


@bp.route("/report", methods=["GET", "POST"])
@limiter.limit(REPORTS_ALLOWED, methods=["POST"])
@requires("report.make")
def report() -> Answer:
    """Report a page, post or person, with or without an account. The answer is the same whatever it is."""
    actor = current_actor()
    form = ReportForm(data={"page": without_key(request.args.get("page", ""))})
    if actor.signed_in:
        del form.email
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        email = form.email.data or "" if not actor.signed_in else ""
        page = without_key(form.page.data or "")
        actions.report(actor, page, form.why.data, form.text.data or "", email)
        return form.done("/report/thanks")
    subject = find(actor, form.page.data or "")
    return render_template("moderation/report.html", form=form, subject=subject), form.status


@bp.route("/evidence/<token>/takedown", methods=["GET", "POST"])
@limiter.limit(TAKEDOWNS_ALLOWED, methods=["POST"])
@requires("example.read")
def ask_for_takedown(token: str) -> Answer:
    """Whoever is shown in an example asks for it to be taken down, with or without an account."""
    actor = current_actor()
    form = TakedownForm()
    if actor.signed_in:
        del form.email
    if earlier := form.sent_before():
        return earlier
    example = load_from(seen_example(actor, token))
    if form.validate_on_submit():
        email = form.email.data or "" if not actor.signed_in else ""
        takedown.ask(actor, example, form.relation.data, form.text.data or "", email)
        return form.done("/report/asked")
    page = render_template(
        "moderation/takedown.html", form=form, example=example, decided=decided_before(example)
    )
    return page, form.status


@bp.get("/report/asked")
@requires("report.make")
def takedown_asked() -> str:
    return render_template("moderation/asked.html")


@bp.get("/report/thanks")
@requires("report.make")
def thanks() -> str:
    return render_template("moderation/thanks.html")


@bp.get("/desk")
@requires("desk.read")
def desk() -> str:
    """What waits for a moderator, in all their groups or in one."""
    actor = current_actor()
    groups = groups_at_the_desk(actor)
    chosen = _chosen(groups)
    ids = [chosen.id] if chosen else [group.id for group in groups]
    waiting = [
        SimpleNamespace(queue=queue, number=number, rows=queue.rows(actor, ids) if number else [])
        for queue in queues()
        for number in [queue.count(actor, ids)]
    ]
    return render_template("moderation/desk.html", groups=groups, chosen=chosen, waiting=waiting)


def _chosen(groups: list[Group]) -> Group | None:
    slug = request.args.get("group")
    if not slug:
        return None
    return next((group for group in groups if group.slug == slug), None) or abort(404)


@bp.get("/desk/log")
@requires("desk.read")
def decisions() -> str:
    """What was decided, by whom, and why."""
    actor = current_actor()
    groups = groups_at_the_desk(actor)
    chosen = _chosen(groups)
    found, entries = log.entries(actor, chosen, request.args.get("after"))
    kept = f"group={chosen.slug}" if chosen else ""
    return render_template(
        "moderation/log.html",
        groups=groups,
        chosen=chosen,
        entries=entries,
        older="/desk/log?" + "&".join(filter(None, (kept, f"after={found.older}"))) if found.older else None,
        first=f"/desk/log?{kept}" if request.args.get("after") else None,
    )


@bp.get("/desk/reports/<token>")
@requires("report.decide")
def show(token: str) -> str:
    """One report with everything needed to decide about it."""
    return _page(load(Report, Report.token == token), DecisionForm(formdata=None))


@bp.post("/desk/reports/<token>/withdrawal")
@requires("report.decide")
def withdrawal(token: str) -> Response:
    """Take it out of sight at once, or put it back; both until it is decided."""
    made = load(Report, Report.token == token)
    if request.form.get("withdraw", "1") == "1":
        actions.withdraw_reported(current_actor(), made)
        flash(_("It is out of sight until you decide. Its author is told."), "success")
    else:
        actions.put_back(current_actor(), made)
        flash(_("Everybody can read it again. The report still waits for a decision."), "success")
    return redirect(f"/desk/reports/{made.token}", 303)


@bp.post("/desk/reports/<token>/decision")
@requires("report.decide")
def decision(token: str) -> Answer:
    """Decide, with a reason. Everybody concerned is told."""
    made = load(Report, Report.token == token)
    form = DecisionForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.decide(current_actor(), made, form.decision.data, form.reason.data or "")
        flash(_("Decided. It is in the log, and those concerned are told."), "success")
        return form.done("/desk" if can(current_actor(), "desk.read") else "/collections")
    return _page(made, form), form.status


def _page(made: Report, form: DecisionForm) -> str:
    actor = current_actor()
    if made.subject is None:
        form.about_no_post()
    post = made.post or _opening(actor, made.item)
    return render_template(
        "moderation/show.html",
        report=made,
        post=post,
        path=local_path(made.about),
        reports=all_about(actor, made),
        text=Markup(post.html) if post else None,  # rendered and cleaned when it was written
        cards=_cards(made.example) if made.example else [],
        why=WHY,
        relation=RELATION,
        form=form,
    )


def _opening(actor: Actor, item: Item | None) -> Post | None:
    """The text of a reported item: nobody can judge by a title."""
    if item is None:
        return None
    return db.session.scalar(post_statement(actor, item, 1))


def _cards(example: Example) -> list[Card]:
    """Whoever may decide about the report sees what it is about, withdrawn or not."""
    shown = select(Example).where(Example.id == example.id).options(*with_all_that_cards_show())
    return for_judging(cards_of([db.session.scalars(shown).one()])[example.id])


@bp.post("/desk/withdrawals")
@requires("desk.read")
def withdraw_now() -> Response:
    """From a post's own page: withdraw it at once, then give a reason."""
    form = HubForm()
    if earlier := form.sent_before():
        return earlier
    made = actions.withdraw_now(current_actor(), request.form.get("about", ""))
    if made is None:
        abort(404)
    flash(_("It is out of sight. Say why, so that its author and the log know."), "success")
    return form.done(f"/desk/reports/{made.token}")
