"""What handing over adds to the pages of collections and archived posts."""

from flask_babel import gettext as _
from markupsafe import Markup

from hub.archive.models import ArchivedPost, Collection
from hub.core.access import current_actor
from hub.core.policy import can
from hub.core.slots import fills

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


@fills("archived_post.next")
def certify_this(post: ArchivedPost) -> Markup:
    if not can(current_actor(), "collection.keep", post.collection):
        return Markup()
    return LINK.format(f"{post.path}/certificate", _("Get a certificate")) + LINK.format(
        f"{post.collection.path}/hand-overs?post={post.token}", _("Hand over this post")
    )
