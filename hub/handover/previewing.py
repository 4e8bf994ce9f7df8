"""A disclosure as it would be, for whoever redacts it: each post with what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from hub.archive.approvals.marking import words_pattern
from hub.archive.covering import COVERED, covered_of
from hub.archive.masked_text import Mask
from hub.archive.masking import mask_of, masks
from hub.archive.models import ArchivedPost, CoveredPicture, PostMedia, PostVersion
from hub.archive.queries import Context
from hub.archive.rules import revealed
from hub.archive.showing import each_once, said
from hub.core.database import db
from hub.core.policy import Actor

from . import choosing
from .models import PICTURE, POST, HandOver, Redaction
from .paper import Run
from .redacting import Redactor


@dataclass(frozen=True)
class PreviewedPicture:
    """`why`: the exemption under which it is left out; `redaction`: what says so, where a keeper did."""

    about: str
    path: str
    thumbnail: str
    covered: str  # says so, where places of it are
    sha256: str
    why: str
    redaction: Redaction | None


@dataclass(frozen=True)
class Preview:
    post: ArchivedPost
    name: str
    handle: str
    later_handle: str
    met_on: datetime | None
    private: bool
    platform: str
    # Of each version: which it is, where there are several; what it says.
    versions: tuple[tuple[str, tuple[tuple[Run, ...], ...]], ...]
    pictures: tuple[PreviewedPicture, ...]
    why: str
    redaction: Redaction | None


def previews(
    posts: Sequence[ArchivedPost], redactions: Sequence[Redaction], redactor: Redactor
) -> list[Preview]:
    """Posts of one page, with what is taken out of them."""
    context = Context(posts)
    pictures = (
        one for versions in context.versions.values() for version in versions for one in version.media
    )
    covered = covered_of({one.media_id for one in pictures if one.media_id})
    return [_preview(post, context, redactions, redactor, covered) for post in posts]


def _preview(
    post: ArchivedPost,
    context: Context,
    redactions: Sequence[Redaction],
    redactor: Redactor,
    covered: Mapping[int, CoveredPicture],
) -> Preview:
    versions = context.versions[post.id]
    shown = context.show(post, versions[-1] if versions else None)
    private = masks(post)
    names = context.names.get(post.account_id or 0, ())
    media = {
        one.media.sha256: (one, mask_of(post, version, names, redactor.public))
        for version in versions
        for one in each_once(version.media)
        if one.media
    }
    return Preview(
        post=post,
        name=shown.name,
        handle=shown.handle,
        later_handle=shown.later_handle,
        met_on=shown.met_on,
        private=private,
        platform=shown.platform,
        versions=tuple(
            (
                _("Version %(number)s of %(total)s", number=number, total=len(versions))
                if len(versions) > 1
                else "",
                tuple(
                    redactor.runs(text, 0, mask_of(post, version, names, redactor.public))
                    for text in said(version.text, version.details)
                ),
            )
            for number, version in enumerate(versions, 1)
        ),
        pictures=tuple(
            _picture(one, mask, redactions, redactor, private=private, over=covered.get(one.media_id or 0))
            for one, mask in media.values()
        ),
        why=redactor.post(post.token, 0),
        redaction=_of(redactions, POST, post.token),
    )


def _picture(
    one: PostMedia,
    mask: Mask,
    redactions: Sequence[Redaction],
    redactor: Redactor,
    *,
    private: bool,
    over: CoveredPicture | None,
) -> PreviewedPicture:
    assert one.media is not None  # asked only of those that are held
    collection = one.media.collection.path
    path = f"{collection}/covered/{over.token}" if over else f"{collection}/media/{one.media.token}"
    thumbnail = f"{path}/thumbnail" if one.media.has_thumbnail else ""
    return PreviewedPicture(
        about=redactor.plain(one.alt_text, 0, mask) if one.alt_text else "",
        path=path,
        thumbnail=path if over else thumbnail,
        covered=str(COVERED) if over else "",
        sha256=one.media.sha256,
        why=redactor.picture(one.media.sha256, 0, private=private)
        or (_("a private person") if private else ""),
        redaction=_of(redactions, PICTURE, one.media.sha256),
    )


def _of(redactions: Sequence[Redaction], kind: str, what: str) -> Redaction | None:
    return next((one for one in redactions if one.kind == kind and one.what == what), None)


def stands_in(actor: Actor, made: HandOver, words: str) -> bool:
    """Whether a passage stands anywhere in the posts: one that does not was copied wrongly."""
    wanted = select(ArchivedPost.id).where(choosing.wanted(actor, made.collection, made.scope))
    pattern = words_pattern(words)
    versions = db.session.execute(
        select(PostVersion.text, PostVersion.details).where(
            PostVersion.post_id.in_(wanted), revealed(PostVersion.import_id)
        )
    )
    spoken = (words for text, details in versions for words in said(text, details))
    described = select(PostMedia.alt_text).join(PostVersion, PostVersion.id == PostMedia.version_id).where(
        PostVersion.post_id.in_(wanted)
    )  # fmt: skip
    return any(pattern.search(text) for text in (*spoken, *db.session.scalars(described)))


def stands_nowhere() -> str:
    return _("These words stand in none of the posts. Copy them from the text, as they are there.")
