"""One archived post: its record, its exact bytes, its pictures and films."""

from __future__ import annotations

import itertools
import re

from flask import abort, render_template, send_file
from werkzeug.wrappers import Response

from hub.core.access import load, requires
from hub.core.differences import difference_html

from .. import queries, words
from ..capturing.queries import last_listed
from ..conversation import conversation_of
from ..models import Media
from ..replaying.records import WEB_ARCHIVES
from ..showing import ShownPost
from ..storage import THUMBNAIL, MediaStore
from .blueprint import bp, of_collection, post_at

INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"}


@bp.get("/collections/<token>/posts/<post_token>")
@requires("archived_post.read")
def post(token: str, post_token: str) -> str:
    """One post: its versions, history, bytes and conversation."""
    found = post_at(token, post_token)
    evidence = queries.evidence_of(found)
    texts = [_all_words(shown) for _version, shown in evidence.versions]
    return render_template(
        "archive/post.html",
        collection=found.collection,
        evidence=evidence,
        conversation=conversation_of(found),
        first_words=texts[0] if texts else "",
        differences=["", *(difference_html(a, b) for a, b in itertools.pairwise(texts))],
        last_seen=max(filter(None, (queries.last_seen(evidence), last_listed(found))), default=None),
        version_words={version.id: shown.version for version, shown in evidence.versions},
        citation_words=words.CITATIONS,
        web_archives=WEB_ARCHIVES,
        author=evidence.versions[-1][0].details.get("author", "") if evidence.versions else "",
    )


def _all_words(shown: ShownPost) -> str:
    """What a version says, with its title and its warning: those are edited, too."""
    return "\n".join(part for part in (shown.title, shown.warning, shown.text) if part)


@bp.get("/collections/<token>/posts/<post_token>/source/<sha256>")
@requires("archived_post.read")
def source(token: str, post_token: str, sha256: str) -> Response:
    """The exact bytes that something about the post was read from."""
    found = post_at(token, post_token)
    raw = queries.slice_of(found, sha256[:64])
    if raw is None:
        abort(404)
    response = Response(raw, mimetype="application/octet-stream")
    name = f"{_plain(found.platform_id)}-{sha256[:12]}.{_suffix(raw)}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(platform_id: str) -> str:
    """What of a platform's id may stand in a file's name; many are addresses."""
    return re.sub(r"[^A-Za-z0-9]+", "-", platform_id)[-40:].strip("-") or "post"


def _suffix(raw: bytes) -> str:
    """So that the file opens in something that shows it; what it is was never declared."""
    return {b"{": "json", b"[": "json", b"<": "xml", b"W": "warc"}.get(raw.lstrip()[:1], "bin")


def _media(token: str, media_token: str) -> Media:
    return load(
        Media,
        Media.token == media_token,
        of_collection(Media.collection_id, token),
    )


@bp.get("/collections/<token>/media/<media_token>")
@requires("archived_media.read")
def media(token: str, media_token: str) -> Response:
    """A picture or film, as it was kept. What is neither is only ever downloaded."""
    found = _media(token, media_token)
    path = MediaStore(found.collection.token).path(found.sha256)
    if not path.is_file():
        abort(404)
    inline = found.media_type in INLINE
    kind = found.media_type if inline else "application/octet-stream"
    return send_file(
        path, mimetype=kind, as_attachment=not inline, download_name=found.sha256[:16], conditional=False
    )


@bp.get("/collections/<token>/media/<media_token>/thumbnail")
@requires("archived_media.read")
def thumbnail(token: str, media_token: str) -> Response:
    """A small picture of it."""
    found = _media(token, media_token)
    path = MediaStore(found.collection.token).path(found.sha256, THUMBNAIL)
    if not found.has_thumbnail or not path.is_file():
        abort(404)
    return send_file(path, mimetype="image/webp", conditional=False)
