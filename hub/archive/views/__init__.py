"""Pages of collections, imports and archived posts: for their keepers."""

from flask import Flask

from .. import uploads, words
from ..platforms import platform_name
from . import approvals, collections, imports, keeping, posts
from .blueprint import bp

__all__ = ["approvals", "bp", "collections", "imports", "keeping", "posts"]


def install(app: Flask) -> None:
    uploads.install(app)
    app.jinja_env.globals["archive_words"] = words
    app.jinja_env.globals["platform_name"] = platform_name
