"""Tables of collections, imports, archived posts and their evidence.

Rows that an import writes carry `import_id` and are seen only once that import is *revealed*: see `rules`.
Every table names its collection, so that one condition tells who sees its rows.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from hub.accounts.models import Organisation, Person
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

IMPORT, CAPTURE = "import", "capture"

ORGANISATION, OFFICE_HOLDER, MEMBER, PRIVATE = "organisation", "office_holder", "member", "private"
# A private person who agreed to be named: still a private person in everything else.
AGREED = "agreed"
ACCOUNT_KINDS = (ORGANISATION, OFFICE_HOLDER, MEMBER, AGREED, PRIVATE)
# Who and what is always masked, by a keeper's mark on an account or a post.
CHILD, SPECIAL = "child", "special"
PROTECTIONS = (CHILD, SPECIAL)

# A picture of how a post looked to whoever saw it: evidence for its keepers, and not the post's own.
SCREENSHOT = "screenshot"

WAITING, READING, DONE, FAILED, CANCELLED = "waiting", "reading", "done", "failed", "cancelled"
# A table: a keeper is asked what its columns are, and nothing is read until they have said.
ASKS = "asks"
UNFINISHED = (WAITING, READING)

# What sources tell of a post. Each sighting is its post's first or a further one.
FIRST_SEEN, MET = "first_seen", "met"
EDITED, DELETED = "edited", "deleted"
NOT_FOUND, FOUND_AGAIN = "not_found", "found_again"
TOLD_BY_SOURCES = (FIRST_SEEN, MET, EDITED, DELETED, NOT_FOUND, FOUND_AGAIN)
# What people do with a post.
ATTACHED, DETACHED, PUBLISHED, EXPORTED = "attached", "detached", "published", "exported"
HELD, RELEASED, WITHDRAWN, RESTORED = "held", "released", "withdrawn", "restored"
MASKED, UNMASKED, DISPOSED, ERASED = "masked", "unmasked", "disposed", "erased"
DONE_BY_PEOPLE = (
    ATTACHED, DETACHED, PUBLISHED, EXPORTED, HELD, RELEASED, WITHDRAWN, RESTORED, MASKED, UNMASKED, DISPOSED,
    ERASED,
)  # fmt: skip
EVENT_KINDS = TOLD_BY_SOURCES + DONE_BY_PEOPLE


# The role of a citation: what a page is made of, beside itself.
RESOURCE = "resource"

# A platform's own name of an account, a post or a version: a number, or an address on the federated web.
LONGEST_ID = 500


class Collection(Base):
    """Archived posts held for an organisation, or for a person when it names none."""

    __tablename__ = "collection"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(600), default="")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), index=True
    )
    # Nothing leaves the collection without them, where one is named: see `leaving`. While somebody is, their
    # account cannot be deleted: the gate must not open because nobody stands at it.
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Of private messages in which official business was done: searched by its keepers only, never attached,
    # published or fed. Set when it is made, by an administrator's recorded act, and never changed.
    sealed: Mapped[bool] = mapped_column(default=False)
    # Imports count within the collection: "not found in import 3".
    last_number: Mapped[int] = mapped_column(default=0)
    # Rises with whatever changes how its posts are shown (see `changes`): cards are kept by it.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Closed: nothing more comes in. Ended: everything was disposed of, and this is the stub that says so; see
    # `keeping.ending`. Names as they were: it outlives accounts.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(160), default="", server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(String(160), default="", server_default="")

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    approver: Mapped[Person | None] = relationship(foreign_keys=approver_id)
    keepers: Mapped[list["Keeper"]] = relationship(
        back_populates="collection", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        return f"/collections/{self.token}"


class Keeper(Base):
    """A person who holds a collection."""

    __tablename__ = "keeper"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    collection: Mapped[Collection] = relationship(back_populates="keepers", innerjoin="unnested")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin="unnested")


class Import(Base):
    """One upload, from its arrival to its report. Of the upload itself only name, size and hash stay."""

    __tablename__ = "archive_import"
    __table_args__ = (
        UniqueConstraint("collection_id", "number"),
        CheckConstraint(
            "state IN ('waiting', 'reading', 'asks', 'done', 'failed', 'cancelled')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The upload's name in the uploads folder; empty once it has been deleted.
    upload: Mapped[str] = mapped_column(String(24), default="")

    state: Mapped[str] = mapped_column(String(12), default=WAITING, index=True)
    adapter: Mapped[str] = mapped_column(String(30), default="")
    evidence: Mapped[str] = mapped_column(String(8), default="")
    # What the export says of itself; empty for captures.
    account_id: Mapped[str] = mapped_column(String(LONGEST_ID), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whole: Mapped[bool] = mapped_column(default=False)

    # Whoever reads it now, and until when nobody else may.
    reader: Mapped[str] = mapped_column(String(80), default="")
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    # Records of the adapter that are written; the next reader begins behind them.
    done_records: Mapped[int] = mapped_column(default=0)
    # What the first pass counted, to show progress against; None for formats that are read in one pass.
    expected: Mapped[int | None]

    read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    versions: Mapped[int] = mapped_column(default=0)
    sightings: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(default=0)
    # Posts that the collection knows as another account's.
    unplaced: Mapped[int] = mapped_column(default=0)
    # {"left_out": {reason: {"count": n, "files": {name: n}}}, "counted": [[file, declared, found], ...],
    #  "became": {"first": n, "later": n, "deletions": n, "another": n, "known": n}: see `reckoning`,
    #  "noted": [[code of reasons.NOTED, file, fact], ...]}
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What a keeper said of a table's columns (see adapters.table_mapping); None for every other format.
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[str] = mapped_column(String(40), default="")
    problem_detail: Mapped[str] = mapped_column(String(200), default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # From this moment its rows count. None: nobody sees them.
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # When the last of its events had its place in the log (see `proof`).
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin="unnested")
    person: Mapped[Person | None] = relationship()

    @property
    def path(self) -> str:
        return f"{self.collection.path}/imports/{self.token}"

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


class KeptMapping(Base):
    """What a keeper last said of tables of these columns: offered for the next one."""

    __tablename__ = "kept_mapping"
    __table_args__ = (UniqueConstraint("collection_id", "header"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    # SHA-256 of the columns' names, in their order.
    header: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person | None] = relationship()


class EarlierImport(Base):
    """An import of another hub, whose records came here in a bag; `import_id` is the bag's. What it says is
    what the other hub said of it."""

    __tablename__ = "earlier_import"
    __table_args__ = (UniqueConstraint("import_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"))
    # Where it stands in the bag, from 1: rows that it told of name it by this.
    place: Mapped[int]
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    file_sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    adapter: Mapped[str] = mapped_column(String(30), default="")
    evidence: Mapped[str] = mapped_column(String(8), default="")
    account_id: Mapped[str] = mapped_column(String(LONGEST_ID), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whole: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class FormerLog(Base):
    """The log of another hub, as it came with a bag and was verified: evidence, not continued."""

    __tablename__ = "former_log"
    __table_args__ = (UniqueConstraint("collection_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    # The checkpoint that its entries were shown to be under, and the keys that it may be signed with.
    note: Mapped[str] = mapped_column(Text)
    keys: Mapped[str] = mapped_column(Text)
    # Lines of JSON, compressed (zlib), and the hash of the lines.
    entries: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))


class SocialAccount(Base):
    """A channel on a platform, as this collection knows it."""

    __tablename__ = "social_account"
    __table_args__ = (
        UniqueConstraint("collection_id", "platform", "platform_id"),
        CheckConstraint(
            "kind IN ('organisation', 'office_holder', 'member', 'agreed', 'private')", name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    platform_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    kind: Mapped[str] = mapped_column(String(16), default=PRIVATE)
    # CHILD or SPECIAL: nothing unmasks it while that stands. "": no such mark.
    protected: Mapped[str] = mapped_column(String(8), default="")

    names: Mapped[list["AccountName"]] = relationship(order_by="AccountName.seen_from", viewonly=True)


class AccountName(Base):
    """A handle and a name that an import met, and the first and last moment at which it did."""

    __tablename__ = "account_name"
    __table_args__ = (UniqueConstraint("account_id", "import_id", "earlier", "handle", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("social_account.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    earlier: Mapped[int] = mapped_column(default=0)
    handle: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    seen_from: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_to: Mapped[datetime] = mapped_column(UtcDateTime)


class SourceSlice(Base):
    """Exact bytes of a source: the record itself. Stored once in a collection.

    Those of more than `slices.LARGEST_ROW` lie in the media folder under their hash (`in_file`), and `raw` is
    empty; `slices.bytes_of` knows both.
    """

    __tablename__ = "source_slice"
    __table_args__ = (UniqueConstraint("collection_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    in_file: Mapped[bool] = mapped_column(default=False)


# Most posts are plain ones: the index of forms holds the others alone.
_OF_A_FORM = {"sqlite_where": text("form <> ''"), "postgresql_where": text("form <> ''")}


class ArchivedPost(Base):
    """One social post. Its words are in its versions; one that is known only by its deletion has none."""

    __tablename__ = "archived_post"
    __table_args__ = (
        UniqueConstraint("collection_id", "platform", "platform_id"),
        Index("ix_archived_post_order", "collection_id", "sort_at", "token"),
        Index("ix_archived_post_platform_order", "collection_id", "platform", "sort_at", "token"),
        Index("ix_archived_post_form_order", "collection_id", "form", "sort_at", "token", **_OF_A_FORM),
        Index("ix_archived_post_account_order", "account_id", "sort_at", "token"),
        Index("ix_archived_post_parent", "collection_id", "reply_to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    platform_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    # None: known only by its deletion, which did not say whose it was.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("social_account.id", ondelete="SET NULL"))
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # posted_at, or when it was observed, or when it came in: lists need an order.
    sort_at: Mapped[datetime] = mapped_column(UtcDateTime)
    url: Mapped[str] = mapped_column(String(500), default="")
    reply_to_id: Mapped[str | None] = mapped_column(String(LONGEST_ID))
    reply_to_account: Mapped[str | None] = mapped_column(String(LONGEST_ID))
    quotes_id: Mapped[str | None] = mapped_column(String(LONGEST_ID))
    reposts_id: Mapped[str | None] = mapped_column(String(LONGEST_ID))
    # Lawfully erased: only the fact is left, and no import brings it back.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # article, page, picture, film, comment, pingback or message; "" for a plain post: see CapturedPost.
    form: Mapped[str] = mapped_column(String(12), default="")
    # As of an account: this post shows a child, or tells of what the law protects most.
    protected: Mapped[str] = mapped_column(String(8), default="")
    # The latest import that met it; how a later export knows what it lacks. Not shown.
    met_import_id: Mapped[int] = mapped_column(
        ForeignKey("archive_import.id", ondelete="CASCADE"), index=True
    )

    account: Mapped[SocialAccount | None] = relationship(viewonly=True)
    collection: Mapped[Collection] = relationship(viewonly=True, lazy="joined", innerjoin="unnested")

    @property
    def path(self) -> str:
        return f"{self.collection.path}/posts/{self.token}"


class PostVersion(Base):
    """What a post said, for one differing content."""

    __tablename__ = "post_version"
    __table_args__ = (
        UniqueConstraint("post_id", "version_id", "content_hash"),
        Index("ix_post_version_platform", "collection_id", "version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    content_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    # False: the source is known to have cut the text short.
    complete: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(10), default="")
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the source says the time was, when that cannot be true or has no time zone.
    stated_at: Mapped[str] = mapped_column(String(200), default="")
    # {"links": [[shown, expanded], ...], "mentions": [[handle, platform id, name], ...]}, and where the
    # source has them "title", "warning", "audience", "form", "author": see CapturedPost.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    post: Mapped[ArchivedPost] = relationship(viewonly=True, innerjoin="unnested")
    media: Mapped[list["PostMedia"]] = relationship(
        order_by="(PostMedia.position, PostMedia.id)", viewonly=True
    )


class Sighting(Base):
    """One meeting of an import with a version. Counts are those of that moment."""

    __tablename__ = "sighting"

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("post_version.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    slice_id: Mapped[int] = mapped_column(ForeignKey("source_slice.id", ondelete="CASCADE"), index=True)
    # Whose post it was as this sighting had it: the post itself may be given the platform's own id later.
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("social_account.id", ondelete="SET NULL"), index=True
    )
    evidence: Mapped[str] = mapped_column(String(8))
    # When the source saw it; None: not said, so no later than the upload.
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    file: Mapped[str] = mapped_column(String(255), default="")
    row: Mapped[int] = mapped_column(default=0)
    # Which import of another hub met it (EarlierImport.place), when it came in a bag; 0: the import itself.
    earlier: Mapped[int] = mapped_column(default=0)

    source: Mapped[SourceSlice] = relationship(viewonly=True, innerjoin="unnested")
    imported: Mapped[Import] = relationship(viewonly=True, innerjoin="unnested")
    citations: Mapped[list["Citation"]] = relationship(viewonly=True)

    @property
    def brought(self) -> EarlierImport | None:
        """The other hub's import that met it, when it came in a bag."""
        wanted = (EarlierImport.import_id == self.import_id, EarlierImport.place == self.earlier)
        session = object_session(self)
        return session.scalar(select(EarlierImport).where(*wanted)) if session and self.earlier else None


class Citation(Base):
    """Further bytes that a sighting leans on: the author, the media, the full text; of a page the way to it,
    what it is made of, and what its package says (`words.CITATIONS`)."""

    __tablename__ = "citation"

    sighting_id: Mapped[int] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), primary_key=True)
    slice_id: Mapped[int] = mapped_column(
        ForeignKey("source_slice.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(12), primary_key=True)

    source: Mapped[SourceSlice] = relationship(viewonly=True, innerjoin="unnested")


class Media(Base):
    """A picture or film. Its bytes lie in the media folder, under the collection and their hash."""

    __tablename__ = "archive_media"
    __table_args__ = (UniqueConstraint("collection_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_thumbnail: Mapped[bool] = mapped_column(default=False)

    collection: Mapped[Collection] = relationship(viewonly=True, lazy="joined", innerjoin="unnested")


class CoveredPicture(Base):
    """A picture with places covered by hand, faces above all: what others see instead of it. The picture
    itself is untouched; the covered one lies beside it, under its hash and this token."""

    __tablename__ = "covered_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("archive_media.id", ondelete="CASCADE"), unique=True)
    # [left, top, width, height] each, in hundredths of the picture.
    boxes: Mapped[list[list[float]]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    media: Mapped[Media] = relationship(innerjoin="unnested")


class PostMedia(Base):
    """A picture or film as a version of a post shows it; `media_id` is None while nobody holds the file."""

    __tablename__ = "post_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("post_version.id", ondelete="CASCADE"), index=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("archive_import.id", ondelete="CASCADE"), index=True)
    media_id: Mapped[int | None] = mapped_column(
        ForeignKey("archive_media.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(LONGEST_ID), default="")
    kind: Mapped[str] = mapped_column(String(10))
    url: Mapped[str] = mapped_column(Text, default="")
    alt_text: Mapped[str] = mapped_column(Text, default="")

    media: Mapped[Media | None] = relationship(viewonly=True)


class ArchiveEvent(Base):
    """One thing that happened to a post, and how it came to be known. Append-only: together they are all that
    ever happened, and each is sealed in the log of its collection (see `proof`)."""

    __tablename__ = "archive_event"
    __table_args__ = (
        Index("ix_archive_event_kind", "collection_id", "kind", "post_id"),
        CheckConstraint(f"kind IN {EVENT_KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("archived_post.id", ondelete="CASCADE"), index=True)
    # The import that told of it; None: somebody's act, which counts at once (see `rules.event_counts`).
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("archive_import.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    # When it happened on the platform, if that is known; when the source said so; when we wrote it down.
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # own_export, compliance, stream, import, capture; person, hub.
    told_by: Mapped[str] = mapped_column(String(12))
    # Of a deletion: deleted, deactivated, protected, suspended, unknown.
    cause: Mapped[str] = mapped_column(String(12), default="")
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("post_version.id", ondelete="CASCADE"), index=True
    )
    sighting_id: Mapped[int | None] = mapped_column(ForeignKey("sighting.id", ondelete="CASCADE"), index=True)
    slice_id: Mapped[int | None] = mapped_column(
        ForeignKey("source_slice.id", ondelete="SET NULL"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # Of an act: whatever it says of itself, and under "by" the handle of whoever did it, as it was then.
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    earlier: Mapped[int] = mapped_column(default=0)

    imported: Mapped[Import | None] = relationship(viewonly=True)
    source: Mapped[SourceSlice | None] = relationship(viewonly=True)
    person: Mapped[Person | None] = relationship(viewonly=True)
