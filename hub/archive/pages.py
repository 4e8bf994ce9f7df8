"""What the archive adds to the pages of lower rooms."""

from flask import render_template
from markupsafe import Markup

from hub.core.access import current_actor
from hub.core.slots import fills


@fills("frame.menu")
def administration() -> Markup:
    """Where administrators decide about sealed collections."""
    return Markup(render_template("archive/_menu.html")) if current_actor().administrator else Markup()
