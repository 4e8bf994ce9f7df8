"""Asking that what was written be published, and giving it back to be worked on."""

from flask_babel import gettext as _

from hub.content.actions.permitting import permit
from hub.content.actions.spine import change_item
from hub.content.models import Item
from hub.core import clock
from hub.core.audit import record
from hub.core.errors import Refused
from hub.core.outbox import emit
from hub.core.policy import Actor
from hub.guidance.models import DRAFT, IN_REVIEW

from .pages import hold


def send_for_review(actor: Actor, item: Item) -> None:
    """Ask the moderators to publish the newest revision. Asking again moves nothing back in the queue."""
    permit(actor, "guidance.edit", item)
    page = hold(item)
    if not page.waiting:
        raise Refused(_("Everything that was written here is published already. There is nothing to review."))
    if page.asked_number == page.newest_number:
        return
    if page.asked_number is None:
        page.asked_at = clock.now()
        page.asked_by_id = actor.person_id
    page.asked_number = page.newest_number
    change_item(item, **({"state": IN_REVIEW} if page.published_number is None else {}))
    emit("guidance.sent_for_review", item_id=item.id, person_id=actor.person_id)


def return_to_draft(actor: Actor, item: Item, reason: str = "") -> None:
    """A moderator says what is missing; whoever asked is told."""
    permit(actor, "guidance.publish", item)
    page = hold(item)
    if page.asked_number is None:
        return
    asked_by, page.asked_number, page.asked_at, page.asked_by_id = page.asked_by_id, None, None, None
    change_item(item, **({"state": DRAFT} if page.published_number is None else {}))
    record(actor, "guidance.returned", item, reason=reason)
    emit("guidance.returned", item_id=item.id, person_id=asked_by, reason=reason)
