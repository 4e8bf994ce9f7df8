"""Cards: what a reader sees of an archived post, masked, with what happened to it. Batched: a page of thirty
examples asks as many queries as a page of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.archive.masking import is_masked, mask_mentions, name_at, names_of, public_handles
from hub.archive.models import (
    DELETED,
    IMPORT,
    ArchivedPost,
    ArchiveEvent,
    PostMedia,
    PostVersion,
    Sighting,
    SourceSlice,
)
from hub.archive.rules import revealed
from hub.archive.showing import each_once
from hub.core.database import db
from hub.core.pages import day
from hub.core.words import words

from .models import Example, ExamplePost

Event = tuple[str, str, str]


@dataclass(frozen=True)
class Card:
    """One archived post as it is shown. Field by field what `components/example_card.html` takes."""

    platform: str
    kind: str
    masked: bool
    name: str
    handle: str
    at: datetime | None
    text: str
    lang: str
    media: Sequence[dict[str, str]]
    events: Sequence[Event]
    version: str
    source: str
    kept_by: str
    sha256: str
    sample: bool
    caption: str = ""
    evidence_path: str = ""
    withdrawn: bool = False
    deleted: bool = False
    edited: bool = False
    # Further, for the evidence page.
    sighting: Sighting | None = None
    content_hash: str = ""
    complete: bool = True
    links: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class _Known:
    """What several cards share, read at once."""

    names: dict[int, Any]
    public: dict[int, frozenset[str]]
    deletions: dict[int, ArchiveEvent]
    version_ids: dict[int, list[int]]
    sightings: dict[int, tuple[Sighting, str]]


def with_all_that_cards_show() -> tuple[Any, ...]:
    """How to load examples so that `cards_of` finds everything there."""
    shows = selectinload(Example.shows)
    return (
        shows.joinedload(ExamplePost.archived_post).joinedload(ArchivedPost.account),
        shows.joinedload(ExamplePost.version).selectinload(PostVersion.media).joinedload(PostMedia.media),
    )


def cards_of(examples: Iterable[Example]) -> dict[int, list[Card]]:
    """The cards of examples loaded with `with_all_that_cards_show`, by example id."""
    examples = list(examples)
    shown = [part for example in examples for part in example.shows]
    if not shown:
        return {example.id: [] for example in examples}
    known = _read(shown)
    return {example.id: [_card(example, part, known) for part in example.shows] for example in examples}


def for_judging(cards: Iterable[Card]) -> list[Card]:
    """The same cards in full although they are withdrawn: for whoever decides about them."""
    return [replace(card, withdrawn=False) for card in cards]


def _read(shown: Sequence[ExamplePost]) -> _Known:
    posts = {part.archived_post for part in shown}
    post_ids = [post.id for post in posts]
    deletions = db.session.scalars(
        select(ArchiveEvent)
        .where(ArchiveEvent.post_id.in_(post_ids), ArchiveEvent.kind == DELETED)
        .where(revealed(ArchiveEvent.import_id))
        .order_by(ArchiveEvent.id.desc())
    )
    versions = db.session.execute(
        select(PostVersion.post_id, PostVersion.id)
        .where(PostVersion.post_id.in_(post_ids), revealed(PostVersion.import_id))
        .order_by(PostVersion.post_id, PostVersion.written_at, PostVersion.id)
    )
    version_ids: dict[int, list[int]] = {}
    for post_id, version_id in versions:
        version_ids.setdefault(post_id, []).append(version_id)
    return _Known(
        names=names_of({post.account_id for post in posts if post.account_id}),
        public=public_handles({post.collection_id for post in posts}),
        deletions={event.post_id: event for event in deletions},
        version_ids=version_ids,
        sightings=_first_sightings([part.version_id for part in shown]),
    )


def _first_sightings(version_ids: Sequence[int]) -> dict[int, tuple[Sighting, str]]:
    """The first sighting of each version, with the SHA-256 of the exact bytes that it met."""
    first = (
        select(func.min(Sighting.id))
        .where(Sighting.version_id.in_(version_ids), revealed(Sighting.import_id))
        .group_by(Sighting.version_id)
    )
    rows = db.session.execute(
        select(Sighting, SourceSlice.sha256)
        .join(SourceSlice, SourceSlice.id == Sighting.slice_id)
        .options(joinedload(Sighting.imported))
        .where(Sighting.id.in_(first))
    )
    return {sighting.version_id: (sighting, sha256) for sighting, sha256 in rows}


def _card(example: Example, part: ExamplePost, known: _Known) -> Card:
    post, version = part.archived_post, part.version
    masked = is_masked(post.account)
    written = version.written_at or post.posted_at
    name = name_at(known.names.get(post.account_id, ()), written)
    sighting, sha256 = known.sightings.get(version.id, (None, ""))
    deletion = known.deletions.get(post.id)
    order = known.version_ids.get(post.id, [version.id])
    return Card(
        platform=words(post.platform, "platform"),
        kind=_kind(post),
        masked=masked,
        name="" if masked or name is None else name.name,
        handle="" if masked or name is None else name.handle,
        at=written,
        text=mask_mentions(version.text, known.public[post.collection_id]),
        lang=version.language if version.language not in {"", "und", "qst", "qme", "zxx"} else "",
        media=[_medium(medium, masked) for medium in each_once(version.media)],
        events=_events(version, order, deletion, sighting),
        version=_version_words(version.id, order),
        source={IMPORT: "export"}.get(sighting.evidence, "capture") if sighting else "",
        kept_by=_keeper(post),
        sha256=sha256,
        sample=post.collection.is_sample,
        caption=example.caption if part is example.shows[-1] else "",
        evidence_path=example.path,
        withdrawn=example.withdrawn_at is not None,
        deleted=deletion is not None,
        edited=len(order) > 1,
        sighting=sighting,
        content_hash=version.content_hash,
        complete=version.complete,
        links=[] if masked else version.details.get("links", []),
    )


def _kind(post: Any) -> str:
    if post.reposts_id:
        return _("Repost")
    if post.reply_to_id:
        return _("Reply")
    return _("Quoting post") if post.quotes_id else _("Post")


def _keeper(post: Any) -> str:
    organisation = post.collection.organisation
    return organisation.name if organisation else post.collection.name


def _medium(medium: PostMedia, masked: bool) -> dict[str, str]:
    """A private person's picture is named, not shown: a face is as good as a name."""
    held = medium.media if not masked else None
    return {
        "path": f"{held.collection.path}/media/{held.token}" if held else "",
        "alt": medium.alt_text,
        "kind": {"photo": "image"}.get(medium.kind, medium.kind),
        "filename": _("picture, left out with the person's name") if masked else medium.kind,
    }


def _version_words(version_id: int, order: Sequence[int]) -> str:
    if len(order) < 2 or version_id not in order:
        return ""
    return _("Version %(number)d of %(total)d", number=order.index(version_id) + 1, total=len(order))


def _events(
    version: PostVersion, order: Sequence[int], deletion: ArchiveEvent | None, sighting: Sighting | None
) -> list[Event]:
    """What happened to the post, as words that carry their own meaning."""
    events: list[Event] = []
    if len(order) > 1 and version.id in order:
        later = len(order) - order.index(version.id) - 1
        text = _("after this was written") if later else _("this is its latest text that was kept")
        events.append(("edited", _("Edited"), text))
    if deletion is not None:
        events.append(("deleted", _("Deleted"), deletion_words(deletion)))
    if sighting is not None:
        events.append(("verified", _("Kept"), kept_words(sighting)))
    return events


def deletion_words(deletion: ArchiveEvent) -> str:
    """When it was deleted on the platform, and who says so."""
    told = {
        "own_export": _("as the account's own export says"),
        "compliance": _("as the platform told holders of copies"),
    }.get(deletion.told_by, _("as an outside capture noticed"))
    if deletion.at is None:
        return _("on the platform, on a day that is not known, %(told)s", told=told)
    return _("on the platform on %(day)s, %(told)s", day=day(deletion.at), told=told)


def kept_words(sighting: Sighting) -> str:
    """When this copy was kept, and from what."""
    moment = sighting.captured_at or sighting.imported.uploaded_at
    kept_on = day(moment)
    if sighting.evidence == IMPORT:
        return _("this copy is from the account's own export of %(day)s", day=kept_on)
    return _("this copy was observed from outside on %(day)s", day=kept_on)
