"""The worker's part: noting what happened, delivering it, forgetting the log."""

from datetime import timedelta

from sqlalchemy import delete

from hub.content.models import Activity, Item
from hub.core import clock
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer
from hub.core.outbox import on

from . import actions, sending
from .models import Webhook, WebhookDelivery
from .rules import KEPT
from .wording import why_paused


@on("activity")
def note_activity(activity_id: int) -> None:
    activity = db.session.get(Activity, activity_id)
    item = db.session.get(Item, activity.item_id) if activity is not None and activity.item_id else None
    if activity is not None and item is not None:
        actions.note_activity(activity, item)


@job(actions.DELIVER, long=True)
def deliver(delivery_id: int) -> None:
    sending.deliver(delivery_id)


@composer("webhook_paused")
def compose_paused(mail: Mail) -> Email | None:
    webhook = db.session.get(Webhook, mail.payload["webhook_id"], populate_existing=True)
    if webhook is None or not webhook.paused or webhook.person is None:
        return None
    if not webhook.person.active or webhook.person.email != mail.to_address:
        return None
    owns = webhook.person.as_actor().owns(webhook.group_id)
    return letter(
        "webhook_paused",
        locale=webhook.person.locale,
        name=webhook.name,
        group=webhook.group.name if owns else "",
        why=why_paused(webhook.paused),
        path=webhook.path if owns else "",
    )


@job("webhooks.forget")
def forget() -> None:
    """What was delivered long ago."""
    db.session.execute(
        delete(WebhookDelivery.__table__).where(  # type: ignore[arg-type]
            WebhookDelivery.created_at < clock.now() - KEPT
        )
    )


scheduled("webhooks.forget", timedelta(days=1))
