"""Who sets up webhooks, what they are told, and how patient the hub is."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false

from hub.content.models import DISCUSSION, GUIDANCE, QUESTION, Activity, Item
from hub.core.policy import Actor, permission, visibility, visible
from hub.groups.models import Group

from .models import Webhook

KINDS = (QUESTION, DISCUSSION, GUIDANCE)

# Enough for a group's chat, its register and its dashboard; more is a mistake, or a way to flood somebody.
MOST_OF_A_GROUP = 10

# After each try that failed, as the specification proposes: about two and a half days in all.
PAUSES = tuple(
    timedelta(**pause)
    for pause in (
        {"seconds": 5},
        {"minutes": 5},
        {"minutes": 30},
        {"hours": 2},
        {"hours": 5},
        {"hours": 10},
        {"hours": 14},
        {"hours": 20},
    )
)
# Where nothing was taken for so long, nobody is there any more.
FAILING_FOR = timedelta(days=3)
# The log answers "was it sent?" for as long as somebody may ask.
KEPT = timedelta(days=30)


@visibility(Webhook)
def _sees_webhook(actor: Actor) -> ColumnElement[bool]:
    """Its address and its secret are the owners' of the group."""
    owned = [group_id for group_id in actor.roles if actor.owns(group_id)]
    return Webhook.group_id.in_(owned) if owned else false()


@permission("webhook.manage")
def _may_manage(actor: Actor, webhook: Webhook) -> bool:
    return actor.owns(webhook.group_id)


def may_be_told(actor: Actor, group: Group) -> ColumnElement[bool]:
    """The condition on `Activity` (with `Item` joined): it happened in the group, the actor sees it, and it
    is out. What was sent cannot be taken back, so drafts and what was withdrawn are sent nowhere."""
    return and_(
        Activity.group_id == group.id,
        Item.group_id == group.id,
        visible(Activity, actor),
        Item.is_out,
    )
