"""What accounts show on every page: that mail to one's address comes back."""

from flask import render_template
from flask_login import current_user
from markupsafe import Markup

from hub.core.slots import fills


@fills("frame.notice")
def mail_stopped() -> Markup | None:
    """As long as it does. It was asked with who is signed in."""
    if not current_user.mail_comes_back:
        return None
    return Markup(render_template("accounts/_mail_stopped.html", address=current_user.email))
