"""How much may be added, as an administrator set it."""

from flask import current_app

from hub.core.pages import bytes_in_words
from hub.core.settings import MEBIBYTE, Settings

# What a picture shows is said in a sentence or two.
LONGEST_DESCRIPTION = 500


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def largest_size() -> int:
    """In bytes."""
    return _settings().attachment_limit_mb * MEBIBYTE


def a_day_size() -> int:
    """What one person may add in a day, in bytes."""
    return _settings().attachments_a_day_mb * MEBIBYTE


def most_of_a_post() -> int:
    return _settings().attachments_per_post


def largest() -> str:
    """In words."""
    return _in_words(_settings().attachment_limit_mb)


def most_a_day() -> str:
    return _in_words(_settings().attachments_a_day_mb)


def _in_words(mebibytes: int) -> str:
    """As it was set: people do not count in powers of two."""
    return bytes_in_words(mebibytes * 1000 * 1000)
