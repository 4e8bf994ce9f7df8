"""Who sees items and posts, and who may do what with them."""

from sqlalchemy import ColumnElement, and_, or_, select, true

from hub.accounts.models import Person
from hub.core.policy import Actor, grant, permission, visibility
from hub.groups.models import PUBLIC, Group
from hub.groups.rules import chosen_is_read, talk_is_read

from .models import (
    GUIDANCE,
    JOINED,
    OPENED,
    Activity,
    Item,
    Post,
    Revision,
    RevisionFile,
    StoredFile,
    Topic,
    group_topic,
)

# What is begun unpublished gets a number drawn from here, far above any that is counted.
DRAWN_NUMBERS = range(100_000_000, 1_000_000_000)

# A title is one sentence; a summary is what fits under it in a list.
SHORTEST_TITLE = 5
LONGEST_TITLE = 200
LONGEST_SUMMARY = 400
# Some 8,000 words: longer than any post of the community that we stand in for, shorter than a pasted file.
LONGEST_POST = 50_000
# A comment is a remark; what needs more is an answer.
LONGEST_COMMENT = 2_000


@visibility(Item)
def _sees_item(actor: Actor) -> ColumnElement[bool]:
    """What is published in a group whose talk they read, what moderators chose to show to all, and of the
    unpublished and withdrawn their own and what they moderate."""
    shown = and_(
        Item.is_out,
        or_(talk_is_read(Item.group_id, actor), and_(Item.is_open, chosen_is_read(Item.group_id))),
    )
    if not actor.signed_in:
        return shown
    theirs = and_(Item.author_id == actor.person_id, talk_is_read(Item.group_id, actor))
    return or_(shown, theirs, Item.group_id.in_(actor.moderated_groups))


def shows_post(actor: Actor) -> ColumnElement[bool]:
    """Which posts of an item that the actor sees (for reads that start from the item, joined to it)."""
    if not actor.signed_in:
        return Post.withdrawn_at.is_(None)
    return or_(
        Post.withdrawn_at.is_(None),
        Post.author_id == actor.person_id,
        Item.group_id.in_(actor.moderated_groups),
    )


def shows_post_of(actor: Actor, item: Item) -> ColumnElement[bool]:
    """The same, for reads of one item that was loaded and seen."""
    if actor.moderates(item.group_id):
        return true()
    return or_(Post.withdrawn_at.is_(None), Post.author_id == actor.person_id)


@visibility(Post)
def _sees_post(actor: Actor) -> ColumnElement[bool]:
    # Said what it correlates with, so that it stands in statements that read items and posts themselves.
    where = select(Item.id).where(Item.id == Post.item_id, _sees_item(actor), shows_post(actor))
    return where.correlate(Post).exists()


@grant(Person)
def _reads_person(actor: Actor) -> ColumnElement[bool]:
    """The page of whoever wrote something that the actor reads."""
    written = select(Post.id).join(Item, Item.id == Post.item_id)
    seen = written.where(Post.author_id == Person.id, _sees_item(actor), shows_post(actor))
    return seen.correlate(Person).exists()


@visibility(StoredFile)
def _sees_file(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the post that it hangs on now; while it waits, its owner."""
    shown = _sees_post(actor)
    hangs = (
        select(RevisionFile.file_id)
        .join(Revision, Revision.id == RevisionFile.revision_id)
        .join(Post, and_(Post.id == Revision.post_id, Post.revision_number == Revision.number))
        .where(RevisionFile.file_id == StoredFile.id, shown)
        .correlate(StoredFile)
        .exists()
    )
    there = and_(StoredFile.erased_at.is_(None), hangs)
    if not actor.signed_in:
        return there
    return or_(there, and_(StoredFile.item_id.is_(None), StoredFile.person_id == actor.person_id))


@visibility(Topic)
def _sees_topic(actor: Actor) -> ColumnElement[bool]:
    """A topic is seen where a group that uses it is."""
    seen_groups = select(Group.id).where(or_(Group.visibility != "hidden", Group.id.in_(actor.read_groups)))
    return Topic.id.in_(select(group_topic.c.topic_id).where(group_topic.c.group_id.in_(seen_groups)))


@visibility(Activity)
def _sees_activity(actor: Actor) -> ColumnElement[bool]:
    """Of items, where they and their posts are seen. Who joined is known to members, as who is a member."""
    of_the_group = or_(
        and_(Activity.kind == JOINED, Activity.group_id.in_(actor.read_groups)),
        and_(Activity.kind == OPENED, chosen_is_read(Activity.group_id)),
        and_(Activity.kind.not_in((JOINED, OPENED)), talk_is_read(Activity.group_id, actor)),
    )
    return or_(
        and_(Activity.item_id.is_(None), of_the_group),
        select(Item.id)
        .where(Item.id == Activity.item_id, _sees_item(actor))
        .where(
            or_(
                Activity.post_id.is_(None),
                select(Post.id)
                .where(Post.id == Activity.post_id, shows_post(actor))
                .correlate(Activity, Item)
                .exists(),
            )
        )
        .correlate(Activity)
        .exists(),
    )


@permission("item.read")
def _may_read(_actor: Actor, _item: Item) -> bool:
    return True  # whoever sees it


@permission("item.contribute")
def _may_contribute(actor: Actor, item: Item) -> bool:
    """Reply, answer, comment: members, while the item is open to new posts."""
    return actor.is_member(item.group_id) and not item.closed and item.withdrawn_at is None


@permission("item.moderate")
def _may_moderate(actor: Actor, item: Item) -> bool:
    return actor.moderates(item.group_id)


@permission("item.edit")
def _may_edit_item(actor: Actor, item: Item) -> bool:
    """Its title, topics and where it applies. Guidance is edited by revisions, in its own room."""
    if item.kind == GUIDANCE:
        return False
    own = actor.person_id is not None and item.author_id == actor.person_id
    return actor.moderates(item.group_id) or (own and actor.is_member(item.group_id) and not item.closed)


@permission("item.watch")
def _may_watch(actor: Actor, _item: Item) -> bool:
    return actor.signed_in


@permission("post.edit")
def _may_edit_post(actor: Actor, post: Post) -> bool:
    if post.item.kind == GUIDANCE:
        return False
    own = actor.person_id is not None and post.author_id == actor.person_id
    open_to_author = actor.is_member(post.item.group_id) and not post.item.closed
    return actor.moderates(post.item.group_id) or (own and open_to_author and post.withdrawn_at is None)


@permission("post.vote")
def _may_vote(actor: Actor, post: Post) -> bool:
    """Members find others' posts useful, never their own."""
    return (
        actor.is_member(post.item.group_id)
        and post.author_id != actor.person_id
        and post.withdrawn_at is None
    )


@permission("post.read")
def _may_read_post(_actor: Actor, _post: Post) -> bool:
    return True  # whoever sees it


@permission("file.read")
def _may_read_file(_actor: Actor, _file: StoredFile) -> bool:
    return True  # whoever sees it


@permission("file.erase")
def _may_erase_files(actor: Actor, item: Item) -> bool:
    return actor.moderates(item.group_id)


def is_open_to_all(item: Item) -> bool:
    """Whether anyone, without an account, reads the item: what ranking statistics and feeds may rest on."""
    return item.is_out and (
        item.group.visibility == PUBLIC or (item.is_open and item.group.visibility == "part_open")
    )


def words_may_be_mailed(item: Item) -> bool:
    """Whether mail may repeat what is written there; else it tells titles. Mail stays in mailboxes and is a
    record of whoever gets it, so the words of a closed group leave it only if its owners decided so."""
    return is_open_to_all(item) or item.group.mails_words
