"""What the boxes to write in share: drafts kept on the server, previews, sending once."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core.access import current_actor
from hub.core.database import db
from hub.core.forms import HubForm
from hub.core.markup import quote, render
from hub.core.policy import Actor, can

from . import actions
from .addresses import asked_number
from .files.field import Attached
from .forms import PostForm
from .mains import blank_form
from .models import Draft, Item, Post
from .queries import Reader, draft_at, opening_post, post_statement

# What a draft does not hold: tokens and buttons.
NOT_KEPT = frozenset({"csrf_token", "sent_token", "preview", "keep", "files"})


_detours: dict[str, Callable[[str, str], str]] = {}
_follow: list[Callable[[Actor, str, Post], None]] = []


def add_detour(name: str, path: Callable[[str, str], str]) -> None:
    """A room above offers something on the way (a button `keep` of that value): what was typed is kept, and
    the writer goes to `path(place, back)`; `back` is where they go on writing."""
    _detours[name] = path


def when_sent(follow: Callable[[Actor, str, Post], None]) -> None:
    """Register what follows, in the same transaction, from a post that was written at a place."""
    _follow.append(follow)


class Sending:
    """One place to write at, by its path, with the draft that its writer may have kept there."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.draft: Draft | None = None

    def kept(self) -> dict[str, Any]:
        """What was kept here, for a form that is shown for the first time."""
        if request.method == "GET":
            self.draft = draft_at(current_actor(), self.place)
        return dict(self.draft.fields) if self.draft else {}

    def files(self, form: PostForm, attached: Attached = tuple) -> None:
        """Show the files that wait here, or take those that came. attached: reads those of the post that is
        edited."""
        if request.method == "GET":
            form.files.show(current_actor(), self.place, attached())
        else:
            finished = not (form.wants_preview or form.wants_keeping)
            form.files.take(current_actor(), self.place, attached, finished=finished)

    def to_be_kept(self, form: PostForm) -> bool:
        return form.is_submitted() and form.wants_keeping

    def keep(self, form: PostForm, back: str = "") -> Response:
        """Keep what was typed, whatever is wrong with it, and say so."""
        fields = {name: value for name, value in form.data.items() if name not in NOT_KEPT}
        actions.keep_draft(current_actor(), self.place, _plain(fields))
        back = back or self.place
        if detour := _detours.get(request.form.get("keep", "")):
            actions.keep_draft(current_actor(), self.place, {**_plain(fields), "on_the_way": "1"})
            return redirect(detour(self.place, back), 303)
        for problem in form.files.problems:
            flash(problem, "warning")
        flash(_("What you wrote is kept here until you send it. Only you see it."), "success")
        return redirect(back, 303)

    def done(self, form: HubForm, made: Item | Post) -> Response:
        """The form was carried out: its draft is no longer needed, and what was prepared here follows.

        made: what was written; an item stands for its opening post.
        """
        actor = current_actor()
        actions.drop_draft(actor, self.place)
        for follow in _follow:
            follow(actor, self.place, opening_post(made) if isinstance(made, Item) else made)
        return form.done(made.path)


def begin_to_write(item: Item, sending: Sending, action: str, mine: Reader) -> PostForm | None:
    """The box for writing under an item as it first stands there: with the draft that was kept, and the post
    that `?quote=` asks for. None for whoever may not write: a page without a form is the same for all."""
    if not can(current_actor(), action, item):
        return None
    text = str(sending.kept().get("text", "")) if mine.has_draft else ""
    quoted = _asked_quote(item)
    if not (text or quoted or mine.has_draft):
        return blank_form()
    form = PostForm(
        formdata=None, data={"text": f"{text}\n\n{quoted}" if text and quoted else text or quoted}
    )
    if mine.has_draft:
        sending.files(form)
    return form


def _asked_quote(item: Item) -> str:
    position = asked_number("quote")
    if position is None:
        return ""
    post = db.session.scalars(post_statement(current_actor(), item, position)).one_or_none()
    if post is None or post.withdrawn_at is not None:
        return ""
    return quote(post.byline.get("handle", ""), position, post.source, _("wrote in"))


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | list) or value is None else value.isoformat()
        for name, value in fields.items()
    }


def preview(form: PostForm | None) -> Markup | None:
    """What the text would look like, if that was asked for. Mentions are linked once it is sent."""
    if form is not None and form.is_submitted() and form.wants_preview and (form.text.data or "").strip():
        return Markup(render(form.text.data or "", anchors="preview"))
    return None
