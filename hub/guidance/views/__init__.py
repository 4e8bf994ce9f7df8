"""Pages of guidance."""

from flask import Blueprint

bp = Blueprint("guidance", __name__)

from . import deciding, reading, writing  # noqa: E402, F401
