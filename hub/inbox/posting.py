"""What came by mail becomes a post by the ordinary actions, once, or is held until its sender says so."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, func, select

from hub.accounts.models import Person
from hub.content.actions import NotPermitted
from hub.content.files.taking import waiting_at
from hub.content.models import ANSWER, COMMENT, DISCUSSION, QUESTION, REPLY, Item, Post, StoredFile
from hub.content.queries import opening_post
from hub.content.rules import LONGEST_COMMENT, LONGEST_POST, LONGEST_TITLE, SHORTEST_TITLE
from hub.core import clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor, can, visible
from hub.discussions.actions import reply, start_discussion
from hub.groups.models import Group
from hub.questions.actions import answer, ask_question, comment

from .enclosures import Came
from .models import HeldMessage, MailedPost
from .rules import HELD_FOR, MOST_HELD, POSTS_AN_HOUR, REMEMBERED


class NotPosted(Exception):
    """It became no post. `code` says why, for the answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Written:
    """What somebody wrote, and where it belongs: under a post, or in a group."""

    person: Person
    source: str
    fingerprint: str
    post_id: int | None = None
    group_id: int | None = None
    item_kind: str = ""
    title: str = ""

    @property
    def actor(self) -> Actor:
        """Whoever writes, by their memberships alone: recorded acts are for reading on the site."""
        return replace(self.person.as_actor(), reads=frozenset())


def fingerprint(person: Person, message_id: str, place: str) -> str:
    """The same for the same message by the same person to the same place."""
    return hashlib.sha256(
        "\0".join((str(person.id), message_id, place)).encode("utf-8", "replace")
    ).hexdigest()


def was_taken(fingerprint: str) -> bool:
    """Whether the message was posted, or is held."""
    return any(
        db.session.scalar(select(table.id).where(table.fingerprint == fingerprint)) is not None
        for table in (MailedPost, HeldMessage)
    )


def publish(written: Written, files: Callable[[], Sequence[StoredFile]] = tuple) -> Post:
    """Post it. Raises NotPosted, with nothing changed. files: writes the rows of those that come with it."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    lately = select(func.count()).where(
        MailedPost.person_id == written.person.id, MailedPost.posted_at >= hour
    )
    if (db.session.scalar(lately) or 0) >= POSTS_AN_HOUR:
        raise NotPosted("too_many")
    if not written.source.strip():
        raise NotPosted("empty")
    if len(written.source) > LONGEST_POST:
        raise NotPosted("too_long")
    try:
        with db.session.begin_nested():
            made = _begin(written, files()) if written.group_id else _answer(written, files())
    except Refused as closed:
        raise NotPosted("closed") from closed
    except NotPermitted as denied:
        raise NotPosted("not_yours") from denied
    db.session.add(MailedPost(fingerprint=written.fingerprint, person_id=written.person.id, post_id=made.id))
    db.session.flush()
    return made


def post_to_answer(actor: Actor, post_id: int) -> Post:
    """The post that a reply names, as its sender sees it now. Raises NotPosted."""
    post = db.session.scalar(
        select(Post)
        .join(Post.item)
        .where(Post.id == post_id, visible(Post, actor), Post.withdrawn_at.is_(None), Item.is_out)
    )
    if post is None:
        raise NotPosted("gone")
    if post.item.closed:
        raise NotPosted("closed")
    if not can(actor, "item.contribute", post.item):
        raise NotPosted("not_a_member")
    if post.item.kind not in {QUESTION, DISCUSSION}:
        raise NotPosted("not_by_mail")
    return post


def group_to_write_in(actor: Actor, group_id: int) -> Group:
    """Raises NotPosted."""
    group = db.session.scalar(select(Group).where(Group.id == group_id, visible(Group, actor)))
    if group is None:
        raise NotPosted("gone")
    if not can(actor, "group.write", group):
        raise NotPosted("not_a_member")
    return group


def title_of(subject: str) -> str:
    """A subject as a title. Raises NotPosted."""
    if len(subject) < SHORTEST_TITLE:
        raise NotPosted("no_title")
    if len(subject) > LONGEST_TITLE:
        raise NotPosted("long_title")
    return subject


def hold(written: Written, why: str, marking: str = "", came: Came | None = None) -> HeldMessage | None:
    """Keep it for its sender, with its files; None when too many wait for them already."""
    waiting = select(func.count()).where(HeldMessage.person_id == written.person.id)
    if (db.session.scalar(waiting) or 0) >= MOST_HELD:
        return None
    held = HeldMessage(
        fingerprint=written.fingerprint,
        person_id=written.person.id,
        post_id=written.post_id,
        group_id=written.group_id,
        item_kind=written.item_kind,
        why=why,
        marking=marking,
        title=written.title[:LONGEST_TITLE],
        source=written.source,
    )
    db.session.add(held)
    db.session.flush()
    if came is not None:
        came.keep(written.person.id, held.path)
    return held


def release(person: Person, held: HeldMessage) -> Post:
    """Its sender says that it is to be posted. Raises NotPosted: it stays held."""
    written = Written(
        person,
        held.source,
        held.fingerprint,
        post_id=held.post_id,
        group_id=held.group_id,
        item_kind=held.item_kind,
        title=held.title,
    )
    made = publish(written, lambda: files_of(held))
    db.session.delete(held)
    db.session.flush()
    return made


def files_of(held: HeldMessage) -> Sequence[StoredFile]:
    """The files that came with it, which nobody but its sender sees."""
    return waiting_at(held.person_id, held.path)


def drop(held: HeldMessage) -> None:
    """Its sender says that it is not. It is gone for good, and so are its files."""
    for file in files_of(held):
        db.session.delete(file)
    db.session.delete(held)
    db.session.flush()


def forget() -> None:
    """Forget what was held and is not wanted, and which messages came long ago."""
    now = clock.now()
    for held in db.session.scalars(select(HeldMessage).where(HeldMessage.held_at < now - HELD_FOR)).all():
        drop(held)
    db.session.execute(delete(MailedPost).where(MailedPost.posted_at < now - REMEMBERED))


def _begin(written: Written, files: Sequence[StoredFile]) -> Post:
    group = group_to_write_in(written.actor, written.group_id or 0)
    start = start_discussion if written.item_kind == DISCUSSION else ask_question
    return opening_post(start(written.actor, group, title_of(written.title), written.source, files=files))


def _answer(written: Written, files: Sequence[StoredFile]) -> Post:
    """A reply to a question is an answer; to an answer or a comment it is a comment, unless it is longer than
    comments are, or brings files, which they have not; in a discussion, a reply."""
    actor, post = written.actor, post_to_answer(written.actor, written.post_id or 0)
    if post.item.kind == DISCUSSION:
        return reply(actor, post.item, written.source, to=post if post.kind == REPLY else None, files=files)
    if post.kind in {ANSWER, COMMENT} and len(written.source) <= LONGEST_COMMENT and not files:
        return comment(actor, post, written.source)
    return answer(actor, post.item, written.source, files=files)
