"""What moderation shows on pages of other rooms, and its own queues on the desk."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import func, select

from hub.archive.models import Collection
from hub.content.models import Item
from hub.core import clock
from hub.core.access import current_actor
from hub.core.database import db
from hub.core.desk import MOST_COUNTED, ROWS, Act, Queue, Waiting, add_queue
from hub.core.kept_mail import withdrawn_there
from hub.core.markup import excerpt
from hub.core.policy import Actor, can
from hub.core.slots import fills
from hub.examples.models import Example

from .kept_mail import withdrawn_since
from .queries import Reported, count_reports, takedowns_of, unanswered, waiting_reports
from .words import WHY

# A question that nobody answered in a week is not answered by waiting: a moderator can ask somebody.
UNANSWERED_AFTER = timedelta(days=7)

withdrawn_there(withdrawn_since)


@fills("collection.next")
def _takedowns_asked(collection: Collection) -> Markup | None:
    """Keepers decide too, and need not moderate anything: they find it where they keep the posts."""
    waiting = takedowns_of(current_actor(), collection)
    return Markup("").join(
        Markup('<li><a href="/desk/reports/{}">{}</a></li>').format(
            one.token, _("Decide whether an example is taken down")
        )
        for one in waiting
    )


@fills("frame.menu")
def _desk_in_the_menu() -> Markup | None:
    if not can(current_actor(), "desk.read"):
        return None
    return Markup('<li><a href="/desk">{}</a></li>').format(_("Your desk"))


@fills("post.actions")
def _withdraw_a_post(actor: Actor, item: Item, posts: Sequence[Any]) -> Mapping[int, Markup]:
    """To moderators, at every post but the opening one, which goes with its item."""
    if not actor.moderates(item.group_id):
        return {}
    button = get_template_attribute("moderation/_offers.html", "withdraw_post")
    return {post.id: button(item, post) for post in posts if post.position > 1}


@fills("item.rail")
def _withdraw_an_item(item: Item) -> Markup | None:
    """To moderators: out of sight, with everything in it."""
    if not current_actor().moderates(item.group_id):
        return None
    return get_template_attribute("moderation/_offers.html", "withdraw_item")(item)


@fills("evidence.rail")
def _withdraw_an_example(example: Example) -> Markup | None:
    """To moderators: out of sight wherever it stands."""
    if not current_actor().moderates(example.post.item.group_id):
        return None
    return get_template_attribute("moderation/_offers.html", "withdraw_example")(example)


def _reports(actor: Actor, group_ids: Sequence[int]) -> list[Waiting]:
    return [_reported(row) for row in waiting_reports(actor, group_ids)]


def _reported(row: Reported) -> Waiting:
    made = row.report
    place = f"/desk/reports/{made.token}"
    withdraw = []
    if made.subject is not None:
        words, value = (_("Put back"), "0") if made.withdrawn else (_("Withdraw now"), "1")
        withdraw = [Act(words, f"{place}/withdrawal", {"withdraw": value}, danger=not made.withdrawn)]
    said = excerpt(made.text, 160) if made.text else ""
    more = ngettext("%(num)s report", "%(num)s reports", row.number)
    return Waiting(
        title=_title(made),
        path=place,
        since=made.created_at,
        line=". ".join(filter(None, (str(WHY[made.why]), said))),
        group_name=" · ".join(filter(None, (made.group.name if made.group else _("In no group"), more))),
        status=("overdue", _("Out of sight")) if made.withdrawn else None,
        acts=[*withdraw, Act(_("Decide"), place, link=True)],
    )


def _title(made: Any) -> str:
    if made.post is not None and made.item is not None:
        name = made.post.byline.get("name", "")
        return _("%(name)s's post in “%(title)s”", name=name, title=made.item.title)
    if made.item is not None:
        return str(made.item.title)
    if made.example is not None:
        return _("An example in “%(title)s”", title=made.example.post.item.title)
    return str(made.person.name) if made.person is not None else str(made.about or _("No address"))


def _count_unanswered(actor: Actor, group_ids: Sequence[int]) -> int:
    statement = unanswered(actor, group_ids, clock.now() - UNANSWERED_AFTER)
    ids = statement.with_only_columns(Item.id).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def _unanswered(actor: Actor, group_ids: Sequence[int]) -> list[Waiting]:
    statement = unanswered(actor, group_ids, clock.now() - UNANSWERED_AFTER)
    items = db.session.scalars(statement.order_by(Item.published_at, Item.id).limit(ROWS)).all()
    return [
        Waiting(
            title=item.title,
            path=item.path,
            since=item.published_at or item.created_at,
            line=item.summary,
            group_name=item.group.name,
            acts=[Act(_("Answer it"), f"{item.path}#answer", link=True)],
        )
        for item in items
    ]


add_queue(
    Queue(
        key="reports",
        name=lazy_gettext("Reported"),
        nothing=lazy_gettext("Nothing has been reported."),
        count=count_reports,
        rows=_reports,
        order=10,
    )
)
add_queue(
    Queue(
        key="unanswered",
        name=lazy_gettext("Unanswered for a week"),
        nothing=lazy_gettext("Every question of last week and before has an answer."),
        count=_count_unanswered,
        rows=_unanswered,
        order=50,
    )
)
