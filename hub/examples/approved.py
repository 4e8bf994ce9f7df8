"""Attaching what a second person must agree to: it waits for them, and then happens by itself.

That is what a collection with an approver holds, and what a private person wrote and took back.
"""

from collections.abc import Sequence

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import select

from hub.archive.approvals.actions import ask
from hub.archive.approvals.kinds import A_SECOND_PERSON, THE_APPROVER, Kind, add_kind
from hub.archive.approvals.models import Approval
from hub.archive.approvals.queries import asked_already
from hub.archive.leaving import ask_to_leave, may_leave, the_collection_of
from hub.content.actions.permitting import permit
from hub.content.models import Item, Post
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor, visible

from .actions import attach, changed
from .highlighting import placed_in
from .models import Example
from .queries import Choice, chosen

ATTACH, SHOW_DELETED = "attach", "show_deleted"


def attach_or_ask(
    actor: Actor,
    post: Post,
    choices: Sequence[Choice],
    caption: str,
    passages: Sequence[str] = (),
    *,
    reason: str = "",
    second: str = "",
) -> Example | Approval:
    """Attach the posts; or ask whoever must agree, who sees them, the caption and who will read it.

    reason: why a post is to be shown that a private person has deleted. second: the handle of a member who
    is to agree to that, where nobody else keeps the collection. Raises Refused.
    """
    permit(actor, "example.attach", post)
    if not choices:
        return attach(actor, post, choices, caption)
    placed_in(passages, [choice.said for choice in choices])
    collection = the_collection_of([choice.post for choice in choices])
    posts = [choice.post.id for choice in choices]
    details = {
        "post_id": post.id,
        "refs": [choice.ref for choice in choices],
        "caption": caption.strip(),
        "passages": list(passages),
    }
    if not may_leave(actor, collection):
        why = reason.strip() or _("To show it as an example.")
        return ask_to_leave(actor, ATTACH, collection, why, posts=posts, **details)
    if any(choice.needs_two for choice in choices):
        if len({choice.post.collection_id for choice in choices}) > 1:
            raise Refused(_("Attach what a private person has deleted by itself. Nothing was attached."))
        return ask(actor, SHOW_DELETED, collection, reason, posts=posts, second=second, **details)
    return attach(actor, post, choices, caption, passages)


def ask_to_show(actor: Actor, example: Example, reason: str, second: str = "") -> Approval:
    """Ask a second person whether an example goes on showing what a private person has deleted since."""
    permit(actor, "example.edit", example)
    posts = [part.archived_post for part in example.shows if not part.agreed]
    if not posts:
        raise Refused(_("A second person has agreed already, so nothing waits."))
    collection = the_collection_of(posts)
    if asked_already(SHOW_DELETED, [one.id for one in posts]):
        raise Refused(_("A second person has been asked already. Nothing was changed."))
    return ask(
        actor,
        SHOW_DELETED,
        collection,
        reason,
        posts=[one.id for one in posts if one.collection_id == collection.id],
        second=second,
        example_id=example.id,
        post_id=example.post_id,
        caption=example.caption,
    )


def _post_of(approval: Approval) -> Post | None:
    return db.session.get(Post, approval.details.get("post_id"))


def _carry_out(actor: Actor, approval: Approval) -> str:
    """Only if the post still stands, and whoever asked still keeps the posts and may still write there."""
    if "example_id" in approval.details:
        return _show_on(actor, approval)
    post = _post_of(approval)
    seen = select(Post.id).where(Post.id == approval.details.get("post_id"), visible(Post, actor))
    if post is None or db.session.scalar(seen) is None:
        raise Refused(_("What it was to be attached to is no longer there."))
    refs = approval.details["refs"]
    choices = chosen(actor, refs)
    if len(choices) != len(refs):
        raise Refused(_("Some of the posts are no longer there, or whoever asked no longer keeps them."))
    details = approval.details
    passages = details.get("passages", ())
    return attach(actor, post, choices, details["caption"], passages, approved=True).path


def _show_on(actor: Actor, approval: Approval) -> str:
    """An example that stands already: what it kept back is shown from now on."""
    example = db.session.get(Example, approval.details["example_id"])
    if example is None:
        raise Refused(_("The example is no longer there."))
    permit(actor, "example.edit", example)
    asked = {one.post_id for one in approval.posts}
    for part in example.shows:
        if part.archived_post_id in asked:
            part.agreed = True
    changed(example)
    return example.path


def _show(actor: Actor, approval: Approval) -> Markup:
    """The caption, and who will read it; where, only to who sees that place themselves."""
    post = _post_of(approval)
    if post is None:
        return Markup()
    seen = select(Item).where(Item.id == post.item_id, visible(Item, actor))
    item = db.session.scalars(seen).one_or_none()
    show = get_template_attribute("examples/_approval.html", "to_be_attached")
    shown = _as_readers_will(approval) if approval.waiting else []
    return show(approval.details.get("caption", ""), item, post.item.group.visibility, shown)


def _as_readers_will(approval: Approval) -> list[tuple[Choice, list[tuple[str, bool]]]]:
    """The very versions that were chosen, masked, in runs with whether they belong to a marked passage."""
    asker, refs = approval.asked_by, approval.details.get("refs", ())
    choices = chosen(asker.as_actor(), refs) if asker is not None else []
    said = [choice.said for choice in choices]
    try:
        placed = placed_in(approval.details.get("passages", ()), said)
    except Refused:
        # Somebody was masked or unmasked since: the words are there, the mark is not.
        placed = [[] for _choice in choices]
    return [
        (choice, choice.said.marked([(start, end) for start, end in places]))
        for choice, places in zip(choices, placed, strict=True)
    ]


add_kind(
    Kind(
        code=SHOW_DELETED,
        name=lazy_gettext("Show what a private person has deleted"),
        decides=A_SECOND_PERSON,
        carry_out=_carry_out,
        show=_show,
    )
)
add_kind(
    Kind(
        code=ATTACH,
        name=lazy_gettext("Show archived posts as an example"),
        decides=THE_APPROVER,
        carry_out=_carry_out,
        show=_show,
    )
)
