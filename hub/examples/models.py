"""Tables of examples."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Person
from hub.archive.models import ArchivedPost, PostVersion
from hub.content.models import Post
from hub.core import clock
from hub.core.database import Base, UtcDateTime, new_token

# What is told of one: it was attached; it was out of sight, and is back (with the moment of attaching).
TOLD_ATTACHED, ATTACHED_AGAIN = "attached", "attached_again"


class Example(Base):
    """Archived posts under a post, with the words that say what they show."""

    __tablename__ = "example"
    __table_args__ = (Index("ix_example_post", "post_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=1)
    caption: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Rises with whatever changes in it after it was attached: cards are kept by it.
    edits: Mapped[int] = mapped_column(default=0)

    post: Mapped[Post] = relationship(innerjoin="unnested")
    shows: Mapped[list["ExamplePost"]] = relationship(
        order_by="ExamplePost.position", cascade="all, delete-orphan", passive_deletes=True
    )
    earlier_captions: Mapped[list["EarlierCaption"]] = relationship(
        order_by="EarlierCaption.id.desc()", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def path(self) -> str:
        """Its evidence page."""
        return f"/evidence/{self.token}"


class ExamplePost(Base):
    """One archived post of an example, in the version that is shown."""

    __tablename__ = "example_post"
    __table_args__ = (UniqueConstraint("example_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    example_id: Mapped[int] = mapped_column(ForeignKey("example.id", ondelete="CASCADE"))
    position: Mapped[int]
    archived_post_id: Mapped[int] = mapped_column(
        ForeignKey("archived_post.id", ondelete="CASCADE"), index=True
    )
    version_id: Mapped[int] = mapped_column(ForeignKey("post_version.id", ondelete="CASCADE"), index=True)
    # Passages to be marked: [from, to] in characters of the version's own text.
    passages: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    # A second person agreed that it is shown although a private person has deleted it.
    agreed: Mapped[bool] = mapped_column(default=False)

    archived_post: Mapped[ArchivedPost] = relationship(innerjoin="unnested")
    version: Mapped[PostVersion] = relationship(innerjoin="unnested")


class EarlierCaption(Base):
    """What a caption said until somebody changed it."""

    __tablename__ = "example_caption"

    id: Mapped[int] = mapped_column(primary_key=True)
    example_id: Mapped[int] = mapped_column(ForeignKey("example.id", ondelete="CASCADE"), index=True)
    caption: Mapped[str] = mapped_column(Text)
    # Who changed it, and when.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person | None] = relationship()


class PreparedExample(Base):
    """An example chosen while somebody still writes: attached once they send what they wrote."""

    __tablename__ = "prepared_example"
    __table_args__ = (Index("ix_prepared_example_place", "person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True, default=new_token)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    # The path of the form, as of their draft.
    place: Mapped[str] = mapped_column(String(200))
    # What `chosen` finds the posts by.
    refs: Mapped[list[str]] = mapped_column(JSON)
    caption: Mapped[str] = mapped_column(Text)
    passages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # For a second person, where one has to agree.
    reason: Mapped[str] = mapped_column(Text, default="")
    second: Mapped[str] = mapped_column(String(80), default="")
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
