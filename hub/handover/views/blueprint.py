"""The pages hang on one blueprint."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from hub.archive.models import Collection
from hub.core.access import load

from ..models import HandOver

bp = Blueprint("handover", __name__)


def collection_at(token: str) -> Collection:
    return load(Collection, Collection.token == token)


def hand_over_at(token: str, hand_over_token: str) -> HandOver:
    return load(
        HandOver,
        HandOver.token == hand_over_token,
        HandOver.collection_id.in_(select(Collection.id).where(Collection.token == token)),
    )
