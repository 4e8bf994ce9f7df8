"""Light or dark: as the reader's device is set, or as they choose; kept in a cookie, without an account."""

from datetime import timedelta

from flask import flash, make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core.access import requires
from hub.core.pages import THEME_COOKIE, THEMES, chosen_theme
from hub.front.forms import AppearanceForm

from . import bp

KEPT_FOR = timedelta(days=365)


@bp.route("/appearance", methods=["GET", "POST"])
@requires("site.read")
def appearance() -> Response:
    form = AppearanceForm(theme=chosen_theme() or "system")
    if not form.validate_on_submit():
        return make_response(render_template("front/appearance.html", form=form), form.status)
    flash(_("Pages now look the way you chose, in this browser."), "success")
    response = form.done("/appearance")
    if form.theme.data in THEMES:
        response.set_cookie(THEME_COOKIE, form.theme.data, max_age=KEPT_FOR, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(THEME_COOKIE, httponly=True, samesite="Lax")
    return response
