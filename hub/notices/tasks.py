"""What follows from what people do: telling those whom it concerns, and the mail that goes out at once."""

from datetime import timedelta

from hub.content.models import Activity, Item, Post
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.mail import Email, Mail, composer
from hub.core.outbox import on

from . import actions, composing

# What is told of; publishing and checking are the digests' to tell.
TOLD = frozenset({"answered", "replied", "commented", "accepted"})


@on("activity")
def tell_of_activity(activity_id: int) -> None:
    activity = db.session.get(Activity, activity_id)
    if activity is None or activity.kind not in TOLD or activity.post_id is None:
        return
    item, post = db.session.get(Item, activity.item_id), db.session.get(Post, activity.post_id)
    if item is not None and post is not None:
        actions.tell_of_activity(activity, item, post)


@on("mentioned")
def tell_of_mention(post_id: int, person_ids: list[int]) -> None:
    post = db.session.get(Post, post_id)
    if post is not None:
        actions.tell_of_mention(person_ids, post)


@composer(actions.PURPOSE, to_many=True)
def compose(mail: Mail) -> Email | None:
    return composing.compose_notice(mail)


@job("notices.forget")
def forget() -> None:
    actions.forget()


scheduled("notices.forget", timedelta(days=1))
