"""Subscribing without an account: one asks, the address's owner confirms. Whether an address is known is not
told."""

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.content.queries import topics_of
from hub.core.access import current_actor, load, requires
from hub.core.forms import csrf
from hub.core.keyed import keyed
from hub.core.policy import ANYBODY
from hub.core.security import limiter
from hub.groups.models import Group
from hub.subscriptions import links, queries, wording
from hub.subscriptions.actions import ask_to_subscribe, confirm_subjects
from hub.subscriptions.composing import still_open
from hub.subscriptions.forms import SubscribeForm, asked_codes
from hub.subscriptions.models import FREQUENCIES, WEEKLY
from hub.subscriptions.rules import CONFIRM_WITHIN
from hub.subscriptions.searches import confirm_searches
from hub.subscriptions.subjects import Subject

from .blueprint import Page, bp, link_is_old

# A whole council may come from one address; nobody subscribes it to more than this in an hour.
SUBSCRIPTIONS = "60 per hour"


@bp.get("/groups/<slug>/subscribe")
@requires("digest.subscribe")
def subscribe_to_group(slug: str) -> Response | str:
    """The page on which one subscribes, with this group chosen."""
    group = load(Group, Group.slug == slug)
    if current_actor().signed_in:
        return redirect("/me/mail", 303)
    return _page(SubscribeForm(), [Subject(group)], group)


@bp.route("/subscribe", methods=["GET", "POST"])
@requires("site.read")
@limiter.limit(SUBSCRIPTIONS, methods=["POST"])
def subscribe_page() -> Response | str | tuple[str, int]:
    """To any number of open groups, topics, and guidance of either at once, and to a search from its page.
    `add`: their codes."""
    if current_actor().signed_in:
        return redirect("/me/mail", 303)
    chosen = still_open(asked_codes())
    form = SubscribeForm()
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit() and chosen:
        ask_to_subscribe(form.email.data, chosen, form.frequency.data)
        return form.done("/subscribe/asked")
    if request.method == "POST" and not chosen:
        form.form_errors.append(_("Choose at least one thing to hear of."))
        return _page(form, chosen), 422
    return _page(form, chosen), form.status


def _page(form: SubscribeForm, chosen: list[Subject], group: Group | None = None) -> str:
    shown = {subject.key for subject in chosen}
    groups = queries.groups_offered(ANYBODY)
    return render_template(
        "subscriptions/subscribe.html",
        form=form,
        chosen=chosen,
        more=queries.offers(groups, topics_of(ANYBODY), shown),
        group=group,
        words=wording,
    )


@bp.get("/subscribe/asked")
@requires("site.read")
def asked() -> str:
    return render_template("subscriptions/asked.html", days=CONFIRM_WITHIN.days)


@bp.route("/mail/confirm/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def confirm(link: str) -> str | Page:
    """The link that was mailed: a page with a button. The link is the key, so no session is needed."""
    token, often, *codes = links.read(links.CONFIRM, link, CONFIRM_WITHIN) or ["", ""]
    subscriber = queries.subscriber_with(token) if token else None
    if subscriber is None:
        return link_is_old()
    subjects = still_open(codes) or abort(404)
    frequency = often if often in FREQUENCIES else WEEKLY
    words = {
        "names": [wording.name_of(subject) for subject in subjects],
        "often": wording.often_words()[frequency],
    }
    if request.method != "POST":
        return render_template("subscriptions/confirm.html", **words)
    confirm_subjects(subscriber, [one for one in subjects if not one.is_new_search], frequency)
    confirm_searches(subscriber, [one for one in subjects if one.is_new_search], frequency)
    return render_template(
        "subscriptions/confirmed.html",
        choices_link=links.choices_link(subscriber.token),
        subjects=subjects,
        member=subscriber.person is not None,
        **words,
    )
