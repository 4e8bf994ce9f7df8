"""What choices are called."""

from flask_babel import gettext as _

from .models import AT_ONCE, DAILY, MENTIONS, NEVER, WEEKLY


def frequency_words() -> dict[str, str]:
    return {
        AT_ONCE: _("Each post at once"),
        DAILY: _("Every day"),
        WEEKLY: _("Every week"),
        MENTIONS: _("Only mentions and what I watch"),
        NEVER: _("Nothing"),
    }


def often_words() -> dict[str, str]:
    """The same within a sentence."""
    return {
        AT_ONCE: _("each post at once"),
        DAILY: _("every day"),
        WEEKLY: _("every week"),
        MENTIONS: _("only mentions and what you watch"),
        NEVER: _("not any more"),
    }
