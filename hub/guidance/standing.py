"""How a page stands, in a word and one of the four meanings that a state can have."""

from datetime import date

from flask_babel import gettext as _

from .models import DRAFT, IN_REVIEW, NEEDS_REVIEW, SUPERSEDED, Guidance


def standing(page: Guidance, today: date) -> tuple[str, str]:
    """(meaning, word) as for the status component. An overdue page says so before the job has moved it."""
    state = page.item.state
    if state == DRAFT:
        return "open", _("Draft")
    if state == IN_REVIEW:
        return "open", _("In review")
    if state == SUPERSEDED:
        return "closed", _("Superseded")
    if page.overdue(today):
        return "overdue", _("Overdue for a check")
    if state == NEEDS_REVIEW:
        return "due", _("Needs review")
    return "verified", _("Checked")
