"""The gallery: every component in every state, to judge and to test. For administrators."""

from flask import render_template

from hub.core.access import requires
from hub.front.gallery_samples import things

from . import bp


@bp.get("/gallery")
@requires("site.administer")
def gallery() -> str:
    return render_template("gallery/index.html", **things())
