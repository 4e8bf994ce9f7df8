"""Writing guidance: starting a page, editing it, going back, turning an answer into one."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.content.addresses import group_at, item_at, post_at, seen_item
from hub.content.files.hanging import files_of_revision
from hub.content.models import GUIDANCE, QUESTION, Item, StoredFile
from hub.content.posting import Sending, preview
from hub.content.queries import opening_post, topics_of
from hub.core.access import current_actor, requires
from hub.core.differences import difference_html
from hub.core.forms import HubForm
from hub.guidance import actions, queries
from hub.guidance.actions import Meanwhile
from hub.guidance.actions.pages import revision, topics_of_ids
from hub.guidance.bringing import bring, offered
from hub.guidance.forms import PageForm
from hub.guidance.sources import write_sources
from hub.guidance.telling import changed_parts
from hub.guidance.wording import Wording, wording_of

from . import bp
from .reading import PLACE

Answer = str | Response | tuple[str, int]


@bp.route("/groups/<slug>/guidance/new", methods=["GET", "POST"])
@requires("guidance.start")
def start(slug: str) -> Answer:
    """Begin a page that the group's members write together."""
    actor, group = current_actor(), group_at(slug)
    sending = Sending(f"{group.path}/guidance/new")
    form = PageForm(data=sending.kept())
    form.offer(GUIDANCE, topics_of(actor, group))
    if earlier := form.sent_before():
        return earlier
    sending.files(form)
    if sending.to_be_kept(form):
        return sending.keep(form)
    if not form.wants_preview and form.validate_on_submit():
        written = {"note": form.note.data or "", "files": form.files.added, **form.wording}
        item = actions.start_guidance(actor, group, **written)
        flash(_("Your draft is saved. The group's members can read and edit it."), "success")
        return sending.done(form, item)
    return render_template(
        "guidance/start.html",
        group=group,
        section="guidance",
        form=form,
        sending=sending,
        preview=preview(form),
    ), form.status


@bp.route(PLACE + "/edit", methods=["GET", "POST"])
@requires("guidance.edit")
def edit(slug: str, number: int) -> Answer:
    """Change a page's wording. Who edits at the same time is merged in, or shown."""
    actor, item = current_actor(), item_at(GUIDANCE, slug, number)
    sending = Sending(f"{item.path}/edit")
    form = PageForm(data=sending.kept() or _newest(item))
    form.offer(GUIDANCE, topics_of(actor, item.group))
    if earlier := form.sent_before():
        return earlier
    sending.files(form, lambda: _newest_files(item))
    if sending.to_be_kept(form):
        return sending.keep(form)
    if not form.wants_preview and form.validate_on_submit():
        return _save(item, form, sending)
    return _editor(item, form, sending)


def _save(item: Item, form: PageForm, sending: Sending) -> Answer:
    try:
        written = {"note": form.note.data or "", "files": form.files.change, **form.wording}
        made = actions.revise(current_actor(), item, based_on=form.base_number, **written)
    except Meanwhile as clash:
        return _clash(item, form, sending, clash)
    if made.number == queries.page_of(item).published_number:
        flash(_("Nothing was changed."), "info")
    elif queries.page_of(item).published_number is None:
        flash(_("Revision %(number)s is saved.", number=made.number), "success")
    else:
        words = _("Revision %(number)s is saved. Readers see it once it is published.", number=made.number)
        flash(words, "success")
    return sending.done(form, item)


def _clash(item: Item, form: PageForm, sending: Sending, clash: Meanwhile) -> Answer:
    """Both versions in the form, each marked; sending it again saves what stands there then."""
    met, mine = clash.met, form.text.data or ""
    differs = changed_parts(clash.theirs, met.wording)
    if "source" in met.conflicts:
        differs.append((_("Text"), difference_html(clash.theirs.source, mine)))
    _fill(form, met.wording, clash.newest.number)
    return _editor(item, form, sending, clash=clash, differs=differs)[0], 409


def _fill(form: PageForm, wording: Wording, number: int) -> None:
    for name, value in _fields(wording, number).items():
        form[name].data = value


def _editor(item: Item, form: PageForm, sending: Sending, **more: Any) -> tuple[str, int]:
    return render_template(
        "guidance/edit.html",
        group=item.group,
        section="guidance",
        item=item,
        page=queries.page_of(item),
        form=form,
        sending=sending,
        preview=preview(form),
        **more,
    ), form.status


def _newest(item: Item) -> dict[str, Any]:
    """The newest revision as the form's fields."""
    number = queries.page_of(item).newest_number
    found = revision(item, number)
    return _fields(wording_of(*found), number) if found else {}


def _newest_files(item: Item) -> Sequence[StoredFile]:
    return files_of_revision(opening_post(item).id, queries.page_of(item).newest_number)


def _fields(wording: Wording, number: int) -> dict[str, Any]:
    return {
        "title": wording.title,
        "summary": wording.summary,
        "text": wording.source,
        "topics": [topic.slug for topic in topics_of_ids(wording.topics)],
        "applies_to": wording.applies_to,
        "law_date": wording.law_date,
        "sources": write_sources(wording.sources),
        "base": str(number),
    }


@bp.post(PLACE + "/history/<int:of>/return")
@requires("guidance.edit")
def go_back(slug: str, number: int, of: int) -> Response:
    """Make an earlier wording the newest."""
    item = item_at(GUIDANCE, slug, number)
    made = actions.revert_to(current_actor(), item, of)
    flash(_("Revision %(number)s has the wording of revision %(of)s.", number=made.number, of=of), "success")
    return redirect(item.path, 303)


@bp.route("/groups/<slug>/questions/<int:number>/posts/<int:position>/guidance", methods=["GET", "POST"])
@requires("guidance.derive")
def derive(slug: str, number: int, position: int) -> Answer:
    """Turn an answer into a draft, and begin to edit it. What could come along is asked about first."""
    actor, question = current_actor(), seen_item(QUESTION, slug, number)
    answer = post_at(question, position)
    form = HubForm()
    if earlier := form.sent_before():
        return earlier
    begun = actions.made_from(answer)
    offers = offered(actor, answer) if begun is None else ""
    if request.method == "GET":
        if begun is not None:
            return redirect(f"{begun.path}/edit", 303)
        return render_template(
            "guidance/derive.html",
            group=question.group,
            section="questions",
            question=question,
            answer=answer,
            offers=offers,
            form=form,
        )
    if offers and "asked" not in request.form:
        return redirect(request.path, 303)
    item = actions.guidance_from_answer(actor, answer)
    if begun is None:
        bring(actor, answer, item, request.form.getlist("bring"))
    flash(_("This draft begins with the answer's words. Its authors are credited."), "success")
    return form.done(f"{item.path}/edit")
