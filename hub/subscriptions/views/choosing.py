"""The one page on which everything that somebody hears of is seen and changed: signed in, or by a signed link
from their mail. Both have the same controls. GET only shows; mail scanners open links."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import requires
from hub.core.forms import HubForm, csrf
from hub.core.keyed import keyed
from hub.subscriptions import actions, links, queries, wording
from hub.subscriptions.forms import MailForm, asked_frequencies
from hub.subscriptions.models import Subscriber
from hub.subscriptions.rules import is_away
from hub.subscriptions.searches import remove_search, rename_search, searches_of
from hub.subscriptions.subjects import may_be_chosen, subject_of, subjects_named

from .blueprint import Page, bp, by_link, link_is_old, me

# What the page's small forms do, by the name of their button.
BACK, STOP, LINKS = "back", "stop", "links"


@bp.route("/me/mail", methods=["GET", "POST"])
@requires("site.use")
def own_mail() -> Response | tuple[str, int]:
    """Everything a signed-in person hears of by mail."""
    person = current_user._get_current_object()
    subscriber = me() if request.method == "POST" else None
    subscriber = subscriber or queries.own_subscriber_of(person.id) or queries.not_yet(person)
    done, form = _carried_out(subscriber)
    if done:
        flash(done, "success")
        return redirect("/me/mail", 303)
    return _page(subscriber, form), form.status


@bp.route("/mail/choices/<link>", methods=["GET", "POST"])
@requires("site.read")
@keyed
@csrf.exempt
def choices(link: str) -> str | Page:
    """The same for whoever has a mail of theirs, person or address, without signing in."""
    subscriber = by_link(links.CHOICES, link)
    if subscriber is None:
        return link_is_old()
    done, form = _carried_out(subscriber, link=link)
    if done and LINKS in request.form:
        return render_template("subscriptions/new_links.html")
    if done:
        form = MailForm.shown(subscriber)
    return _page(subscriber, form, link=link, done=done), form.status


def _page(subscriber: Subscriber, form: MailForm, link: str = "", done: str = "") -> str:
    actor = subscriber.as_actor()
    return render_template(
        "subscriptions/mail.html",
        subscriber=subscriber,
        whose=actor,
        form=form,
        link=link,
        done=done,
        choices=queries.choices_of(actor, subscriber),
        away=is_away(subscriber, clock.now()),
        words=wording,
        often=wording.frequency_words(),
        # What was chosen is kept on the page while something else in it is to be mended.
        typed=request.form if form.errors else {},
        ticked=request.form.getlist("add") if form.errors else [],
    )


def _carried_out(subscriber: Subscriber, link: str = "") -> tuple[str, MailForm]:
    """What was done, in words; empty when there was nothing to do or something is to be mended."""
    form = MailForm.of(subscriber, by_link=bool(link))
    if request.method != "POST":
        return "", form
    if request.form.keys() & {BACK, STOP, LINKS}:
        button = HubForm(meta={"csrf": not link})
        return (_pressed(subscriber, link) if button.validate() else ""), form
    if not form.validate():
        return "", form
    _take_choices(subscriber, form)
    return _("Your choices are kept."), form


def _pressed(subscriber: Subscriber, link: str) -> str:
    if BACK in request.form:
        actions.choose_times(subscriber, away_until=None)
        return _("Welcome back. Mail comes again.")
    if STOP in request.form:
        actions.leave(subscriber)
        return _("All digests are stopped.")
    actions.mail_new_links(subscriber) if link else actions.renew_links(subscriber)
    return _("The links in all mail that you got before work no longer.")


def _take_choices(subscriber: Subscriber, form: MailForm) -> None:
    """What was chosen on the page, and nothing besides: what one cannot see is not asked about."""
    _take_searches(subscriber)
    actor = subscriber.as_actor()
    asked = asked_frequencies()
    kept = {subject_of(one).key for one in actions.subscriptions_of(subscriber)}
    chosen = {}
    for code, subject in subjects_named(actor, asked, subscriber).items():
        may = subject.key in kept or may_be_chosen(actor, subject)
        if may and asked[code] in queries.options_for(actor, subject):
            chosen[subject] = asked[code]
    actions.choose_all(subscriber, chosen)
    actions.choose_zone(subscriber, form.zone.data)
    actions.choose_times(subscriber, **form.times)


def _take_searches(subscriber: Subscriber) -> None:
    for search in searches_of(subscriber):
        if f"remove-{search.token}" in request.form:
            remove_search(search)
        else:
            rename_search(search, request.form.get(f"name-{search.token}", ""))
