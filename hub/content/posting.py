"""What the boxes to write in share: drafts kept on the server, previews, sending once."""

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core.access import current_actor
from hub.core.forms import HubForm
from hub.core.markup import render

from . import actions
from .forms import PostForm
from .models import Draft
from .queries import draft_at

# What a draft does not hold: tokens and buttons.
NOT_KEPT = frozenset({"csrf_token", "sent_token", "preview", "keep"})


class Sending:
    """One place to write at, by its path, with the draft that its writer may have kept there."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.draft: Draft | None = None

    def with_draft(self, draft: Draft | None) -> "Sending":
        self.draft = draft
        return self

    def kept(self) -> dict[str, Any]:
        """What was kept here, for a form that is shown for the first time."""
        if request.method == "GET":
            self.draft = draft_at(current_actor(), self.place)
        return dict(self.draft.fields) if self.draft else {}

    def to_be_kept(self, form: PostForm) -> bool:
        return form.is_submitted() and form.wants_keeping

    def keep(self, form: PostForm, back: str = "") -> Response:
        """Keep what was typed, whatever is wrong with it, and say so."""
        fields = {name: value for name, value in form.data.items() if name not in NOT_KEPT}
        actions.keep_draft(current_actor(), self.place, _plain(fields))
        flash(_("What you wrote is kept here until you send it. Only you see it."), "success")
        return redirect(back or self.place, 303)

    def done(self, form: HubForm, location: str) -> Response:
        """The form was carried out: its draft is no longer needed."""
        actions.drop_draft(current_actor(), self.place)
        return form.done(location)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | list) or value is None else value.isoformat()
        for name, value in fields.items()
    }


def preview(form: PostForm) -> Markup | None:
    """What the text would look like, if that was asked for. Mentions are linked once it is sent."""
    if form.is_submitted() and form.wants_preview and (form.text.data or "").strip():
        return Markup(render(form.text.data or "", anchors="preview"))
    return None
