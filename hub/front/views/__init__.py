"""Views of the front, by what they show."""

from flask import Blueprint

bp = Blueprint("front", __name__)

from . import about, appearance, ask, gallery, home  # noqa: E402, F401 (they hang their views on `bp`)
