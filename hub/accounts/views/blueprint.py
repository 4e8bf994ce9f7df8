"""The blueprint of accounts, and what its pages share."""

from typing import Any

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.security import limiter

bp = Blueprint("accounts", __name__)

# How often one may try, by the address typed and by where the request comes from. A whole council may
# come from one address, so those bounds are wide.
SIGN_INS = ("10 per 15 minutes", "120 per 15 minutes")
REGISTRATIONS = ("5 per hour", "60 per hour")
RECOVERIES = ("5 per hour", "60 per hour")


def typed_address() -> str:
    return "typed:" + request.form.get("email", "").strip().lower()


def limited(bounds: tuple[str, str]) -> Any:
    """Bound how often a form is sent."""

    def decorate(view: Any) -> Any:
        by_address = limiter.limit(bounds[0], methods=["POST"], key_func=typed_address)
        return limiter.limit(bounds[1], methods=["POST"])(by_address(view))

    return decorate


def me() -> Person:
    """Whoever is signed in: for views that require it."""
    return current_user._get_current_object()


def uncached(response: Response) -> Response:
    """A page whose address holds a mailed link is kept nowhere and told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    return response
