"""People: the directory, and a page for each."""

from functools import partial

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hub.accounts.models import SECTORS, Person
from hub.accounts.queries import directory, is_or_was, organisations_of
from hub.core.access import current_actor, load, requires
from hub.core.words import words

from .blueprint import bp


@bp.get("/people")
@requires("site.use")
def people() -> str:
    actor = current_actor()
    sought = " ".join(request.args.get("q", "")[:80].replace("\x00", "").split())
    sector = request.args.get("sector", "")
    sector = sector if sector in SECTORS else ""
    organisation = request.args.get("organisation", "")[:80].replace("\x00", "")
    found = directory(
        actor, name=sought, sector=sector, organisation=organisation, cursor=request.args.get("after")
    )
    return render_template(
        "accounts/people.html",
        people=found,
        organisations=organisations_of(actor),
        here=partial(_address, q=sought, sector=sector, organisation=organisation),
        sectors=[(code, words(code, "sector")) for code in SECTORS],
        sought=sought,
        sector=sector,
        organisation=organisation,
    )


def _address(**narrowed: str | None) -> str:
    """The directory's address, narrowed so; what is empty is left out."""
    return url_for("accounts.people", **{name: value for name, value in narrowed.items() if value})


@bp.get("/people/<handle>")
@requires("person.read")
def person(handle: str) -> Response | str:
    found = load(Person, is_or_was(handle.lower()))
    if found.handle != handle:
        return redirect(found.path, 301)
    return render_template("accounts/person.html", person=found)
