"""A person's private feeds: made, listed, revoked, and taken along as a list."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires
from hub.core.errors import Refused
from hub.core.forms import HubForm
from hub.core.policy import Actor, can
from hub.core.site import address, site
from hub.feeds.actions import make_private, revoke
from hub.feeds.forms import PrivateFeedForm
from hub.feeds.models import PrivateFeed
from hub.feeds.queries import own_feeds, own_groups, own_searches, subject_of
from hub.feeds.subjects import ATOM, EVERYTHING, PATHS, SEARCH, Subject, of_search, subject_at
from hub.feeds.wording import FORMAT_NAMES, name_of
from hub.feeds.writing.opml import Listed, opml

from .blueprint import bp


@bp.route("/me/feeds", methods=["GET", "POST"])
@requires("site.use")
def own() -> Response | FlaskResponse | str | tuple[str, int]:
    """One's private feeds. A new one's addresses are shown once, for nobody can read them out of the hub."""
    actor, form = current_actor(), PrivateFeedForm(data={"of": request.args.get("of", "")})
    form.offer(_offered(actor, form.of.data or ""))
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.validate_on_submit():
        return _made(actor, form)
    feeds = [(feed, subject_of(feed, actor)) for feed in own_feeds(actor)]
    return render_template(
        "feeds/own.html",
        form=form,
        feeds=[(feed, subject and name_of(subject), subject) for feed, subject in feeds],
    ), form.status


def _offered(actor: Actor, asked: str) -> list[Subject]:
    """What one may choose from: what a link asked for, all that one reads, and each of one's groups."""
    wanted = subject_at(asked, actor) if asked else None
    offered = [Subject(kind) for kind in PATHS]
    offered += [Subject(EVERYTHING, group=group) for group in own_groups(actor)]
    others = [one for one in offered if wanted is None or one.address != wanted.address]
    return [wanted, *others] if wanted is not None else others


def _made(actor: Actor, form: PrivateFeedForm) -> FlaskResponse:
    subject = subject_at(form.of.data, actor)
    if subject is None:
        raise Refused(_("What this feed was to be of is no longer there. Choose something else."))
    _feed, key = make_private(actor, subject)
    form.done("/me/feeds")  # sent again, the form leads to the list: the key is told once
    addresses = [(FORMAT_NAMES[one], address(_path(key, one))) for one in subject.formats]
    page = render_template("feeds/made.html", name=name_of(subject), addresses=addresses)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _path(key: str, written: str) -> str:
    return f"/feeds/private/{key}.{written}"


@bp.post("/me/feeds/<token>/revocation")
@requires("feed.revoke")
def revocation(token: str) -> Response:
    feed = load(PrivateFeed, PrivateFeed.token == token)
    if HubForm().validate_on_submit():
        revoke(feed)
        flash(_("The feed is revoked: its address opens nothing any more."), "success")
    return redirect("/me/feeds", 303)


@bp.post("/me/feeds/list")
@requires("site.use")
def own_list() -> FlaskResponse:
    """Everything of one's own as a list that reading programs take in. What is open to all needs no key; for
    the rest private feeds are made, since the keys of earlier ones are kept nowhere."""
    actor = current_actor()
    subjects = [Subject(EVERYTHING), *(Subject(EVERYTHING, group=group) for group in own_groups(actor))]
    searches = [of_search(wanted, actor) for wanted in own_searches(actor)]
    subjects += [one for one in searches if one is not None]
    listed = [Listed(name_of(one), _own_address(actor, one), address(one.page)) for one in subjects]
    response = make_response(opml(_("My feeds: %(hub)s", hub=site().name), listed))
    response.headers["Content-Type"] = "text/x-opml; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-feeds.opml"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _own_address(actor: Actor, subject: Subject) -> str:
    in_group = subject.group is not None and subject.kind != SEARCH
    if in_group and subject.group.visibility == "public" and can(actor, "feed.read", subject):  # type: ignore[union-attr]
        return address(subject.feed(ATOM))
    return address(_path(make_private(actor, subject)[1], ATOM))
