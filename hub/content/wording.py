"""What posts are called where no page shows them: in mail."""

from flask_babel import gettext as _


def byline(name: str, organisation: str) -> str:
    """'Cat Muir, Strathtay Council'."""
    if not name:
        return _("somebody who has left")
    return f"{name}, {organisation}" if organisation else name
