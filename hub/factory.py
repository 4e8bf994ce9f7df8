"""Builds the application: settings, core, then every room in its place."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from .core import access, errors, forms, language, logs, security, site, slots, worker
from .core.database import db
from .core.settings import MEBIBYTE, Settings
from .rooms import ROOMS

ROOT = Path(__file__).resolve().parent.parent

REGISTERING = ("models", "rules", "tasks", "documents", "checks", "pages", "views")


def create_app(settings: Settings | None = None) -> Flask:
    """The hub, ready to serve. Without settings they are read from the environment."""
    settings = settings or Settings()
    app = Flask("hub", template_folder=str(ROOT / "templates"))
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.embedded},
        # Room for the form's other fields beside the file.
        MAX_CONTENT_LENGTH=settings.upload_limit_mb * MEBIBYTE + MEBIBYTE,
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https://"),
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        # The token is the proof; pages whose address is a key send no referrer to compare.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a form may lie open for days; the session bounds it
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    settings.folder(".")
    logs.set_up(settings)
    db.init_app(app)
    Babel(app, timezone_selector=language.reader_zone)
    Bootstrap5(app)
    access.init_app(app)
    security.init_app(app)
    forms.init_app(app)
    errors.init_app(app)
    slots.init_app(app)
    site.init_app(app)
    _furnish(app)
    worker.init_app(app)
    return app


def _furnish(app: Flask) -> None:
    for room in ROOMS:
        for module in REGISTERING:
            name = f"hub.{room}.{module}"
            if find_spec(f"hub.{room}") is None or find_spec(name) is None:
                continue
            loaded = import_module(name)
            if (blueprint := getattr(loaded, "bp", None)) is not None:
                app.register_blueprint(blueprint)
            if (install := getattr(loaded, "install", None)) is not None:
                install(app)
