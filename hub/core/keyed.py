"""Addresses that are keys: a mailed link lets in whoever has it, so it is not written down anywhere else."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

View = TypeVar("View", bound=Callable[..., Any])


def keyed(view: View) -> View:
    """Declare that the last part of this view's address is a key: its answers are kept nowhere, and tell
    the address to nobody (`security`)."""
    view.address_is_key = True  # type: ignore[attr-defined]
    return view


def own_address() -> str:
    """The path of this page without its key: what its links to other pages may carry."""
    return _cut(request.path) if is_keyed(request.endpoint) else request.path


def without_key(address: str) -> str:
    """An address of this hub, as somebody typed or copied it, without its key; any other as it is."""
    try:
        path = re.sub("/+", "/", unquote(urlsplit(address).path)).rstrip("/")
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except (ValueError, HTTPException, RoutingException):
        return address
    return _cut(path) if is_keyed(endpoint) else address


def _cut(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0]


def is_keyed(endpoint: str | None) -> bool:
    """Whether the view of that endpoint declared its address to be a key."""
    return getattr(current_app.view_functions.get(endpoint or ""), "address_is_key", False)
