"""Who sees an example, what it shows of the archive, and who may attach one."""

from sqlalchemy import ColumnElement, func, or_, select

from hub.archive.models import (
    PRIVATE,
    SCREENSHOT,
    ArchivedPost,
    CoveredPicture,
    Media,
    PostMedia,
    PostVersion,
    SocialAccount,
)
from hub.archive.rules import kept_by, not_sealed
from hub.content.models import GUIDANCE, Item, Post
from hub.core.policy import Actor, can, grant, permission, visibility, visible

from .models import Example, ExamplePost

# A caption says what the posts show; what it means is said in the post that it stands under.
LONGEST_CAPTION = 1000
# More than this on one post is an album, not a worked example.
MOST_POSTS = 10


@visibility(Example)
def _sees_example(actor: Actor) -> ColumnElement[bool]:
    """Whoever sees the post that it stands under, while it is not withdrawn."""
    shown = Example.withdrawn_at.is_(None)
    if actor.moderated_groups:
        moderated = select(Item.id).where(Item.group_id.in_(actor.moderated_groups))
        theirs = select(Post.id).where(Post.id == Example.post_id, Post.item_id.in_(moderated))
        shown = or_(shown, theirs.correlate(Example).exists())
    under = select(Post.id).where(Post.id == Example.post_id, visible(Post, actor))
    return shown & under.correlate(Example).exists()


def _shown(actor: Actor) -> ColumnElement[bool]:
    return ExamplePost.example_id.in_(select(Example.id).where(visible(Example, actor)))


@grant(ArchivedPost)
def _attached_post(actor: Actor) -> ColumnElement[bool]:
    attached = select(ExamplePost.id).where(ExamplePost.archived_post_id == ArchivedPost.id, _shown(actor))
    return attached.correlate(ArchivedPost).exists() & not_sealed(ArchivedPost.collection_id)


@grant(PostVersion)
def _attached_version(actor: Actor) -> ColumnElement[bool]:
    attached = select(ExamplePost.id).where(ExamplePost.version_id == PostVersion.id, _shown(actor))
    return attached.correlate(PostVersion).exists() & not_sealed(PostVersion.collection_id)


@grant(PostMedia)
def _attached_picture(actor: Actor) -> ColumnElement[bool]:
    attached = select(ExamplePost.id).where(ExamplePost.version_id == PostMedia.version_id, _shown(actor))
    return attached.correlate(PostMedia).exists() & not_sealed(PostMedia.collection_id)


@grant(Media)
def _attached_media(actor: Actor) -> ColumnElement[bool]:
    """Pictures of whoever is shown by name; where places are covered, the covered one alone is seen."""
    attached = (
        select(PostMedia.id)
        .join(ExamplePost, ExamplePost.version_id == PostMedia.version_id)
        .join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
        .join(SocialAccount, SocialAccount.id == ArchivedPost.account_id)
        .where(PostMedia.media_id == Media.id, PostMedia.kind != SCREENSHOT, _shown(actor))
        .where(SocialAccount.kind != PRIVATE, SocialAccount.protected == "", ArchivedPost.protected == "")
    )
    whole = ~select(CoveredPicture.id).where(CoveredPicture.media_id == Media.id).correlate(Media).exists()
    return attached.correlate(Media).exists() & whole & not_sealed(Media.collection_id)


@grant(CoveredPicture)
def _attached_covered(actor: Actor) -> ColumnElement[bool]:
    attached = (
        select(PostMedia.id)
        .join(ExamplePost, ExamplePost.version_id == PostMedia.version_id)
        .join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
        .outerjoin(SocialAccount, SocialAccount.id == ArchivedPost.account_id)
        .where(PostMedia.media_id == CoveredPicture.media_id, PostMedia.kind != SCREENSHOT, _shown(actor))
        .where(ArchivedPost.protected == "", func.coalesce(SocialAccount.protected, "") == "")
    )
    return attached.correlate(CoveredPicture).exists() & not_sealed(CoveredPicture.collection_id)


def keeps(actor: Actor) -> ColumnElement[bool]:
    """The archived posts that the actor may attach: those of collections that they keep, but sealed ones; and
    none that was erased."""
    kept = kept_by(ArchivedPost.collection_id, actor) & not_sealed(ArchivedPost.collection_id)
    return kept & ArchivedPost.erased_at.is_(None)


@permission("example.read")
def _may_read(_actor: Actor, _example: Example) -> bool:
    return True  # whoever sees it


@permission("example.attach")
def _may_attach(actor: Actor, post: Post) -> bool:
    """Whoever may edit the post that it is to stand under; on guidance, which is edited by revisions,
    whoever began the page, and moderators."""
    item = post.item
    if item.kind != GUIDANCE:
        return can(actor, "post.edit", post)
    began = actor.person_id is not None and item.author_id == actor.person_id
    return can(actor, "guidance.publish" if not began else "guidance.edit", item)


@permission("example.detach")
def _may_detach(actor: Actor, example: Example) -> bool:
    """Whoever attached it, whoever may edit the post, and moderators."""
    own = actor.person_id is not None and example.person_id == actor.person_id
    return own or can(actor, "post.edit", example.post)


@permission("example.edit")
def _may_edit(actor: Actor, example: Example) -> bool:
    """Whoever attached it: it is their word. Others take it off, or attach another."""
    return actor.person_id is not None and example.person_id == actor.person_id


@permission("example.moderate")
def _may_moderate(actor: Actor, example: Example) -> bool:
    return actor.moderates(example.post.item.group_id)
