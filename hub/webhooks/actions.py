"""Setting up webhooks, pausing them, and noting what is to be sent."""

from sqlalchemy import func, select

from hub.content.actions.spine import add_once
from hub.content.models import Activity, Item
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import enqueue
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import BY_HAND, DROPPED, WAITING, Webhook, WebhookDelivery, new_secret
from .rules import MOST_OF_A_GROUP
from .wording import too_many

DELIVER = "webhooks.deliver"
TEST = "hub.test"


def set_up(actor: Actor, group: Group, name: str, address: str, kinds: list[str]) -> Webhook:
    """A new webhook of the group. Raises Refused when it has as many as a group may have."""
    number = db.session.scalar(select(func.count()).where(Webhook.group_id == group.id)) or 0
    if number >= MOST_OF_A_GROUP:
        raise Refused(too_many(MOST_OF_A_GROUP))
    webhook = Webhook(group=group, person_id=actor.person_id, name=name, address=address, kinds=kinds)
    db.session.add(webhook)
    db.session.flush()
    record(actor, "webhook.set_up", webhook, name=name)
    return webhook


def change(actor: Actor, webhook: Webhook, name: str, address: str, kinds: list[str]) -> None:
    webhook.name, webhook.address, webhook.kinds = name, address, kinds
    record(actor, "webhook.changed", webhook, name=name)


def pause(actor: Actor, webhook: Webhook) -> None:
    """Nothing is sent until it is taken up again; what happens meanwhile is not sent later."""
    webhook.paused = BY_HAND
    record(actor, "webhook.paused", webhook, name=webhook.name)


def take_up(actor: Actor, webhook: Webhook) -> None:
    """It works again, from now on, with the eyes of whoever took it up."""
    webhook.paused, webhook.failing_since, webhook.person_id = "", None, actor.person_id
    record(actor, "webhook.taken_up", webhook, name=webhook.name)


def renew_secret(actor: Actor, webhook: Webhook) -> None:
    """The earlier secret signs nothing from now on."""
    webhook.secret = new_secret()
    record(actor, "webhook.secret_renewed", webhook, name=webhook.name)


def remove(actor: Actor, webhook: Webhook) -> None:
    """It and its log are gone."""
    record(actor, "webhook.removed", webhook, name=webhook.name)
    db.session.delete(webhook)


def send_test(webhook: Webhook) -> WebhookDelivery:
    """A message that says nothing but that it arrived."""
    delivery = WebhookDelivery(webhook_id=webhook.id, kind=TEST)
    db.session.add(delivery)
    db.session.flush()
    _enqueue(delivery.id)
    return delivery


def note_activity(activity: Activity, item: Item) -> None:
    """Each webhook of the group that is at work and wants such news gets a delivery, once."""
    hooks = db.session.scalars(
        select(Webhook)
        .where(Webhook.group_id == activity.group_id, Webhook.paused == "")
        .order_by(Webhook.id)
    )
    for webhook in hooks:
        if item.kind not in webhook.kinds:
            continue
        kind = f"{item.kind}.{activity.kind}"
        made = add_once(WebhookDelivery, webhook_id=webhook.id, activity_id=activity.id, kind=kind, **_new())
        if made is not None:
            _enqueue(made.id)


def _enqueue(delivery_id: int) -> None:
    enqueue(DELIVER, key=f"{DELIVER}:{delivery_id}", delivery_id=delivery_id)


def _new() -> dict[str, object]:
    made = WebhookDelivery.__table__.c
    return {"token": made.token.default.arg(None), "state": WAITING, "tries": 0, "problem": ""}


def drop(delivery: WebhookDelivery, problem: str = "") -> None:
    """It is not sent any more, and nobody is to blame."""
    delivery.state, delivery.problem, delivery.tried_at = DROPPED, problem, clock.now()
