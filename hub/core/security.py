"""What every response says to the browser: no scripts or requests but our own, no framing, no sniffing."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_talisman import Talisman
from werkzeug.datastructures import Headers

from .access import current_actor
from .keyed import is_keyed

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

View = TypeVar("View", bound=Callable[..., Any])


def content_policy(policy: dict[str, str]) -> Callable[[View], View]:
    """Declare that a view's answers carry a policy of their own instead of the site's: for what others wrote
    as HTML and is shown in a corner of its own, and for the page around that corner."""

    def declare(view: View) -> View:
        view.talisman_view_options = {"content_security_policy": policy}  # type: ignore[attr-defined]
        return view

    return declare


limiter = Limiter(get_remote_address, headers_enabled=False)


class _Talisman(Talisman):
    """Pages whose address is a key tell it to nobody."""

    def _set_referrer_policy_headers(self, headers: Headers) -> None:
        policy = "no-referrer" if is_keyed(request.endpoint) else self.referrer_policy
        headers["Referrer-Policy"] = policy


def _caching(response: Response) -> Response:
    """Personal pages, and those whose address is a key, are stored nowhere; open ones carry a validator, and
    are asked for again each time."""
    if request.endpoint in {"static", "bootstrap.static"} or "Cache-Control" in response.headers:
        return response
    response.vary.add("Cookie")
    # A session holds a form's token or something to be said once, even where nobody signed in.
    personal = current_actor().signed_in or session or "Set-Cookie" in response.headers
    if personal or is_keyed(request.endpoint):
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200 and not response.is_streamed:
        response.add_etag()
        response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.after_request(_caching)
    redis = settings.redis_url.get_secret_value()
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis or "memory://")
    limiter.init_app(app)
    secure = settings.address.startswith("https://")
    _Talisman(
        app,
        force_https=False,  # the proxy in front does that
        strict_transport_security=secure,
        session_cookie_secure=secure,
        content_security_policy=CONTENT_SECURITY_POLICY,
        referrer_policy="same-origin",
    )
