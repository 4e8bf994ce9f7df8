"""The test client: every request stands alone, and every page must parse without an error."""

import re
from contextvars import copy_context
from typing import Any

import html5lib
from flask import has_app_context
from flask.globals import _cv_app, _cv_request
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from lxml import html
from werkzeug.test import TestResponse

from hub.core.database import begin_reading, db


class HubClient(FlaskClient):
    """pytest-flask holds an application context open during a test. A request must not share it (its `g`
    holds the actor, its session the rows): so each runs in a context of its own, with the same clock."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = copy_context().run(self._open_alone, args, kwargs)
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()  # so that the test sees what the request did
        if response.mimetype == "text/html" and response.request.method != "HEAD" and _is_ours(response):
            assert_parses(response.get_data(as_text=True), response.request.path)
        return response

    def submit(self, page: str, fields: dict[str, Any] | None = None, button: str = "") -> TestResponse:
        """Fills in the form of a page that has these fields (and this button, by its words) and sends it,
        as a browser would: with what the form holds already, its hidden fields and its method."""
        shown = self.get(page)
        assert shown.status_code == 200, f"{page} answers {shown.status_code}"
        form = _the_form(html.fromstring(shown.get_data(as_text=True)), fields or {}, button)
        values = {**dict(form.form_values()), **(fields or {})}
        action = form.get("action") or page
        if form.method == "GET":
            return self.get(action, query_string=values)
        return self.post(action, data=values)

    def _open_alone(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> TestResponse:
        _cv_app.set(None)  # type: ignore[arg-type]
        _cv_request.set(None)  # type: ignore[arg-type]
        begin_reading()
        return super().open(*args, **kwargs)


def _is_ours(response: TestResponse) -> bool:
    """Not a page that others wrote: it is shown as it was, in a sandbox without any rights."""
    return not response.headers.get("Content-Security-Policy", "").rstrip().endswith("; sandbox")


def without_tokens(page: str) -> str:
    """The page without what differs on every answer: tokens of forms."""
    return re.sub(r'(name="(?:csrf|sent)_token"[^>]* value=)"[^"]*"', r'\1""', page)


def _the_form(page: Any, fields: dict[str, Any], button: str) -> Any:
    for form in page.forms:
        words = [" ".join(element.text_content().split()) for element in form.iter("button")]
        if set(fields) <= set(form.fields) and (not button or button in words):
            return form
    raise AssertionError(f"No form of the page has {sorted(fields)} and a button {button!r}.")


# Of values of attributes and of text, what cannot be in error.
WORDS = re.compile(r'(="|>)[^"<>&]+')
_parsed: set[str] = set()


def assert_parses(page: str, path: str) -> None:
    """No parse error, by the standard's own algorithm. An empty body (a redirect, 304) passes.

    One of the same tags as a page that was parsed before, with other words, is not parsed again."""
    if not page.strip():
        return
    shape = WORDS.sub(r"\1", page)
    if shape not in _parsed:
        _parse(page, path)
        _parsed.add(shape)


def _parse(page: str, path: str) -> None:
    parser = html5lib.HTMLParser(strict=True)
    try:
        parser.parse(page)
    except ParseError as problem:
        line, column = parser.errors[-1][0] if parser.errors else (0, 0)
        around = "\n".join(page.splitlines()[max(0, line - 2) : line + 1])
        where = f"line {line}, {column}"
        raise AssertionError(f"{path} does not parse: {problem} ({where}):\n{around}") from problem
