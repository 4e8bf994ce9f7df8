"""Plain English for everything that goes wrong: what happened, what was kept, what to do next."""

from contextlib import suppress

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from .access import SAFE_METHODS, current_actor
from .database import db
from .policy import ANYBODY
from .settings import Settings
from .site import unnamed_site

log = structlog.get_logger(__name__)

# Pages with words of their own; every other status uses the nearest of them.
OWN_PAGE = frozenset({400, 404, 405, 413, 422, 429, 500, 503})

# Never shown back: secrets, and what only machines read.
NOT_TYPED = frozenset({"csrf_token", "sent_token", "submit", "file", "drop_file"})


class Refused(Exception):
    """A rule of the hub says no to something that the person may otherwise do; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def typed_text() -> list[tuple[str, str]]:
    """What the person sent with a form, without secrets, so that a page can give it back."""
    if request.method in SAFE_METHODS:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large, or broken: there is no reading it
        return []
    return [
        (name, value) for name, value in sent if name not in NOT_TYPED and "password" not in name and value
    ]


def largest_file() -> int:
    """How large a file may be that is sent to the hub, in MB."""
    settings: Settings = current_app.extensions["settings"]
    return settings.upload_limit_mb


def _page(status: int, **context: object) -> Response:
    template = status if status in OWN_PAGE else (400 if status < 500 else 500)
    return make_response(render_template(f"errors/{template}.html", status=status, **context), status)


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    db.session.rollback()
    if status in {401, 403}:
        status = 404  # forbidden and absent look the same
    if status == 404 and not current_actor().signed_in and request.method not in SAFE_METHODS:
        return _expired(None)
    response = _page(status, typed=typed_text())
    if status == 405 and (allowed := error.get_response().headers.get("Allow")):
        response.headers["Allow"] = allowed
    return response


def _expired(_error: CSRFError | None) -> Response:
    """The session ended, or the form is too old: what was typed is given back, ready to be sent again."""
    db.session.rollback()
    response = make_response(render_template("errors/expired.html", typed=typed_text()), 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: Refused) -> Response:
    db.session.rollback()
    return _page(422, sentence=error.sentence, typed=typed_text())


def _failure(error: InternalServerError) -> Response:
    """Perhaps the database failed: this page asks nothing of it, nor who is asking."""
    with suppress(SQLAlchemyError):
        db.session.rollback()
    g.actor, g.site = ANYBODY, unnamed_site()
    return _page(500, typed=typed_text())


def init_app(app: Flask) -> None:
    app.add_template_global(largest_file)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(InternalServerError, _failure)
