"""What a webhook is told: composed at each try, from what may be seen at that moment."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hub.accounts.models import Person
from hub.content.files.shown import files_of
from hub.content.models import Activity, Item, Post
from hub.content.rules import is_open_to_all
from hub.core.database import db
from hub.core.markup import excerpt, own_words
from hub.core.policy import Actor
from hub.core.site import address

from .actions import TEST
from .models import Webhook, WebhookDelivery
from .rules import may_be_told

# Enough to know whether to go and read it.
LINE = 300


def maker_of(webhook: Webhook) -> Actor | None:
    """Whoever set it up, as long as they own the group; their recorded reading of other groups apart."""
    if webhook.person_id is None:
        return None
    person = db.session.get(
        Person, webhook.person_id, options=[selectinload(Person.memberships)], populate_existing=True
    )
    if person is None or not person.active:
        return None
    actor = person.as_actor()
    return actor if actor.owns(webhook.group_id) else None


def compose(delivery: WebhookDelivery, actor: Actor) -> bytes | None:
    """The message's body, JSON; None when what it is about may not be told (any more)."""
    if delivery.kind == TEST:
        return _written(delivery, {"group": _group(delivery.webhook), "message": "This is a test."})
    row = db.session.execute(
        select(Activity, Item, Post)
        .join(Item, Item.id == Activity.item_id)
        .outerjoin(Post, Post.id == Activity.post_id)
        .where(Activity.id == delivery.activity_id, may_be_told(actor, delivery.webhook.group))
    ).one_or_none()
    if row is None or (row.Post is not None and row.Post.withdrawn_at is not None):
        return None
    return _written(delivery, _told(delivery.webhook, row.Activity, row.Item, row.Post))


def _told(webhook: Webhook, activity: Activity, item: Item, post: Post | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "group": _group(webhook),
        "item": {"kind": item.kind, "number": item.number, "title": item.title, "url": address(item.path)},
        "happened_at": activity.happened_at.isoformat(),
    }
    if post is not None:
        told["post"] = {"position": post.position, "url": address(post.path)}
        if is_open_to_all(item):  # what is written in a group that is not open stays in the hub
            told["post"] |= {
                "author": post.byline.get("name", ""),
                "organisation": post.byline.get("organisation", ""),
                "excerpt": excerpt(own_words(post.html), LINE),
            }
            if post.file_count:
                told["post"]["files"] = _files(item, post)
    return told


def _files(item: Item, post: Post) -> list[dict[str, Any]]:
    return [
        {"name": file.name, "type": file.media_type, "size": file.size, "url": address(file.path)}
        for file in files_of([post], item.path).get(post.id, ())
    ]


def _group(webhook: Webhook) -> dict[str, str]:
    return {"name": webhook.group.name, "url": address(webhook.group.path)}


def _written(delivery: WebhookDelivery, data: dict[str, Any]) -> bytes:
    message = {"type": delivery.kind, "timestamp": delivery.created_at.isoformat(), "data": data}
    return json.dumps(message, ensure_ascii=False).encode()
