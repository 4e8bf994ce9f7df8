"""Pages of discussions."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from hub.content.addresses import (
    asked_number,
    group_at,
    item_at,
    item_to_write_in,
    topic_asked_for,
)
from hub.content.forms import PostForm, StartForm
from hub.content.mains import added_to, main_of, open_page
from hub.content.models import DISCUSSION, Item
from hub.content.posting import Sending, begin_to_write, preview
from hub.content.queries import items, reader, topics_of, unread
from hub.content.reading import note_read
from hub.content.showing import feet
from hub.core.access import current_actor, requires
from hub.groups.models import Group
from hub.groups.rules import reads_talk

from .actions import reply, start_discussion
from .queries import stretch

bp = Blueprint("discussions", __name__)


@bp.get("/discussions")
@requires("site.read")
def everywhere() -> str:
    """Discussions of all groups that the reader reads."""
    return _list(None)


@bp.get("/groups/<slug>/discussions")
@requires("group.read")
def in_group(slug: str) -> str:
    return _list(group_at(slug))


def _list(group: Group | None) -> str:
    actor, topic = current_actor(), topic_asked_for()
    page = items(actor, DISCUSSION, group=group, topic=topic, cursor=request.args.get("after"))
    return render_template(
        "discussions/list.html",
        group=group,
        section="discussions",
        page=page,
        topic=topic,
        topics=topics_of(actor, group),
        unread=unread(actor, page.rows),
        reads=group is None or reads_talk(actor, group),
    )


@bp.route("/groups/<slug>/discussions/new", methods=["GET", "POST"])
@requires("group.write")
def start(slug: str) -> str | Response | tuple[str, int]:
    """Start a discussion."""
    actor, group = current_actor(), group_at(slug)
    sending = Sending(f"{group.path}/discussions/new")
    form = StartForm(data=sending.kept())
    form.offer(DISCUSSION, topics_of(actor, group))
    if earlier := form.sent_before():
        return earlier
    sending.files(form)
    if sending.to_be_kept(form):
        return sending.keep(form)
    if not form.wants_preview and form.validate_on_submit():
        words = (form.title.data or "", form.text.data or "")
        item = start_discussion(actor, group, *words, **form.filing, files=form.files.added)
        return sending.done(form, item)
    return render_template(
        "discussions/start.html",
        group=group,
        section="discussions",
        form=form,
        sending=sending,
        preview=preview(form),
    ), form.status


@bp.get("/groups/<slug>/discussions/<int:number>")
@requires("item.read")
def show(slug: str, number: int) -> str:
    """A discussion, at the page that holds `?post=`."""
    item = item_at(DISCUSSION, slug, number)
    sending = Sending(f"{item.path}/replies")
    return _page(item, None, sending)


@bp.post("/groups/<slug>/discussions/<int:number>/replies")
@requires("discussion.reply")
def add_reply(slug: str, number: int) -> str | Response | tuple[str, int]:
    item = item_to_write_in(DISCUSSION, slug, number)
    sending = Sending(f"{item.path}/replies")
    form = PostForm()
    if earlier := form.sent_before():
        return earlier
    sending.files(form)
    if sending.to_be_kept(form):
        return sending.keep(form, item.path)
    if not form.wants_preview and form.validate_on_submit():
        made = reply(current_actor(), item, form.text.data or "", files=form.files.added)
        return sending.done(form, made)
    return _page(item, form, sending, position=item.last_position), form.status


def _page(item: Item, form: PostForm | None, sending: Sending, position: int | None = None) -> str:
    """The page of the item. form: what was sent and comes back; None to begin with."""
    actor = current_actor()
    shown = stretch(actor, item, position or asked_number("post") or 1)
    pieces = shown.pieces
    mine = reader(actor, item, [piece.id for piece in pieces], sending.place)
    note_read(actor, item, shown.last)
    added = added_to(actor, item, pieces)

    def context() -> dict[str, Any]:
        return {
            "group": item.group,
            "item": item,
            "shown": shown,
            "mine": mine,
            "feet": feet(actor, item, pieces, mine, added.actions, write="discussion.reply"),
            "added": added,
            "form": form or begin_to_write(item, sending, "discussion.reply", mine),
            "sending": sending,
            "preview": preview(form),
        }

    def page() -> str:
        personal = form is not None or mine.has_draft or "quote" in request.args
        theirs = {"mine": mine, "pieces": pieces, "added": added, "personal": personal}
        main = main_of("discussions", actor, item, context, **theirs)
        frame = {"group": item.group, "section": "discussions", "item": item, "shown": shown}
        return render_template("discussions/show.html", main=main, **frame)

    return open_page(actor, item, added, page)
