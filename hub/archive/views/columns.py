"""A table of no known platform: its keeper is asked what its columns are, and shown what would be read."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.language import reader_zone

from ..adapters.table_mapping import Mapping
from ..models import ASKS, Import
from ..tables import actions
from ..tables.actions import ASKED_FOR
from ..tables.forms import ColumnsForm
from ..tables.previewing import Preview, first_cells, preview, rows_of, with_zone_of_numbers
from ..tables.suggesting import suggest
from .blueprint import ButtonForm, bp, import_at

ROWS_SHOWN = 3


def columns_page(found: Import, form: ColumnsForm | None = None) -> str:
    """The first rows of a table that waits, and what is asked about it."""
    rows = rows_of(found)
    guess = suggest(rows)
    kept = actions.kept_mapping(found.collection, guess.mapping.names)
    if form is None:
        form = ColumnsForm(formdata=None)
        form.offer(guess.mapping, first_cells(rows, guess.mapping))
        form.begin_with(
            Mapping.from_json(kept.mapping) if kept else with_zone_of_numbers(rows, guess.mapping)
        )
    shown: Preview | None = preview(rows, form.mapping) if not form.errors and form.text.data else None
    return render_template(
        "archive/columns.html",
        collection=found.collection,
        found=found,
        form=form,
        give_up=ButtonForm(formdata=None),
        names=guess.mapping.names,
        rows=[row.cells for row in rows if row.number > guess.mapping.header][:ROWS_SHOWN],
        kept=kept,
        sure_order=guess.sure_order,
        preview=shown,
        zone=reader_zone(),
        days=ASKED_FOR.days,
    )


@bp.route("/collections/<token>/imports/<import_token>/columns", methods=["GET", "POST"])
@requires("import.keep")
def columns(token: str, import_token: str) -> str | Response | tuple[str, int]:
    """Say what the columns are: first to see what would be read, then to read it."""
    found = import_at(token, import_token)
    if found.state != ASKS:
        return redirect(found.path, 303)
    if request.method == "GET":
        return columns_page(found)
    form = ColumnsForm()
    if earlier := form.sent_before():
        return earlier
    rows = rows_of(found)
    guess = suggest(rows).mapping
    form.offer(guess, first_cells(rows, guess))
    if form.validate_on_submit() and request.form.get("act") == "import":
        actions.name_columns(current_actor(), found, form.mapping)
        return form.done(found.path)
    return columns_page(found, form), form.status


@bp.post("/collections/<token>/imports/<import_token>/give-up")
@requires("import.keep")
def give_up_table(token: str, import_token: str) -> Response:
    """The table is not to be read after all."""
    found = import_at(token, import_token)
    form = ButtonForm()
    if earlier := form.sent_before():
        return earlier
    actions.give_up(current_actor(), found)
    flash(_("The file is deleted. Nothing of it was kept."), "success")
    return form.done(found.path)
