"""Pages of digests: reading one in the hub, and writing the note that stands at its top."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.access import current_actor, load, requires
from hub.core.keyed import keyed
from hub.core.markup import render
from hub.groups.models import Group
from hub.subscriptions import links

from . import queries
from .actions import take_back_note, write_note
from .composing import words_of
from .forms import NoteForm
from .gathering import gather_again
from .models import Digest, DigestNote
from .wording import which_member

bp = Blueprint("digests", __name__)


@bp.get("/me/mail/digests")
@requires("site.use")
def own_digests() -> str:
    """What one was sent, newest first."""
    return render_template("digests/own.html", digests=queries.digests_of(current_user.id))


@bp.get("/me/mail/digests/<token>")
@requires("site.use")
def own_digest(token: str) -> str:
    """One of them, as far as its reader may see it now."""
    digest = queries.own_digest(current_user.id, token) or abort(404)
    return _page(digest, mailed=False, path=f"/me/mail/digests/{digest.token}")


@bp.get("/mail/digest/<link>")
@requires("site.read")
@keyed
def by_link(link: str) -> str:
    """The same by the link in the mail, without signing in: no more than the mail has of closed groups."""
    values = links.read(links.DIGEST, link) or abort(404)
    digest = queries.digest_by_link(values[0], values[1]) if len(values) == 2 else None
    return _page(digest or abort(404), mailed=True, path=f"/mail/digest/{link}")


def _page(digest: Digest, *, mailed: bool, path: str) -> str:
    edition = gather_again(digest.subscriber.as_actor(), digest, mailed=mailed)
    words = {
        "digest": digest,
        "path": path,
        "own": not mailed,
        "gone": queries.gone(digest, edition),
        **words_of(edition),
    }
    if (place := request.args.get("more")) is not None:
        return render_template("digests/more.html", place=queries.section_at(edition, place), **words)
    return render_template("digests/digest.html", **words)


@bp.route("/groups/<slug>/digest-note", methods=["GET", "POST"])
@requires("group.moderate")
def note(slug: str) -> Response | tuple[str, int]:
    """A note at the top of the next digests, and how a digest looks to a member."""
    group = load(Group, Group.slug == slug)
    form = NoteForm(member=current_user.handle)
    if (earlier := form.sent_before()) is not None:
        return earlier
    if form.is_submitted() and not form.preview.data and form.validate():
        write_note(current_actor(), group, form.text.data)
        flash(_("The note is kept. It goes into everybody's next digest."), "success")
        return form.done(f"{group.path}/digest-note")
    return _note_page(group, form)


def _note_page(group: Group, form: NoteForm) -> tuple[str, int]:
    looked_at = _looked_at(group, form) if form.preview.data else None
    edition = None
    if looked_at is not None:
        edition = queries.preview(current_actor(), group, looked_at, form.days.data or 7)
        if (form.text.data or "").strip():
            edition.notes.insert(0, _as_it_would_be(group, form.text.data))
    page = render_template(
        "digests/note.html",
        group=group,
        form=form,
        member=looked_at,
        notes=queries.notes_of(group),
        **(words_of(edition) if edition is not None else {"edition": None}),
    )
    return page, form.status


def _looked_at(group: Group, form: NoteForm) -> Person | None:
    """As whom the digest is to be previewed; None where that is to be said again."""
    found = queries.members_called(group, form.member.data or current_user.handle)
    if len(found) == 1:
        form.member.data = found[0].handle
        return found[0]
    form.member.errors = [which_member(found)]
    return None


def _as_it_would_be(group: Group, source: str) -> DigestNote:
    """Not added to the session: it is only looked at."""
    return DigestNote(group=group, byline=current_user.byline(), source=source, html=render(source))


@bp.post("/groups/<slug>/digest-note/<token>/withdrawal")
@requires("group.moderate")
def take_back(slug: str, token: str) -> Response:
    group = load(Group, Group.slug == slug)
    take_back_note(current_actor(), queries.note_with(group, token) or abort(404))
    flash(_("The note goes into no further digest."), "success")
    return redirect(f"{group.path}/digest-note", 303)
