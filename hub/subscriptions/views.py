"""Pages of subscriptions: subscribing, choosing, leaving."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.forms import HubForm, csrf
from hub.core.keyed import keyed
from hub.core.security import limiter
from hub.groups.models import Group

from . import links, queries, wording
from .actions import ask_to_subscribe, choose, confirm_subscription, leave, own_subscriber
from .forms import SubscribeForm
from .models import DAILY, FREQUENCIES, Subscriber
from .rules import CONFIRM_WITHIN

bp = Blueprint("subscriptions", __name__)

# A whole council may come from one address; nobody subscribes it to more groups than this in an hour.
SUBSCRIPTIONS = "60 per hour"


@bp.route("/me/mail", methods=["GET", "POST"])
@requires("site.use")
def own_mail() -> Response | str:
    """Everything a signed-in person hears of by mail, on one page."""
    form = HubForm()
    if form.validate_on_submit():
        _take_choices(own_subscriber(current_user._get_current_object()))
        flash(_("Your choices are kept."), "success")
        return redirect("/me/mail", 303)
    subscriber = queries.own_subscriber_of(current_user.id)
    choices = queries.choices_of(current_actor(), subscriber)
    return render_template(
        "subscriptions/own_mail.html",
        form=form,
        choices=choices,
        others=queries.open_groups_besides(current_actor(), choices),
        frequencies=wording.frequency_words(),
        zone=current_user.time_zone,
    )


def _take_choices(subscriber: Subscriber) -> None:
    """What was chosen for each group on the page; groups that one cannot see are not asked about."""
    chosen = {
        name.removeprefix("group-"): value
        for name, value in request.form.items()
        if name.startswith("group-") and value in FREQUENCIES
    }
    for group in queries.groups_named(subscriber.as_actor(), chosen):
        choose(subscriber, group, chosen[group.slug])


@bp.route("/groups/<slug>/subscribe", methods=["GET", "POST"])
@requires("digest.subscribe")
@limiter.limit(SUBSCRIPTIONS, methods=["POST"])
def subscribe_page(slug: str) -> Response | str | tuple[str, int]:
    """By e-mail to an open group, without an account. Whether an address is known is not told."""
    group = load(Group, Group.slug == slug)
    if current_actor().signed_in:
        return redirect("/me/mail", 303)
    form = SubscribeForm()
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        ask_to_subscribe(form.email.data, group, form.frequency.data)
        return form.done(f"{group.path}/subscribe/asked")
    return render_template("subscriptions/subscribe.html", group=group, form=form), form.status


@bp.get("/groups/<slug>/subscribe/asked")
@requires("digest.subscribe")
def asked(slug: str) -> str:
    return render_template(
        "subscriptions/asked.html", group=load(Group, Group.slug == slug), days=CONFIRM_WITHIN.days
    )


# What follows is reached by signed links from mail: the link is the key, so no session or token is needed.
# GET only shows; mail scanners open links.


def _by_link(purpose: str, link: str) -> Subscriber:
    values = links.read(purpose, link)
    return (queries.subscriber_with(values[0]) if values else None) or abort(404)


def _private(page: str, status: int = 200) -> Response:
    """A page whose address is a key is kept nowhere and told to nobody."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.route("/mail/confirm/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def confirm(link: str) -> Response:
    values = links.read(links.CONFIRM, link, CONFIRM_WITHIN)
    subscriber = queries.subscriber_with(values[0]) if values else None
    if values is None or subscriber is None:
        return _private(render_template("subscriptions/link_is_old.html"), 410)
    group = load_open_group(values[1])
    frequency = values[2] if values[2] in FREQUENCIES else DAILY
    words = {"group": group, "often": wording.often_words()[frequency]}
    if request.method != "POST":
        return _private(render_template("subscriptions/confirm.html", **words))
    confirm_subscription(subscriber, group, frequency)
    return _private(
        render_template(
            "subscriptions/confirmed.html", choices_link=links.choices_link(subscriber.token), **words
        )
    )


def load_open_group(slug: str) -> Group:
    """The group that a link names, if anybody may still subscribe to it."""
    group = queries.open_group(slug)
    return group or abort(404)


@bp.route("/mail/choices/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def choices(link: str) -> Response:
    """Everything somebody hears of by mail, without signing in."""
    subscriber = _by_link(links.CHOICES, link)
    saved = request.method == "POST"
    if saved:
        _take_choices(subscriber)
    return _private(
        render_template(
            "subscriptions/choices.html",
            saved=saved,
            choices=queries.choices_of(subscriber.as_actor(), subscriber),
            frequencies=wording.frequency_words(),
            leave_link=links.leave_link(subscriber.token),
        )
    )


@bp.route("/mail/leave/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def leave_page(link: str) -> Response:
    """Out of all digests: a page with a button, or one click in the mail program (RFC 8058)."""
    subscriber = _by_link(links.LEAVE, link)
    if request.method == "POST":
        leave(subscriber)
    return _private(
        render_template(
            "subscriptions/leave.html",
            left=request.method == "POST",
            choices_link=links.choices_link(subscriber.token),
        )
    )
