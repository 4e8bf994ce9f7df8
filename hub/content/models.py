"""Tables of items, posts, revisions, links, votes, mentions, watches, drafts, topics and activity."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token
from hub.groups.models import Group

DISCUSSION, QUESTION, GUIDANCE = "discussion", "question", "guidance"
OPENING, REPLY, ANSWER, COMMENT = "opening", "reply", "answer", "comment"

# The path of each kind's pages under its group.
PLACES = {DISCUSSION: "discussions", QUESTION: "questions", GUIDANCE: "guidance"}

# Where what is written applies; empty: it does not say.
JURISDICTIONS = ("scotland", "england_wales", "northern_ireland", "uk", "elsewhere")

item_topic = Table(
    "item_topic",
    Base.metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)

group_topic = Table(
    "group_topic",
    Base.metadata,
    Column("group_id", ForeignKey("community.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Topic(Base):
    """A term of the controlled vocabulary; seen where a group that uses it is seen."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(300), default="")

    groups: Mapped[list[Group]] = relationship(secondary=group_topic)


def path_of(slug: str, kind: str, number: int) -> str:
    """The address of an item."""
    return f"/groups/{slug}/{PLACES[kind]}/{number}"


_CONSULTS = text("replies_by IS NOT NULL")


class Item(Base):
    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("group_id", "number"),
        CheckConstraint("kind IN ('discussion', 'question', 'guidance')", name="kind"),
        Index("ix_item_kind_activity", "kind", "last_activity_at"),
        Index("ix_item_group_kind_activity", "group_id", "kind", "last_activity_at"),
        Index("ix_item_activity", "last_activity_at"),
        Index("ix_item_published", "published_at"),
        Index(
            "ix_item_replies_by",
            "replies_by",
            sqlite_where=_CONSULTS,
            postgresql_where=_CONSULTS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="RESTRICT"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    # A question is open or answered; guidance has its own states; anything may be closed to new posts.
    state: Mapped[str] = mapped_column(String(16), default="open")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    applies_to: Mapped[str] = mapped_column(String(20), default="")
    law_date: Mapped[date | None]
    # Of a discussion that is a consultation: the last day on which what people think is asked for.
    replies_by: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # None: a draft. It has no default: SQLAlchemy would take a None for "not given".
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Chosen by moderators to be read by anyone, where the group is part-open.
    is_open: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    # Kept in the transaction that changes them; `hub check` can recount them.
    last_position: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Rises with every change that a reader could see: validators and cached fragments go by it.
    version: Mapped[int] = mapped_column(default=1)

    group: Mapped[Group] = relationship(lazy="joined", innerjoin="unnested")
    topics: Mapped[list[Topic]] = relationship(secondary=item_topic, order_by=Topic.name)

    @property
    def path(self) -> str:
        return path_of(self.group.slug, self.kind, self.number)

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @hybrid_property
    def is_out(self) -> bool:
        """Published, and not withdrawn. Authors and moderators see more; what is found by searching,
        mailed or fed holds nothing else, whoever asks."""
        return self.published_at is not None and self.withdrawn_at is None

    @is_out.inplace.expression
    @classmethod
    def _is_out(cls) -> ColumnElement[bool]:
        return and_(cls.published_at.is_not(None), cls.withdrawn_at.is_(None))


class Post(Base):
    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        CheckConstraint("kind IN ('opening', 'reply', 'answer', 'comment')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    # A comment's answer; a reply may answer an earlier one.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    score: Mapped[int] = mapped_column(default=0)
    revision_number: Mapped[int] = mapped_column(default=1)
    # Of the revision that readers see. Most posts have none, and are not asked about them.
    file_count: Mapped[int] = mapped_column(default=0, server_default="0")

    item: Mapped[Item] = relationship(innerjoin="unnested")

    @property
    def path(self) -> str:
        """Needs `item` loaded."""
        return f"{self.item.path}?post={self.position}#post-{self.position}"


class Revision(Base):
    """A post's text as it was: number 1 is the first. Guidance shows the published one."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    byline: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(400), default="")
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    files: Mapped[list["StoredFile"]] = relationship(
        secondary="revision_file", order_by="RevisionFile.position", viewonly=True
    )


class Link(Base):
    """One item leads to another: `became` guidance, `source` of it, `related`, `supersedes`."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("from_item_id", "to_item_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    from_item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    to_item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    from_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Vote(Base):
    """One person found one post useful."""

    __tablename__ = "vote"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Mention(Base):
    __tablename__ = "mention"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Watch(Base):
    """A person is told what happens to an item."""

    __tablename__ = "watch"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class ReadMark(Base):
    """How far a person has read an item. Written apart from the reading itself."""

    __tablename__ = "read_mark"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Draft(Base):
    """What a person began to write at some place and has not sent yet."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(200))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class StoredFile(Base):
    """A file that a member added to a post, or is about to. Its bytes are stored under their hash."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_waiting", "person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    # None while its post is still written.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # The path of the form that it waits at; empty once it was sent, or taken away again.
    place: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    # Of a picture, in pixels.
    width: Mapped[int | None]
    height: Mapped[int | None]
    # What a picture shows, for those who do not see it.
    description: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When a moderator took its bytes away for good; its name stays in the history.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def own_path(self) -> str:
        """Where its owner finds it while it waits."""
        return f"/me/files/{self.token}"


class RevisionFile(Base):
    """A file of a post, as one of its revisions has it."""

    __tablename__ = "revision_file"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


# Activities of a group, not of an item in it: somebody came in; more people may read it now.
JOINED, OPENED = "joined", "opened"
# An item or a post that was withdrawn is back.
SHOWN = "shown"


class Activity(Base):
    """One thing that happened. The worker numbers activities in order of commit, one worker at a time:
    windows of a digest are ranges of these numbers, never of clock time."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_group_number", "group_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    # published, replied, answered, commented, accepted, revised, checked, attached ...; of a page of guidance
    # also doubted, superseded and (to its owner) due; of a group joined, opened and noted. What was out of
    # sight and is back: shown (an item, or a post) and attached_again.
    kind: Mapped[str] = mapped_column(String(24))
    group_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Numbering(Base):
    """The last number that an activity was given: one row, held by whoever numbers."""

    __tablename__ = "activity_numbering"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)
