"""Archived posts: accounts, versions, sightings, pictures, and the exact bytes that each was read from."""

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
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from hub.archive.platforms import LONGEST_ID
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

from .collections import Collection
from .imports import EarlierImport, Import

ORGANISATION, OFFICE_HOLDER, MEMBER, PRIVATE = "organisation", "office_holder", "member", "private"
# A private person who agreed to be named: still a private person in everything else.
AGREED = "agreed"
ACCOUNT_KINDS = (ORGANISATION, OFFICE_HOLDER, MEMBER, AGREED, PRIVATE)

# Who and what is always masked, by a keeper's mark on an account or a post.
CHILD, SPECIAL = "child", "special"
PROTECTIONS = (CHILD, SPECIAL)

# A picture of how a post looked to whoever saw it: evidence for its keepers, and not the post's own.
SCREENSHOT = "screenshot"

# The role of a citation: what a page is made of, beside itself.
RESOURCE = "resource"


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
    # Of one known by its handle alone: the account whose handle it was, once an import told (`same_people`).
    # Its posts are filed there; it stays for the sightings that met it, and is shown nowhere by itself.
    same_as_id: Mapped[int | None] = mapped_column(
        ForeignKey("social_account.id", ondelete="SET NULL"), index=True
    )

    # Also those under which it was met before the platform's own id of it was known.
    names: Mapped[list["AccountName"]] = relationship(
        secondary=lambda: _of_one,
        primaryjoin=lambda: or_(_of_one.c.id == SocialAccount.id, _of_one.c.same_as_id == SocialAccount.id),
        secondaryjoin=lambda: AccountName.account_id == _of_one.c.id,
        order_by="AccountName.seen_from",
        viewonly=True,
    )


# Itself, and those that turned out to be the same.
_of_one = SocialAccount.__table__.alias("of_one")


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
