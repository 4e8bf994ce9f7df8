"""What guidance shows on pages of other rooms: a button at answers, "this became guidance", its queues."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import Select

from hub.content.models import ANSWER, QUESTION, Item
from hub.core import clock
from hub.core.database import db
from hub.core.desk import ROWS, Act, Queue, Waiting, add_queue
from hub.core.policy import Actor
from hub.core.slots import fills

from .models import Guidance
from .queries import asked_for_review, became, due_for_check, how_many
from .standing import standing


@fills("post.actions")
def _turn_into_guidance(actor: Actor, item: Item, posts: Sequence[Any]) -> Mapping[int, Markup]:
    """To moderators, at every answer: the asker may never come back to accept the good one."""
    if item.kind != QUESTION or not actor.moderates(item.group_id) or item.withdrawn_at is not None:
        return {}
    button = get_template_attribute("guidance/_offers.html", "turn_into_guidance")
    return {
        post.id: button(item, post) for post in posts if post.kind == ANSWER and post.withdrawn_at is None
    }


@fills("item.rail")
def _became_guidance(item: Item) -> Markup | None:
    """On a question: the guidance that grew from it."""
    from hub.core.access import current_actor

    if item.kind != QUESTION:
        return None
    pages = became(current_actor(), item)
    return get_template_attribute("guidance/_offers.html", "became_guidance")(pages) if pages else None


def _rows(statement: Select[tuple[Guidance]]) -> Sequence[Guidance]:
    return db.session.scalars(statement.limit(ROWS)).all()


def _count_reviews(actor: Actor, group_ids: Sequence[int]) -> int:
    return how_many(asked_for_review(actor, group_ids))


def _reviews(actor: Actor, group_ids: Sequence[int]) -> list[Waiting]:
    return [
        Waiting(
            title=page.item.title,
            path=f"{page.item.path}/publication",
            since=page.asked_at or page.item.created_at,
            line=_("Changes of a published page") if page.published_number else _("A new page"),
            group_name=page.item.group.name,
            acts=[
                Act(_("Read and publish"), f"{page.item.path}/publication", link=True),
                Act(_("Give it back"), f"{page.item.path}/publication#return", link=True),
            ],
        )
        for page in _rows(asked_for_review(actor, group_ids))
    ]


def _count_due(actor: Actor, group_ids: Sequence[int]) -> int:
    return how_many(due_for_check(actor, group_ids, clock.now().date()))


def _due(actor: Actor, group_ids: Sequence[int]) -> list[Waiting]:
    today = clock.now().date()
    return [
        Waiting(
            title=page.item.title,
            path=page.item.path,
            since=_since(page, today),
            line=_("Owner: %(name)s", name=page.owner.name) if page.owner else _("It has no owner."),
            group_name=page.item.group.name,
            status=standing(page, today),
            acts=[
                Act(_("Check it"), f"{page.item.path}/check", link=True),
                Act(_("Edit it"), f"{page.item.path}/edit", link=True),
            ],
        )
        for page in _rows(due_for_check(actor, group_ids, today))
    ]


def _since(page: Guidance, today: date) -> datetime | date:
    """Since its day, or since somebody said before it that the page is not to be relied on."""
    if page.review_by is not None and page.review_by <= today:
        return page.review_by
    return page.item.last_activity_at


add_queue(
    Queue(
        key="guidance",
        name=lazy_gettext("Guidance waiting to be published"),
        nothing=lazy_gettext("Nobody has asked for guidance to be published."),
        count=_count_reviews,
        rows=_reviews,
        order=30,
    )
)
add_queue(
    Queue(
        key="checks",
        name=lazy_gettext("Guidance due for a check"),
        nothing=lazy_gettext("All guidance has been checked in time."),
        count=_count_due,
        rows=_due,
        order=40,
    )
)
