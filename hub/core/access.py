"""The policy's door over HTTP, and the one place where a request commits.

Every view declares its action with `@requires`; the dispatcher refuses one that does not, and after the
request asserts that the declared check was made. What may not be seen does not exist: refusals are 404.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, select

from . import policy
from .database import begin_reading, begin_writing, db
from .policy import ANYBODY, Actor

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Endpoints that libraries bring: static files here, sign-in by the room that installs it.
library_endpoints: set[str] = {"static", "bootstrap.static"}


class UndeclaredAccess(RuntimeError):
    """A view does not say, or did not check, who may use it. A developer's mistake: refuse."""


def requires(action: str) -> Callable[[View], View]:
    """Declare the action that a view carries out. Without an object it is judged before the view runs;
    with one, the view must call `load` or `authorize`."""

    def declare(view: View) -> View:
        view.required_action = action  # type: ignore[attr-defined]
        return view

    return declare


def current_actor() -> Actor:
    """Whoever makes this request; anybody outside of one."""
    if not has_request_context():
        return ANYBODY
    if "actor" not in g:
        person = current_user if current_user and current_user.is_authenticated else None
        g.actor = person.as_actor() if person else ANYBODY
    return g.actor


def load(model: type[Row], *criteria: ColumnElement[bool], options: tuple[Any, ...] = ()) -> Row:
    """The one visible row that meets the criteria; 404 when there is none or it may not be seen."""
    statement = select(model).where(policy.visible(model, current_actor()), *criteria).options(*options)
    return load_from(statement)


def load_from(statement: Select[tuple[Row]], given: dict[str, Any] | None = None) -> Row:
    """The one row of a statement that the caller built with `visible`; else 404. Then judged.

    given: values of the statement's bound parameters.
    """
    row = db.session.execute(statement, given or {}).unique().scalar_one_or_none()
    if row is None:
        abort(404)
    authorize(_declared_action(), row)
    return row


def authorize(action: str, subject: Any = None) -> None:
    """404 unless the actor may do the action. Several may be asked; the declared one must be."""
    if not policy.can(current_actor(), action, subject):
        abort(404)
    if action == _declared_action():
        g.access_checked = True


def authorize_declared(subject: Any) -> None:
    """404 unless the actor may do, with this, what the view declared."""
    authorize(_declared_action(), subject)


def judged_before() -> None:
    """This request repeats one of the same person that was judged and carried out: it is led to where that
    one was led, and told nothing else. What it is about may be gone or no longer theirs, by what they did."""
    g.access_checked = True


def keep_though_refused() -> None:
    """A form that is shown again keeps the files that came with it: what this request wrote is committed even
    if its answer says that something is to be mended. An error page takes back all that was written."""
    g.kept_though_refused = True


def _declared_action() -> str:
    view = current_app.view_functions[request.endpoint or ""]
    return getattr(view, "required_action", "")


def _judge_request() -> None:
    begin_reading() if request.method in SAFE_METHODS else begin_writing()
    g.access_checked = False
    if request.endpoint is None:
        return  # no such address: routing answers
    if request.endpoint in library_endpoints or request.method == "OPTIONS":
        g.access_checked = True  # OPTIONS tells the methods of the address's kind, whatever is there
        return
    action = _declared_action()
    if not action:
        raise UndeclaredAccess(f"{request.endpoint} does not declare who may use it.")
    if not policy.needs_object(action):
        authorize(action)


def _finish_request(response: Response) -> Response:
    refused = response.status_code >= 400 and not g.get("kept_though_refused")
    if request.endpoint and response.status_code < 400 and not g.get("access_checked"):
        db.session.rollback()
        raise UndeclaredAccess(f"{request.endpoint} answered without checking its action.")
    if request.method in SAFE_METHODS or refused:
        db.session.rollback()
    else:
        db.session.commit()
    return response


def init_app(app: Flask) -> None:
    """Hang the door. The first `after_request` registered runs last: nothing follows the commit."""
    app.after_request(_finish_request)
    app.before_request(_judge_request)
    app.context_processor(lambda: {"actor": current_actor(), "can": _can_in_template})


def _can_in_template(action: str, subject: Any = None) -> bool:
    return policy.can(current_actor(), action, subject)
