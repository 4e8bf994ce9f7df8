"""Who sees and changes what a collection watches: its keepers."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from hub.archive.rules import kept_by
from hub.core.policy import Actor, permission, visibility

from .models import WatchedAddress


@visibility(WatchedAddress)
def _sees_watch(actor: Actor) -> ColumnElement[bool]:
    return kept_by(WatchedAddress.collection_id, actor)


@permission("watch.keep")
def _may_change(actor: Actor, _watch: WatchedAddress) -> bool:
    return actor.signed_in  # whoever sees it keeps its collection
