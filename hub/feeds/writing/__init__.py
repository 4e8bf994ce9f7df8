"""Feeds in the formats that readers know. The same feed gives the same bytes: validators rest on it."""

from collections.abc import Callable

from hub.feeds.entries import Feed
from hub.feeds.subjects import ATOM, JSON, RSS

from .atom import atom
from .json_feed import json_feed
from .rss import rss

WRITERS: dict[str, Callable[[Feed], bytes]] = {ATOM: atom, RSS: rss, JSON: json_feed}

__all__ = ["WRITERS"]
