"""What a record of an adapter becomes in a table."""

from __future__ import annotations

from typing import Any

from hub.archive.adapters.base import CapturedPost, MediaRef
from hub.archive.importing.cleaning import fit


def post_row(post: CapturedPost) -> dict[str, Any]:
    parent = post.reply_to
    return {
        "url": fit(post.url or ""),
        "reply_to_id": parent.post_id if parent else None,
        "reply_to_account": parent.account_id if parent else None,
        "quotes_id": post.quotes,
        "reposts_id": post.reposts,
        "form": post.form,
    }


def deletion_row() -> dict[str, Any]:
    unknown = ("reply_to_id", "reply_to_account", "quotes_id", "reposts_id")
    return {"url": "", "form": "", **dict.fromkeys(unknown)}


def version_row(post: CapturedPost, post_id: int) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "version_id": post.version_id,
        "content_hash": post.content_hash,
        "text": fit(post.text),
        "complete": post.complete,
        "language": fit(post.language or ""),
        "written_at": post.written_at or post.posted_at,
        "stated_at": fit(post.stated_at or ""),
        "details": _details(post),
    }


def _details(post: CapturedPost) -> dict[str, Any]:
    details: dict[str, Any] = {"links": [], "mentions": []}
    if post.links:
        details["links"] = fit([[link.shown, link.expanded] for link in post.links])
    if post.mentions:
        details["mentions"] = fit([[one.handle, one.account_id, one.name] for one in post.mentions])
    for name in ("title", "warning", "audience", "form", "author"):
        value = getattr(post, name)
        if value:
            details[name] = fit(value)
    return details


def media_row(ref: MediaRef, version_id: int, position: int, media_id: int | None) -> dict[str, Any]:
    return {
        "version_id": version_id,
        "media_id": media_id,
        "position": position,
        "key": fit(ref.key),
        "kind": ref.kind,
        "url": fit(ref.url or ""),
        "alt_text": fit(ref.alt_text or ""),
    }
