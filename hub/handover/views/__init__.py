"""Pages of hand-overs: asking for one, how far it is, its files; redacting a disclosure."""

from flask import Flask

from .. import words
from . import asking, files, plan, redacting, transferring
from .blueprint import bp

__all__ = ["asking", "bp", "files", "plan", "redacting", "transferring"]


def install(app: Flask) -> None:
    app.jinja_env.globals["hand_over_words"] = words
