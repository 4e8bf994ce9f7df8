"""Addresses of feeds: open ones, private ones by key, lists of them, and the pages that tell of them."""

from hub.feeds.views.blueprint import bp

from . import open_feeds, own_feeds, private_feeds  # noqa: F401

__all__ = ["bp"]
