"""The archive's pages hang on one blueprint; loaders that several of them share."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint
from sqlalchemy import ColumnElement, select

from hub.core.access import load
from hub.core.forms import HubForm

from ..actions import must_be_open
from ..models import ArchivedPost, Collection, Import

bp = Blueprint("archive", __name__)


class ButtonForm(HubForm):
    """A form that is nothing but its button."""


def collection_at(token: str) -> Collection:
    return load(Collection, Collection.token == token)


def open_collection_at(token: str) -> Collection:
    """One that something may come into. Raises Refused where it is closed."""
    found = collection_at(token)
    must_be_open(found)
    return found


def of_collection(column: ColumnElement[int], token: str) -> ColumnElement[bool]:
    """The condition under which a row belongs to the collection with that token."""
    return column.in_(select(Collection.id).where(Collection.token == token))


def import_at(token: str, import_token: str) -> Import:
    return load(Import, Import.token == import_token, of_collection(Import.collection_id, token))


def post_at(token: str, post_token: str) -> ArchivedPost:
    return load(
        ArchivedPost, ArchivedPost.token == post_token, of_collection(ArchivedPost.collection_id, token)
    )


@bp.app_template_filter("archive_query")
def archive_query(parts: dict[str, str]) -> str:
    """The query of a narrowed list's address, without what says nothing."""
    return urlencode(
        {key: value for key, value in parts.items() if value and (key, value) != ("state", "all")}
    )
