"""Attaching posts of a collection that has an approver: it waits for them, and then happens by itself."""

from collections.abc import Sequence

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import select

from hub.archive.approvals.kinds import THE_APPROVER, Kind, add_kind
from hub.archive.approvals.models import Approval
from hub.archive.leaving import ask_to_leave, may_leave, the_collection_of
from hub.content.actions.permitting import permit
from hub.content.models import Item, Post
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor, visible

from .actions import attach
from .models import Example
from .queries import Choice, chosen

ATTACH = "attach"


def attach_or_ask(actor: Actor, post: Post, choices: Sequence[Choice], caption: str) -> Example | Approval:
    """Attach the posts; or ask the approver of their collection, who sees them, the caption and who will read
    it. Raises Refused."""
    permit(actor, "example.attach", post)
    if not choices:
        return attach(actor, post, choices, caption)
    collection = the_collection_of([choice.post for choice in choices])
    if may_leave(actor, collection):
        return attach(actor, post, choices, caption)
    return ask_to_leave(
        actor,
        ATTACH,
        collection,
        _("To show it as an example."),
        posts=[choice.post.id for choice in choices],
        post_id=post.id,
        refs=[choice.ref for choice in choices],
        caption=caption.strip(),
    )


def _post_of(approval: Approval) -> Post | None:
    return db.session.get(Post, approval.details.get("post_id"))


def _carry_out(actor: Actor, approval: Approval) -> str:
    """Only if the post still stands, and whoever asked still keeps the posts and may still write there."""
    post = _post_of(approval)
    seen = select(Post.id).where(Post.id == approval.details.get("post_id"), visible(Post, actor))
    if post is None or db.session.scalar(seen) is None:
        raise Refused(_("What it was to be attached to is no longer there."))
    refs = approval.details["refs"]
    choices = chosen(actor, refs)
    if len(choices) != len(refs):
        raise Refused(_("Some of the posts are no longer there, or whoever asked no longer keeps them."))
    return attach(actor, post, choices, approval.details["caption"], approved=True).path


def _show(actor: Actor, approval: Approval) -> Markup:
    """The caption, and who will read it; where, only to who sees that place themselves."""
    post = _post_of(approval)
    if post is None:
        return Markup()
    seen = select(Item).where(Item.id == post.item_id, visible(Item, actor))
    item = db.session.scalars(seen).one_or_none()
    show = get_template_attribute("examples/_approval.html", "to_be_attached")
    return show(approval.details.get("caption", ""), item, post.item.group.visibility)


add_kind(
    Kind(
        code=ATTACH,
        name=lazy_gettext("Show archived posts as an example"),
        decides=THE_APPROVER,
        carry_out=_carry_out,
        show=_show,
    )
)
