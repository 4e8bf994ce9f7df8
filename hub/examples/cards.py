"""Cards: what a reader sees of an archived post, masked, with what happened to it. Batched: a page of thirty
examples asks as many queries as a page of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.archive import became
from hub.archive.adapters.base import content_hash
from hub.archive.covering import covered_of
from hub.archive.importing.history import edits_among, version_order
from hub.archive.masked_text import Public, names_private_person
from hub.archive.masking import is_private, mask_of, masks, name_at, names_of, public_people
from hub.archive.models import (
    DELETED,
    FOUND_AGAIN,
    IMPORT,
    SCREENSHOT,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    CoveredPicture,
    PostMedia,
    PostVersion,
    Sighting,
    SourceSlice,
)
from hub.archive.platforms import platform_name
from hub.archive.proof.shown import FAULTY, GONE, UNSEALED, VERIFIED, of_sightings
from hub.archive.rules import event_counts, for_its_organisation, revealed
from hub.archive.showing import audience_of, each_once, kind_of, language_of
from hub.archive.words import event_word
from hub.core.database import db
from hub.core.pages import day

from .card_media import shown_medium
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
    later_handle: str  # what it was by the next time: which of the two it was then, nobody knows
    met_on: datetime | None  # when the account was first met, if that was after the post
    at: datetime | None
    text: str
    lang: str
    title: str
    warning: str
    audience: str
    media: Sequence[dict[str, Any]]
    events: Sequence[Event]
    version: str
    source: str
    kept_by: str
    sha256: str
    sample: bool
    caption: str = ""
    evidence_path: str = ""
    withdrawn: bool = False
    # A private person has deleted it, and nobody agreed that it is shown all the same.
    kept_back: bool = False
    # Its post was erased by law or disposed of: nothing is left to show.
    gone: bool = False
    deleted: bool = False
    edited: bool = False
    # Further, for the evidence page. number: of the version, 1 for the first.
    # The text in runs, each with whether it is marked.
    runs: Sequence[tuple[str, bool]] = ()
    number: int = 1
    sighting: Sighting | None = None
    content_hash: str = ""
    # The platform's code, where the platform and the words are all that the hash is of; else "".
    hash_of: str = ""
    complete: bool = True
    links: Sequence[Sequence[str]] = ()
    # Of hub.archive.proof.shown: whether it was found to be what was sealed.
    standing: str = UNSEALED


@dataclass(frozen=True)
class _Known:
    """What several cards share, read at once."""

    names: dict[int, Any]
    public: dict[int, Public]
    sure: frozenset[int]
    deletions: dict[int, list[ArchiveEvent]]
    copies: dict[int, list[datetime]]
    versions: dict[int, list[Any]]
    sightings: dict[int, tuple[Sighting, str]]
    standings: dict[int, str]
    covered: dict[int, CoveredPicture]


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
    told: dict[int, list[ArchiveEvent]] = {}
    for event in db.session.scalars(
        select(ArchiveEvent)
        .where(ArchiveEvent.post_id.in_(post_ids), ArchiveEvent.kind.in_((DELETED, FOUND_AGAIN)))
        .where(event_counts())
        .order_by(ArchiveEvent.id)
    ):
        told.setdefault(event.post_id, []).append(event)
    deletions = {post_id: gone for post_id, events in told.items() if (gone := became.still_gone(events))}
    sightings = _first_sightings([part.version_id for part in shown])
    pictures = {one.media_id for part in shown for one in part.version.media if one.media_id}
    return _Known(
        names=names_of({post.account_id for post in posts if post.account_id}),
        public=public_people({post.collection_id for post in posts}),
        sure=_sure({post.collection_id for post in posts}),
        deletions=deletions,
        copies=_copies([post_id for post_id, gone in deletions.items() if not any(one.at for one in gone)]),
        versions=_versions(post_ids),
        sightings=sightings,
        standings=of_sightings([sighting.id for sighting, _sha256 in sightings.values()]),
        covered=covered_of(pictures) if pictures else {},
    )


def _versions(post_ids: Sequence[int]) -> dict[int, list[Any]]:
    """The versions of each post in their order, as light rows: which of them are edits, and when."""
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(
        select(
            PostVersion.post_id,
            PostVersion.id,
            PostVersion.version_id,
            PostVersion.written_at,
            PostVersion.complete,
        ).where(PostVersion.post_id.in_(post_ids), revealed(PostVersion.import_id))
    ):
        found.setdefault(row.post_id, []).append(row)
    return {post_id: sorted(rows, key=version_order) for post_id, rows in found.items()}


def _sure(collection_ids: set[int]) -> frozenset[int]:
    """Those of the collections that are known to be their organisation's."""
    found = select(Collection.id).where(Collection.id.in_(collection_ids), for_its_organisation())
    return frozenset(db.session.scalars(found))


def _copies(post_ids: Sequence[int]) -> dict[int, list[datetime]]:
    """When posts were seen on the platform: asked only where a deletion does not say when it was."""
    found: dict[int, list[datetime]] = {}
    if post_ids:
        for post_id, at in db.session.execute(
            select(Sighting.post_id, Sighting.captured_at)
            .where(Sighting.post_id.in_(post_ids), Sighting.captured_at.is_not(None))
            .where(revealed(Sighting.import_id))
            .distinct()
        ):
            found.setdefault(post_id, []).append(at)
    return found


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
    masked = masks(post)
    written = version.written_at or post.posted_at
    name = name_at(known.names.get(post.account_id, ()), written)
    sighting, sha256 = known.sightings.get(version.id, (None, ""))
    standing = known.standings.get(sighting.id, UNSEALED) if sighting else UNSEALED
    gone = known.deletions.get(post.id, [])
    versions = known.versions.get(post.id, [])
    order = [one.id for one in versions] or [version.id]
    public = known.public[post.collection_id]
    mask = mask_of(post, version, known.names.get(post.account_id or 0, ()), public)
    said, title, warning = (
        mask(one) for one in (version.text, *(version.details.get(name, "") for name in ("title", "warning")))
    )
    # What a private person took back is shown only if a second person agreed.
    kept_back = bool(gone) and not part.agreed and (bool(post.protected) or is_private(post.account))
    edits = edits_among(versions)
    card = Card(
        platform=platform_name(post.platform, written),
        kind=kind_of(post),
        masked=masked,
        name="" if masked or name is None else name.name,
        handle="" if masked or name is None else name.handle,
        later_handle="" if masked or name is None else name.later,
        met_on=None if masked or name is None else name.met_on,
        at=written,
        text=str(said),
        runs=said.marked([(start, end) for start, end in part.passages or ()]),
        lang=language_of(version),
        media=[
            shown_medium(medium, post, known.covered.get(medium.media_id or 0), mask)
            for medium in each_once(version.media)
            if medium.kind != SCREENSHOT
        ],
        title=str(title),
        warning=str(warning),
        audience=audience_of(version.details),
        events=[
            *_edited(version.id, order, edits, post.posted_at),
            *_deleted(gone, post.posted_at, known.copies.get(post.id, ())),
            *_kept(sighting, standing),
        ],
        version=_version_words(version.id, order),
        source={IMPORT: "export"}.get(sighting.evidence, "capture") if sighting else "",
        kept_by=_keeper(post, known),
        sha256=sha256,
        sample=post.collection.is_sample,
        caption=example.caption if part is example.shows[-1] else "",
        evidence_path=example.path,
        withdrawn=example.withdrawn_at is not None,
        gone=post.erased_at is not None,
        deleted=bool(gone),
        edited=bool(edits),
        sighting=sighting,
        standing=standing,
        number=order.index(version.id) + 1 if version.id in order else 1,
        # Of words with something left out, their hash would let anybody try out who was meant.
        content_hash=version.content_hash if said.whole and title.whole and warning.whole else "",
        hash_of=post.platform if content_hash(post.platform, version.text) == version.content_hash else "",
        complete=version.complete,
        links=[] if masked else _links(version, public),
    )
    return card if not kept_back else _kept_back(card)


def _links(version: PostVersion, public: Public) -> list[list[str]]:
    """Where links led, but for those that lead to private people."""
    return [
        link
        for link in version.details.get("links", [])
        if not any(names_private_person(one, public.handles) for one in link)
    ]


def _kept_back(card: Card) -> Card:
    """That it was there, and nothing of it."""
    return replace(
        card,
        kept_back=True,
        masked=True,
        met_on=None,
        **dict.fromkeys(
            ("name", "handle", "later_handle", "text", "title", "warning", "content_hash", "hash_of"), ""
        ),
        **dict.fromkeys(("runs", "media", "links"), ()),
    )


def _keeper(post: Any, known: _Known) -> str:
    organisation = post.collection.organisation
    if organisation is None:
        return str(post.collection.name)
    if post.collection_id in known.sure:
        return str(organisation.name)
    return _("%(organisation)s, as its keepers say", organisation=organisation.name)


def _version_words(version_id: int, order: Sequence[int]) -> str:
    if len(order) < 2 or version_id not in order:
        return ""
    return _("Version %(number)d of %(total)d", number=order.index(version_id) + 1, total=len(order))


def _edited(
    version_id: int, order: Sequence[int], edits: Sequence[Any], posted_at: datetime | None
) -> list[Event]:
    """How often and how soon it was edited, and where the version that is shown stands in that."""
    if not edits or version_id not in order:
        return []
    often = became.edited(edits, posted_at)
    if version_id == order[-1]:
        text = _("%(often)s; this is its latest text that was kept", often=often)
    else:
        text = _("%(often)s; this is an earlier text", often=often)
    return [("edited", _("Edited"), text)]


def _deleted(
    gone: Sequence[ArchiveEvent], posted_at: datetime | None, copies: Sequence[datetime]
) -> list[Event]:
    """When it was deleted on the platform, and who says so."""
    if not gone:
        return []
    told = {
        "own_export": _("as the account's own export says"),
        "compliance": _("as the platform told holders of copies"),
    }.get(gone[0].told_by, _("as an outside capture noticed"))
    text = _("%(when)s, %(told)s", when=became.deleted(gone, posted_at, copies), told=told)
    return [("deleted", event_word(gone[0])[1], text)]


def _kept(sighting: Sighting | None, standing: str) -> list[Event]:
    """That it is kept; "verified" only where it was just now found to be what was sealed."""
    if sighting is None:
        return []
    if standing == GONE:
        return [("deleted", _("Erased"), _("by law; only the fact is left"))]
    if standing == FAULTY:
        return [("deleted", _("Does not verify"), _("what is kept is no longer what was sealed"))]
    word = _("Verified") if standing == VERIFIED else _("Kept")
    return [("verified" if standing == VERIFIED else "kept", word, kept_words(sighting))]


def kept_words(sighting: Sighting) -> str:
    """When this copy was kept, and from what."""
    moment = sighting.captured_at or sighting.imported.uploaded_at
    kept_on = day(moment)
    if sighting.evidence == IMPORT:
        return _("this copy is from the account's own export of %(day)s", day=kept_on)
    return _("this copy was observed from outside on %(day)s", day=kept_on)
