"""Pages of collections, imports and archived posts: for their keepers. A module for each subject; all hang
their pages on one blueprint."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from hub.accounts.queries import handles
from hub.core.access import current_actor

from .. import uploads, words
from ..platforms import platform_name
from .blueprint import bp

__all__ = ["bp", "install"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def install(app: Flask) -> None:
    uploads.install(app)
    app.jinja_env.globals["archive_words"] = words
    app.jinja_env.globals["platform_name"] = platform_name
    app.jinja_env.globals["handles_offered"] = lambda: handles(current_actor())
