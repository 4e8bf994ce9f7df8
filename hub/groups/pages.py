"""What groups and accounts put into the frame of every page."""

from flask import render_template
from markupsafe import Markup

from hub.core.slots import fills


@fills("frame.menu")
def menu() -> Markup:
    """People; and, for administrators, the pages that only they have."""
    return Markup(render_template("groups/_menu.html"))
