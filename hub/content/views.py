"""What one does with posts and items of every kind: vote, edit, look back, follow, close, refile."""

from itertools import pairwise

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core.access import authorize_declared, current_actor, load, requires
from hub.core.differences import difference_html
from hub.core.errors import Refused
from hub.core.policy import can
from hub.groups.models import Group

from . import actions
from .actions.posts import closed_meanwhile
from .addresses import KINDS, post_at, seen_item
from .files.hanging import files_of_revision
from .forms import EditPostForm, FiledForm, GroupTopicsForm
from .models import PLACES, Item, Post
from .posting import Sending, preview
from .queries import quote_withdrawn, revisions, topics_of

bp = Blueprint("content", __name__)

# Guidance has its own way of being edited; following and voting are the same for all.
ANY = "/groups/<slug>/<any(questions,discussions,guidance):place>/<int:number>"
TALK = "/groups/<slug>/<any(questions,discussions):place>/<int:number>"


def _post_of(slug: str, place: str, number: int, position: int) -> Post:
    return post_at(seen_item(KINDS[place], slug, number), position)


@bp.post(f"{ANY}/posts/<int:position>/vote")
@requires("post.vote")
def vote(slug: str, place: str, number: int, position: int) -> Response:
    """Say that a post is useful (`vote=1`), or take it back (`vote=0`)."""
    post = _post_of(slug, place, number, position)
    actions.set_vote(current_actor(), post, request.form.get("vote") == "1")
    return redirect(post.path, 303)


@bp.route(f"{TALK}/posts/<int:position>/edit", methods=["GET", "POST"])
@requires("post.edit")
def edit_post(slug: str, place: str, number: int, position: int) -> str | Response | tuple[str, int]:
    item = seen_item(KINDS[place], slug, number)
    if item.closed and not current_actor().moderates(item.group_id) and request.method == "POST":
        raise Refused(closed_meanwhile())
    post = post_at(item, position)
    form = EditPostForm(data={"text": post.source, "base": str(post.revision_number)})
    if earlier := form.sent_before():
        return earlier
    sending = Sending(f"{item.path}/posts/{position}/edit")
    sending.files(form, lambda: files_of_revision(post.id, post.revision_number))
    conflict = False
    if not form.wants_preview and form.validate_on_submit():
        try:
            written = {"base": form.base_number, "note": form.note.data or "", "files": form.files.change}
            actions.edit_post(current_actor(), post, form.text.data or "", **written)
            return form.done(post.path)
        except actions.EditConflict as meanwhile:
            conflict = True
            form.text.data, form.base.data = meanwhile.text, str(post.revision_number)
    page = render_template(
        "content/edit_post.html",
        group=item.group,
        section=PLACES[item.kind],
        item=item,
        post=post,
        form=form,
        conflict=conflict,
        preview=preview(form),
    )
    return page, 409 if conflict else form.status


@bp.get(f"{TALK}/posts/<int:position>/history")
@requires("post.read")
def history(slug: str, place: str, number: int, position: int) -> str:
    """Every text that a post had, and what changed between them."""
    post = _post_of(slug, place, number, position)
    texts = revisions(post)
    # Who may edit the post has what was typed before them anyway.
    closed = not can(current_actor(), "post.edit", post) and quote_withdrawn(post.item, texts)
    texts = [] if closed else texts
    changes = [(later, difference_html(earlier.source, later.source)) for earlier, later in pairwise(texts)]
    return render_template(
        "content/history.html",
        group=post.item.group,
        section=PLACES[post.item.kind],
        item=post.item,
        post=post,
        closed=closed,
        first=texts[0] if texts else None,
        first_html=Markup(texts[0].html) if texts else Markup(),
        changes=list(reversed(changes)),
    )


@bp.post(f"{ANY}/watch")
@requires("item.watch")
def watch(slug: str, place: str, number: int) -> Response:
    """Follow an item (`watch=1`), or stop (`watch=0`)."""
    item = _judged(slug, place, number)
    if request.form.get("watch") == "1":
        actions.watch(current_actor(), item)
        flash(_("You will be told what is written here."), "success")
    else:
        actions.unwatch(current_actor(), item)
        flash(_("You will not be told about this any more."), "success")
    return redirect(item.path, 303)


@bp.post(f"{ANY}/closure")
@requires("item.moderate")
def closure(slug: str, place: str, number: int) -> Response:
    """Close an item to new posts (`close=1`), or open it again (`close=0`)."""
    item = _judged(slug, place, number)
    if request.form.get("close") == "1":
        actions.close_item(current_actor(), item, request.form.get("reason", "")[:300])
        flash(_("It is closed to new posts."), "success")
    else:
        actions.reopen_item(current_actor(), item)
        flash(_("It is open to new posts again."), "success")
    return redirect(item.path, 303)


@bp.route(f"{TALK}/edit", methods=["GET", "POST"])
@requires("item.edit")
def refile(slug: str, place: str, number: int) -> str | Response | tuple[str, int]:
    """Change an item's title, topics, and where it applies."""
    item = _judged(slug, place, number)
    form = FiledForm(
        data={
            "title": item.title,
            "topics": [topic.slug for topic in item.topics],
            "applies_to": item.applies_to,
            "law_date": item.law_date,
            "replies_by": item.replies_by,
        }
    )
    form.offer(item.kind, topics_of(current_actor(), item.group))
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.edit_item(current_actor(), item, title=form.title.data or "", **form.filing)
        return form.done(item.path)
    return render_template(
        "content/refile.html", group=item.group, section=PLACES[item.kind], item=item, form=form
    ), form.status


@bp.route("/groups/<slug>/topics", methods=["GET", "POST"])
@requires("group.own")
def group_topics(slug: str) -> str | Response | tuple[str, int]:
    """Choose the topics that a group uses."""
    group = load(Group, Group.slug == slug)
    shown = topics_of(current_actor(), group)
    form = GroupTopicsForm(data={"names": "\n".join(topic.name for topic in shown)})
    if form.validate_on_submit():
        actions.set_group_topics(current_actor(), group, form.lines)
        flash(_("The group's topics are saved."), "success")
        return form.done(f"{group.path}/settings")
    return render_template("content/topics_of_group.html", group=group, form=form), form.status


def _judged(slug: str, place: str, number: int) -> Item:
    item = seen_item(KINDS[place], slug, number)
    authorize_declared(item)
    return item


from .files import views as _file_views  # noqa: E402, F401
