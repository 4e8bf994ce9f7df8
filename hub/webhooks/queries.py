"""Reads: the webhooks of a group, and the log of one."""

from sqlalchemy import select

from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.groups.models import Group

from .models import Webhook, WebhookDelivery


def webhooks_of(actor: Actor, group: Group) -> list[Webhook]:
    return list(
        db.session.scalars(
            select(Webhook)
            .where(Webhook.group_id == group.id, visible(Webhook, actor))
            .order_by(Webhook.name, Webhook.id)
        )
    )


def deliveries_of(webhook: Webhook, cursor: str | None) -> Page[WebhookDelivery]:
    """Newest first."""
    return page(
        select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id),
        (WebhookDelivery.created_at, WebhookDelivery.token),
        lambda delivery: (delivery.created_at, delivery.token),
        cursor,
    )
