"""Writing posts and changing them, with every earlier text kept."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from hub.accounts.models import Person
from hub.content.files.hanging import (
    UNCHANGED,
    FileChange,
    describe,
    files_of_revision,
    files_with_ids,
    hang,
    may_hang,
    shown_count,
)
from hub.content.models import ANSWER, COMMENT, REPLY, Item, Mention, Post, Revision, StoredFile
from hub.core import clock
from hub.core.database import db
from hub.core.differences import merge
from hub.core.errors import Refused
from hub.core.markup import tidy
from hub.core.outbox import emit
from hub.core.policy import Actor

from .following import mark_read, watch
from .permitting import NotPermitted, acting_person, permit
from .rendering import first_words, render_post, shows_first_words
from .spine import add_once, change_item, changed, happened, hold_item

# What is told of each kind of post, and whether it counts as the item's replies.
NEWS = {REPLY: "replied", ANSWER: "answered", COMMENT: "commented"}
COUNTED = frozenset({REPLY, ANSWER})


class EditConflict(Exception):
    """Somebody else changed the same lines meanwhile. `text` has both versions; nothing was saved."""

    def __init__(self, text: str) -> None:
        super().__init__("edited meanwhile")
        self.text = text


def add_post(
    actor: Actor,
    item: Item,
    kind: str,
    source: str,
    *,
    parent: Post | None = None,
    files: Sequence[StoredFile] = (),
) -> Post:
    """A reply, answer or comment, at the item's next position. A comment needs its parent, and has no
    files."""
    permit(actor, "item.contribute", item)
    if kind == COMMENT and files:
        raise ValueError("A comment has no files.")
    if parent is not None and parent.item_id != item.id:
        raise ValueError("A post answers posts of its own item.")
    counts = 1 if kind in COUNTED else 0
    open_still = change_item(
        item,
        Item.closed_at.is_(None),
        last_position=Item.last_position + 1,
        reply_count=Item.reply_count + counts,
        last_activity_at=clock.now(),
    )
    if not open_still:
        raise Refused(closed_meanwhile())
    post = write_post(actor, item, kind, source, position=item.last_position, parent=parent, files=files)
    watch(actor, item)
    mark_read(actor, item, post.position)
    happened(NEWS[kind], actor, item, post)
    changed(item, post)
    return post


def closed_meanwhile() -> str:
    from flask_babel import gettext as _

    return _(
        "This was closed to new posts while you wrote. What you wrote is below, so that you can keep it."
    )


def write_post(
    actor: Actor,
    item: Item,
    kind: str,
    source: str,
    *,
    position: int,
    parent: Post | None = None,
    files: Sequence[StoredFile] = (),
) -> Post:
    """The row of a post, its first revision with its files, and whom it mentions. Counters and news are the
    caller's. files: the actor's own, that wait."""
    _own(actor, item, files)
    source = tidy(source)
    mentioned: dict[str, int] = {}
    person = acting_person(actor)
    post = Post(
        item=item,
        position=position,
        kind=kind,
        parent_id=parent.id if parent is not None else None,
        author_id=person.id,
        byline=person.byline(),
        source=source,
        html=render_post(item, kind, position, source, mentioned),
        created_at=item.last_activity_at,
        file_count=shown_count(files),
    )
    db.session.add(post)
    db.session.flush()
    _keep_revision(post, person, files)
    _mention(post, mentioned)
    return post


def _own(actor: Actor, item: Item, files: Sequence[StoredFile]) -> None:
    if not may_hang(actor.person_id, files, item.id):
        raise NotPermitted("somebody else's files")


def edit_post(
    actor: Actor,
    post: Post,
    source: str,
    *,
    base: int | None = None,
    note: str = "",
    files: FileChange = UNCHANGED,
) -> Post:
    """Change a post's text and its files. `base` is the revision that the editor began from: what others
    changed since is merged in. Raises EditConflict where both changed the same lines."""
    permit(actor, "post.edit", post)
    post = _locked(post)
    source = tidy(source)
    if base is not None and base != post.revision_number:
        source = _merged(post, source, base)
    _own(actor, post.item, files.added)
    had = [file.id for file in files_of_revision(post.id, post.revision_number)]
    has = files.applied(had)
    hanging = files_with_ids(has)
    described = describe(hanging, files.described)
    if source == post.source and has == had:
        if described:
            change_item(post.item)
            changed(post.item, post)
        return post
    hold_item(post.item)  # what it quotes may be withdrawn at this moment
    mentioned: dict[str, int] = {}
    post.html = render_post(post.item, post.kind, post.position, source, mentioned)
    post.source = source
    post.revision_number += 1
    post.edited_at = clock.now()
    post.file_count = shown_count(hanging)
    db.session.flush()
    _keep_revision(post, acting_person(actor), hanging, note)
    _mention(post, mentioned)
    summary = {"summary": first_words(post.html)} if shows_first_words(post.item, post.kind) else {}
    change_item(post.item, **summary)
    changed(post.item, post)
    return post


def _locked(post: Post) -> Post:
    """The post as it is now, held until the transaction ends."""
    return db.session.scalars(
        select(Post)
        .where(Post.id == post.id)
        .with_for_update(of=Post, key_share=True)  # a comment on it, which holds the item, need not wait
        .execution_options(populate_existing=True)
    ).one()


def _merged(post: Post, mine: str, base: int) -> str:
    from flask_babel import gettext as _

    began_from = db.session.scalar(
        select(Revision.source).where(Revision.post_id == post.id, Revision.number == base)
    )
    merged = merge(
        began_from or "",
        mine,
        post.source,
        mine_label=_("What you wrote"),
        theirs_label=_("What was saved meanwhile"),
    )
    if merged.conflicts:
        raise EditConflict(merged.text)
    return merged.text


def _keep_revision(post: Post, person: Person, files: Sequence[StoredFile], note: str = "") -> None:
    revision = Revision(
        post_id=post.id,
        number=post.revision_number,
        author_id=person.id,
        byline=person.byline(),
        title=post.item.title,
        summary=post.item.summary,
        source=post.source,
        html=post.html,
        note=note.strip()[:300],
        created_at=post.edited_at or post.created_at,
    )
    db.session.add(revision)
    db.session.flush()
    if files:
        hang(revision, post.item, files)


def _mention(post: Post, mentioned: Mapping[str, int]) -> None:
    """Keep whom the text mentions now; tell those whom it mentions for the first time."""
    people = set(mentioned.values()) - {post.author_id}
    db.session.execute(
        delete(Mention.__table__).where(Mention.post_id == post.id, Mention.person_id.not_in(people))
    )
    new = [
        person_id for person_id in sorted(people) if add_once(Mention, post_id=post.id, person_id=person_id)
    ]
    if new:
        emit("mentioned", post_id=post.id, person_ids=new)
