"""Reads of what is watched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from hub.archive.models import ArchivedPost
from hub.core.database import db

from .models import WatchedAddress, WatchedPost


def last_listed(post: ArchivedPost) -> datetime | None:
    """When a watched address of the post's collection last listed it: a look that shows nothing new leaves no
    sighting, but says that the post was there."""
    return db.session.scalar(
        select(func.max(WatchedPost.last_seen_at))
        .join(WatchedAddress, WatchedAddress.id == WatchedPost.watch_id)
        .where(
            WatchedAddress.collection_id == post.collection_id,
            WatchedPost.platform == post.platform,
            WatchedPost.platform_id == post.platform_id,
        )
    )
