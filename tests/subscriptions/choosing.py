"""What these tests say often, in a word each."""

import re

from sqlalchemy import select

from hub.core.database import db
from hub.subscriptions import links
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.subjects import subject_of


def link_in_mail(folder, part: str, number: int = 0) -> str:
    """The path of a link in the plain text of a message that was sent."""
    text = folder.messages()[number][1].get_body(("plain",)).get_content()
    return re.search(rf"http://localhost(/mail/{part}/\S+)", text).group(1)


def frequencies() -> dict[str, str]:
    """Everything that anybody chose, by the codes of subjects."""
    db.session.rollback()
    rows = db.session.scalars(select(Subscription).execution_options(populate_existing=True))
    return {subject_of(row).code: row.frequency for row in rows}


def choices_path(subscriber: Subscriber) -> str:
    return links.choices_link(subscriber.token).removeprefix("http://localhost")


def leave_path(subscriber: Subscriber) -> str:
    return links.leave_link(subscriber.token).removeprefix("http://localhost")


def due() -> dict[str, str]:
    """When each subscription is due next, in UTC, by the codes of subjects."""
    db.session.rollback()
    rows = db.session.scalars(select(Subscription).execution_options(populate_existing=True))
    return {subject_of(row).code: f"{row.next_due_at:%d %b %H:%M}" if row.next_due_at else "" for row in rows}
