"""What handing over adds to the pages of collections and archived posts."""

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from hub.archive.models import ArchivedPost, Collection
from hub.archive.retention.disposal_models import Disposal
from hub.archive.retention.due import Use
from hub.archive.retention.schedule_models import TRANSFER
from hub.core.access import current_actor
from hub.core.database import db
from hub.core.policy import can
from hub.core.slots import fills

from .models import HandOver

LINK = Markup('<li><a href="{}">{}</a></li>')


@fills("collection.next")
def hand_over_this(collection: Collection) -> Markup:
    """In what one can do next with a collection."""
    if not can(current_actor(), "collection.keep", collection):
        return Markup()
    links = LINK.format(f"{collection.path}/hand-overs", _("Hand over posts"))
    if collection.organisation:
        plan = f"/collections/of/{collection.organisation.slug}/records-plan"
        links += LINK.format(plan, _("Evidence for a records management plan"))
    return links


@fills("due.decisions")
def transfer_these(collection: Collection, use: Use) -> Markup:
    """On the list of what is due, where its class is for an archive."""
    if use.entry.action != TRANSFER:
        return Markup()
    button = '<button type="submit" class="btn btn-primary" formaction="{}">{}</button>'
    return Markup(button).format(
        f"{collection.path}/due/transfer", _("Transfer what is ticked to the archive")
    )


@fills("disposal.hand_over")
def bag_of_transfer(disposal: Disposal) -> Markup:
    """Where a transfer's bag is, and how far it is."""
    made = db.session.scalar(select(HandOver).where(HandOver.disposal_id == disposal.id))
    if made is None or not can(current_actor(), "collection.keep", disposal.collection):
        return Markup()
    return Markup('<p><a href="{}">{}</a></p>').format(made.path, _("See its bag"))


@fills("archived_post.next")
def certify_this(post: ArchivedPost) -> Markup:
    if not can(current_actor(), "collection.keep", post.collection):
        return Markup()
    return LINK.format(f"{post.path}/certificate", _("Get a certificate")) + LINK.format(
        f"{post.collection.path}/hand-overs?post={post.token}", _("Hand over this post")
    )
