"""Pages of a group's webhooks, for its owners."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import authorize, current_actor, load, requires
from hub.core.errors import Refused
from hub.core.security import limiter
from hub.groups.models import Group

from . import actions, queries, wording
from .forms import WebhookForm
from .models import Webhook
from .rules import KINDS

bp = Blueprint("webhooks", __name__)

# Somebody tries until it works; nobody floods another's system.
TESTS = "20 per hour"


@bp.get("/groups/<slug>/webhooks")
@requires("group.own")
def overview(slug: str) -> str:
    group = load(Group, Group.slug == slug)
    return render_template(
        "webhooks/overview.html",
        group=group,
        webhooks=queries.webhooks_of(current_actor(), group),
        kinds=wording.kinds(),
    )


@bp.route("/groups/<slug>/webhooks/new", methods=["GET", "POST"])
@requires("group.own")
@limiter.limit("30 per hour", methods=["POST"])
def new(slug: str) -> Response | tuple[str, int]:
    group = load(Group, Group.slug == slug)
    form = WebhookForm(kinds=list(KINDS))
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        try:
            webhook = actions.set_up(current_actor(), group, **_said(form))
        except Refused as refused:
            form.name.errors = [*form.name.errors, str(refused)]
        else:
            flash(_("It is set up. Copy its secret into the other system, then send a test."), "success")
            return form.done(webhook.path)
    return render_template("webhooks/new.html", group=group, form=form), form.status


@bp.route("/groups/<slug>/webhooks/<token>", methods=["GET", "POST"])
@requires("webhook.manage")
def one(slug: str, token: str) -> Response | tuple[str, int]:
    """What was sent, and everything that can be changed."""
    webhook = _webhook(slug, token)
    form = WebhookForm(obj=webhook)
    if form.validate_on_submit():
        actions.change(current_actor(), webhook, **_said(form))
        flash(_("The changes are kept."), "success")
        return redirect(webhook.path, 303)
    return render_template(
        "webhooks/one.html",
        group=webhook.group,
        webhook=webhook,
        form=form,
        page=queries.deliveries_of(webhook, request.args.get("after")),
        words=wording,
    ), form.status


@bp.post("/groups/<slug>/webhooks/<token>/test")
@requires("webhook.manage")
@limiter.limit(TESTS)
def test(slug: str, token: str) -> Response:
    webhook = _webhook(slug, token)
    if webhook.paused:
        flash(_("It is paused. Take it up first."), "warning")
    else:
        actions.send_test(webhook)
        flash(_("A test is on its way. Load this page again in a moment to see what came of it."), "success")
    return redirect(webhook.path, 303)


@bp.post("/groups/<slug>/webhooks/<token>/pause")
@requires("webhook.manage")
def pause(slug: str, token: str) -> Response:
    webhook = _webhook(slug, token)
    actions.pause(current_actor(), webhook)
    flash(_("It is paused. What happens now is not sent later."), "success")
    return redirect(webhook.path, 303)


@bp.post("/groups/<slug>/webhooks/<token>/work")
@requires("webhook.manage")
def work(slug: str, token: str) -> Response:
    webhook = _webhook(slug, token)
    actions.take_up(current_actor(), webhook)
    flash(_("It works again, from now on."), "success")
    return redirect(webhook.path, 303)


@bp.post("/groups/<slug>/webhooks/<token>/secret")
@requires("webhook.manage")
def secret(slug: str, token: str) -> Response:
    webhook = _webhook(slug, token)
    actions.renew_secret(current_actor(), webhook)
    flash(
        _("It has a new secret. Copy it into the other system: the earlier one is no good."),
        "success",
    )
    return redirect(webhook.path, 303)


@bp.route("/groups/<slug>/webhooks/<token>/removal", methods=["GET", "POST"])
@requires("webhook.manage")
def removal(slug: str, token: str) -> Response | str:
    webhook = _webhook(slug, token)
    if request.method == "POST":
        name = webhook.name
        actions.remove(current_actor(), webhook)
        flash(_("%(name)s is removed.", name=name), "success")
        return redirect(f"{webhook.group.path}/webhooks", 303)
    return render_template("webhooks/removal.html", group=webhook.group, webhook=webhook)


def _webhook(slug: str, token: str) -> Webhook:
    webhook = load(Webhook, Webhook.token == token)
    if webhook.group.slug != slug:
        abort(404)
    authorize("webhook.manage", webhook)
    return webhook


def _said(form: WebhookForm) -> dict[str, Any]:
    return {"name": form.name.data, "address": form.address.data, "kinds": form.kinds.data}
