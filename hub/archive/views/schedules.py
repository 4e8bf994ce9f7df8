"""Retention schedules of a collection: loaded, looked at before they count, typed in, compared."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import current_actor, load, requires

from ..retention import queries, schedules, words
from ..retention.forms import EntryForm, ScheduleForm
from ..retention.reading import FIELDS
from ..retention.schedule_models import Schedule, ScheduleDraft
from ..retention.spreadsheets import MOST_BYTES, MOST_COLUMNS
from .blueprint import ButtonForm, bp, collection_at, of_collection

# Of a file that is looked at before it counts.
ROWS_SHOWN, ENTRIES_SHOWN, LEFT_OUT_SHOWN = 8, 30, 50


@bp.route("/collections/<token>/schedules/load", methods=["GET", "POST"])
@requires("collection.keep")
def load_schedule(token: str) -> str | Response | tuple[str, int]:
    """Upload a spreadsheet. It counts once a keeper has seen that it is read rightly."""
    found = collection_at(token)
    form = ScheduleForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        file = form.file.data
        draft = schedules.begin_draft(
            found,
            form.name.data or "",
            version=form.version.data or "",
            file_name=file.filename,
            data=file.stream.read(MOST_BYTES + 1),
        )
        return form.done(draft.path)
    return render_template("archive/retention/load.html", collection=found, form=form), form.status


@bp.route("/collections/<token>/schedules/drafts/<draft_token>", methods=["GET", "POST"])
@requires("schedule.keep")
def draft(token: str, draft_token: str) -> str | Response:
    """Which column holds what, and what is read then."""
    found = load(
        ScheduleDraft,
        ScheduleDraft.token == draft_token,
        of_collection(ScheduleDraft.collection_id, token),
    )
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        if "load" in request.form:
            made = schedules.load_draft(current_actor(), found)
            flash(_("The schedule is loaded."), "success")
            return form.done(made.path)
        columns = {what: _number(request.form.get(what, ""), MOST_COLUMNS) for what in FIELDS}
        head = _number(request.form.get("head", ""), len(found.rows))
        schedules.set_columns(found, columns, head or 0)
        return form.done(found.path)
    reading = schedules.reading_of(found)
    elsewhere = schedules.others_with(found, [one.reference for one in reading.entries])
    return render_template(
        "archive/retention/draft.html",
        collection=found.collection,
        draft=found,
        form=form,
        fields=queries.FIELD_WORDS,
        first=found.rows[:ROWS_SHOWN],
        width=max(len(row) for row in found.rows),
        head=found.columns.get(schedules.HEAD, 0),
        reading=reading,
        shown=reading.entries[:ENTRIES_SHOWN],
        left_out=reading.left_out[:LEFT_OUT_SHOWN],
        elsewhere=elsewhere,
        words=words,
    )


def _number(given: str, most: int) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and int(given[:6]) < most else None


@bp.get("/collections/<token>/schedules/<schedule_token>")
@requires("schedule.keep")
def schedule(token: str, schedule_token: str) -> str:
    """A schedule's entries, and how it differs from the version before."""
    found = load(Schedule, Schedule.token == schedule_token, of_collection(Schedule.collection_id, token))
    sought = request.args.get("q", "")[:100].replace("\x00", "")
    return render_template(
        "archive/retention/schedule.html",
        collection=found.collection,
        schedule=found,
        page=queries.entries_of(found, sought, request.args.get("after")),
        sought=sought,
        changes=schedules.changes(found) if not sought and not request.args.get("after") else [],
        words=words,
    )


@bp.route("/collections/<token>/schedules/entries/new", methods=["GET", "POST"])
@requires("collection.keep")
def type_entry(token: str) -> str | Response | tuple[str, int]:
    """An entry typed in."""
    found, actor = collection_at(token), current_actor()
    form = EntryForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        entry = schedules.type_entry(
            actor,
            found,
            form.schedule.data or "",
            reference=form.reference.data or "",
            title=form.title.data or "",
            starts=form.starts.data,
            months=form.all_months,
            action=form.action.data,
            authority=form.authority.data or "",
        )
        flash(_("The entry is kept."), "success")
        return form.done(entry.schedule.path)
    page = render_template(
        "archive/retention/entry.html",
        collection=found,
        form=form,
        names=[one.name for one in queries.schedules_of(actor, found) if one.superseded_at is None],
    )
    return page, form.status
