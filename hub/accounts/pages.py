"""What accounts show on every page: that mail to one's address comes back."""

from flask import render_template, session
from flask_login import current_user
from markupsafe import Markup

from hub.core.slots import fills

from .sign_in import MAIL_STOPPED


@fills("frame.notice")
def mail_stopped() -> Markup | None:
    if not session.get(MAIL_STOPPED):
        return None
    return Markup(render_template("accounts/_mail_stopped.html", address=current_user.email))
