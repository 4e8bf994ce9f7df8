"""Pages of questions."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from hub.content.addresses import (
    asked_number,
    group_at,
    item_at,
    item_to_write_in,
    post_at,
    post_in,
    seen_item,
    topic_asked_for,
)
from hub.content.forms import CommentForm, PostForm
from hub.content.mains import added_to, main_of, open_page
from hub.content.models import QUESTION, Item
from hub.content.posting import Sending, begin_to_write, preview
from hub.content.queries import items, reader, topics_of, unread
from hub.content.reading import note_read
from hub.content.rules import LONGEST_TITLE
from hub.content.showing import Accepting, feet, render_pieces
from hub.core.access import current_actor, requires
from hub.core.markup import tidy
from hub.groups.models import Group
from hub.groups.rules import reads_talk

from .actions import accept_answer, answer, ask_question, comment, unaccept_answer
from .forms import AcceptForm, AskForm
from .models import ANSWERED, WAITING
from .queries import Place, Sheet, place_of, sheet

bp = Blueprint("questions", __name__)

STATES = {
    "waiting": (Item.state == WAITING, Item.reply_count == 0),
    "answered": (Item.state == ANSWERED,),
}

QUESTION_AT = "/groups/<slug>/questions/<int:number>"


@bp.get("/questions")
@requires("site.read")
def everywhere() -> str:
    """Questions of all groups that the reader reads."""
    return _list(None)


@bp.get("/groups/<slug>/questions")
@requires("group.read")
def in_group(slug: str) -> str:
    return _list(group_at(slug))


def _list(group: Group | None) -> str:
    actor, topic = current_actor(), topic_asked_for()
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = items(
        actor,
        QUESTION,
        *STATES.get(state, ()),
        group=group,
        topic=topic,
        cursor=request.args.get("after"),
    )
    return render_template(
        "questions/list.html",
        group=group,
        section="questions",
        page=page,
        state=state,
        topic=topic,
        topics=topics_of(actor, group),
        unread=unread(actor, page.rows),
        reads=group is None or reads_talk(actor, group),
    )


@bp.get("/questions/similar")
@requires("site.read")
def similar() -> str:
    """What was asked before in such words: a fragment for the page where one asks."""
    return render_template("questions/_similar.html", words=_words("q"), group=None)


@bp.route("/groups/<slug>/questions/new", methods=["GET", "POST"])
@requires("group.write")
def ask_in(slug: str) -> str | Response | tuple[str, int]:
    """Ask a question in a group."""
    actor, group = current_actor(), group_at(slug)
    sending = Sending(f"{group.path}/questions/new")
    brought = _words("title")  # from the front page's box
    form = AskForm(data={**sending.kept(), **({"title": brought} if brought else {})})
    form.offer(QUESTION, topics_of(actor, group))
    if earlier := form.sent_before():
        return earlier
    sending.files(form)
    if sending.to_be_kept(form):
        return sending.keep(form)
    if not form.wants_preview and form.validate_on_submit():
        words = (form.title.data or "", form.text.data or "")
        item = ask_question(actor, group, *words, **form.filing, files=form.files.added)
        return sending.done(form, item)
    page = render_template(
        "questions/ask.html",
        group=group,
        section="questions",
        form=form,
        sending=sending,
        preview=preview(form),
        words=form.title.data or "",
    )
    return page, form.status


@bp.get(QUESTION_AT)
@requires("item.read")
def show(slug: str, number: int) -> str:
    """A question with its answers."""
    item = item_at(QUESTION, slug, number)
    sending = Sending(f"{item.path}/answers")
    return _page(item, None, sending)


@bp.post(f"{QUESTION_AT}/answers")
@requires("question.answer")
def add_answer(slug: str, number: int) -> str | Response | tuple[str, int]:
    item = item_to_write_in(QUESTION, slug, number)
    sending = Sending(f"{item.path}/answers")
    form = PostForm()
    if earlier := form.sent_before():
        return earlier
    sending.files(form)
    if sending.to_be_kept(form):
        return sending.keep(form, item.path)
    if not form.wants_preview and form.validate_on_submit():
        made = answer(current_actor(), item, form.text.data or "", files=form.files.added)
        return sending.done(form, made)
    return _page(item, form, sending), form.status


@bp.route(f"{QUESTION_AT}/posts/<int:position>/comments/new", methods=["GET", "POST"])
@requires("item.contribute")
def add_comment(slug: str, number: int, position: int) -> str | Response | tuple[str, int]:
    """Comment on the question or on an answer."""
    item = item_to_write_in(QUESTION, slug, number)
    parent = post_in(item, position)
    form = CommentForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        return form.done(comment(current_actor(), parent, form.text.data or "").path)
    page = render_template(
        "questions/comment.html",
        group=item.group,
        section="questions",
        item=item,
        parent=parent,
        piece=render_pieces(item, [parent])[0],
        form=form,
    )
    return page, form.status


@bp.route(f"{QUESTION_AT}/posts/<int:position>/acceptance", methods=["GET", "POST"])
@requires("answer.accept")
def acceptance(slug: str, number: int, position: int) -> str | Response | tuple[str, int]:
    """The asker accepts an answer, with a reason if they like, or takes it back."""
    item = seen_item(QUESTION, slug, number)
    post = post_at(item, position)
    shown = sheet(current_actor(), item)
    chosen = shown.accepted is not None and shown.accepted.id == post.id
    form = AcceptForm(data={"reason": shown.reason if chosen else ""})
    if earlier := form.sent_before():
        return earlier
    if request.form.get("accept") == "0":
        unaccept_answer(current_actor(), post)
        return redirect(item.path, 303)
    if form.validate_on_submit():
        accept_answer(current_actor(), post, form.reason.data or "")
        return form.done(post.path)
    page = render_template(
        "questions/accept.html",
        group=item.group,
        section="questions",
        item=item,
        post=post,
        piece=render_pieces(item, [post])[0],
        accepted=shown.accepted,
        chosen=chosen,
        form=form,
    )
    return page, form.status


def _accepting(shown: Sheet) -> Accepting:
    return lambda piece: "chosen" if piece is shown.accepted else "offered"


def _words(name: str) -> str:
    """What was typed before one came here, on one line."""
    return " ".join(tidy(request.args.get(name, "")).split())[:LONGEST_TITLE]


def _page(item: Item, form: PostForm | None, sending: Sending) -> str:
    """The page of the item. form: what was sent and comes back; None to begin with."""
    actor = current_actor()
    begin = Place.parse(request.args.get("from", ""))
    wanted = asked_number("post")
    if begin is None and wanted is not None:
        begin = place_of(actor, item, wanted)
    shown = sheet(actor, item, begin)
    pieces = shown.everything
    mine = reader(actor, item, [piece.id for piece in pieces], sending.place)
    note_read(actor, item, item.last_position)
    added = added_to(actor, item, pieces)
    accepts = _accepting(shown) if item.author_id and item.author_id == actor.person_id else None

    def context() -> dict[str, Any]:
        return {
            "group": item.group,
            "item": item,
            "shown": shown,
            "mine": mine,
            "feet": feet(actor, item, pieces, mine, added.actions, write="question.answer", accepts=accepts),
            "added": added,
            "form": form or begin_to_write(item, sending, "question.answer", mine),
            "sending": sending,
            "preview": preview(form),
        }

    def page() -> str:
        personal = form is not None or mine.has_draft or "quote" in request.args
        theirs = {"mine": mine, "pieces": pieces, "added": added, "personal": personal}
        main = main_of("questions", actor, item, context, **theirs)
        frame = {"group": item.group, "section": "questions", "item": item, "shown": shown}
        return render_template("questions/show.html", main=main, **frame)

    return open_page(actor, item, added, page)
