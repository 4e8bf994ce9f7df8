"""The summary of an organisation's social media records, as a page and as a PDF."""

from __future__ import annotations

from flask import Response, abort, render_template
from sqlalchemy import select

from hub.accounts.models import Organisation
from hub.core import clock
from hub.core.access import current_actor, requires
from hub.core.database import db
from hub.core.site import site

from ..paper import Paper, print_pdf
from ..plan import facts_of, plan_paper
from ..plan.facts import collections_of
from .blueprint import bp


def _paper_of(slug: str) -> Paper:
    """For those who keep a collection of the organisation; to others there is no such page."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    collections = collections_of(current_actor(), organisation) if organisation else []
    if organisation is None or not collections:
        abort(404)
    return plan_paper(facts_of(organisation, collections), site().name, clock.now())


@bp.get("/collections/of/<slug>/records-plan")
@requires("site.use")
def records_plan(slug: str) -> str:
    """What the hub holds beside each element of the model plan."""
    paper = _paper_of(slug)
    return render_template("handover/plan.html", slug=slug, paper=paper.as_plain())


@bp.get("/collections/of/<slug>/records-plan.pdf")
@requires("site.use")
def records_plan_pdf(slug: str) -> Response:
    """The same, to be printed or sent."""
    answer = Response(print_pdf(_paper_of(slug), clock.now()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="records-plan-{slug}.pdf"'
    return answer
