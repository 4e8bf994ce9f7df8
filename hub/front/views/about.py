"""The pages about the site: read by anybody, written by administrators."""

from flask import abort, flash, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.core.access import current_actor, requires
from hub.core.slots import fills
from hub.front import actions
from hub.front.forms import SitePageForm
from hub.front.site_pages import TITLES, SitePage, incomplete_pages, site_page

from . import bp


def _page(name: str) -> SitePage:
    if name not in TITLES:
        abort(404)
    return site_page(name)


@bp.get("/about/<name>")
@requires("site.read")
def about(name: str) -> str:
    return render_template("front/about.html", page=_page(name))


@bp.get("/about/edit")
@requires("site.administer")
def pages() -> str:
    return render_template("front/about_pages.html", pages=[site_page(name) for name in TITLES])


@bp.route("/about/<name>/edit", methods=["GET", "POST"])
@requires("site.administer")
def edit(name: str) -> Response | tuple[str, int]:
    page = _page(name)
    form = SitePageForm(obj=page)
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.write_site_page(current_actor(), name, form.source.data or "", bool(form.complete.data))
        flash(_("The page “%(title)s” is saved, and readers see it.", title=page.title), "success")
        return form.done(page.path)
    return render_template("front/about_edit.html", page=page, form=form), form.status


@fills("frame.warning")
def _unfinished() -> Markup | None:
    """Told to administrators on every page, until each page about the site is complete."""
    left = incomplete_pages()
    return Markup(render_template("front/_unfinished.html", pages=left)) if left else None
