"""Publishing a page, saying that it is still true, that it no longer is, or what takes its place."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.actions import happened, link_items
from hub.content.actions.permitting import acting_person, permit
from hub.content.actions.spine import change_item, changed
from hub.content.models import GUIDANCE, Item
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.outbox import emit
from hub.core.policy import ANYBODY, Actor
from hub.groups.models import Membership
from hub.guidance.models import (
    DOUBTED,
    DUE,
    NEEDS_REVIEW,
    PUBLISHED,
    SUPERSEDED,
    SUPERSEDES,
    Guidance,
)
from hub.guidance.rules import LONGEST_DOUBT, acceptable_review_by

from .pages import hold, show


def publish(
    actor: Actor, item: Item, owner: Person, review_by: date, *, number: int | None = None
) -> Guidance:
    """Let readers see the newest revision, with who answers for it and until when it is to be trusted.

    number: the newest revision that the moderator read; if another was saved since, they are told so. Where
    the group is part-open, anyone reads the page from now on.
    """
    permit(actor, "guidance.publish", item)
    page = hold(item)
    if number is not None and number != page.newest_number:
        raise Refused(_("Somebody edited this page after you opened it. Read what is new, then publish it."))
    _member(owner, item)
    _in_time(review_by)
    first = page.published_number is None
    post = show(item, page.newest_number)
    page.published_number = page.newest_number
    asked_by = page.asked_by_id
    page.asked_number = page.asked_at = page.asked_by_id = page.superseded_by_id = None
    page.owner_id = owner.id
    now = clock.now()
    values = {"state": PUBLISHED, "is_open": True, "last_activity_at": now}
    change_item(item, **(values | {"published_at": now} if first else values))
    _checked(actor, page, review_by)
    record(actor, "guidance.published", item, revision=page.published_number, review_by=review_by.isoformat())
    happened("published" if first else "revised", actor, item, post)
    emit("guidance.published", item_id=item.id, first=first, person_id=asked_by)
    return page


def mark_checked(actor: Actor, item: Item, review_by: date) -> Guidance:
    """Somebody read the page and says that it is true today; it is looked at again by `review_by`."""
    page = hold(item)
    permit(actor, "guidance.check", page)
    _in_time(review_by)
    change_item(item, state=PUBLISHED, last_activity_at=clock.now())
    _checked(actor, page, review_by)
    record(actor, "guidance.checked", item, review_by=review_by.isoformat())
    happened("checked", actor, item)
    changed(item)
    return page


def mark_needs_review(actor: Actor, item: Item, reason: str) -> None:
    """Say on the page that it is no longer to be relied on, and why."""
    page = hold(item)
    permit(actor, "guidance.check", page)
    page.doubt = reason.strip()[:LONGEST_DOUBT]
    stands = Item.state.in_((PUBLISHED, NEEDS_REVIEW))
    if change_item(item, stands, state=NEEDS_REVIEW, last_activity_at=clock.now()):
        record(actor, "guidance.needs_review", item, reason=reason)
        happened(DOUBTED, actor, item)
        emit("guidance.needs_review", item_id=item.id, person_id=page.owner_id, reason=reason)
        changed(item)


def supersede(actor: Actor, item: Item, by: Item) -> None:
    """Another published page takes this one's place; this one stays readable and says so."""
    permit(actor, "guidance.publish", item)
    page = hold(item)
    other = hold(by) if by.kind == GUIDANCE and by.id != item.id else None
    if other is None or other.published_number is None or other.superseded_by_id == item.id:
        raise Refused(_("Only another published guidance page can take the place of this one."))
    page.superseded_by_id = by.id
    change_item(item, state=SUPERSEDED)
    link_items(actor, by, item, SUPERSEDES)
    record(actor, "guidance.superseded", item, by=by.id)
    happened(SUPERSEDED, actor, item)
    emit("guidance.superseded", item_id=item.id, by_item_id=by.id)
    changed(item)


def move_due(today: date) -> int:
    """Published pages whose day has come need review from now on; their owners are told. How many."""
    due = db.session.scalars(
        select(Guidance)
        .join(Item, Item.id == Guidance.item_id)
        .where(Item.state == PUBLISHED, Guidance.review_by <= today)
        .order_by(Guidance.item_id)
    ).all()
    moved = 0
    for page in due:
        if change_item(page.item, Item.state == PUBLISHED, state=NEEDS_REVIEW):
            happened(DUE, ANYBODY, page.item)
            emit("guidance.needs_review", item_id=page.item_id, person_id=page.owner_id, reason="")
            changed(page.item)
            moved += 1
    return moved


def _checked(actor: Actor, page: Guidance, review_by: date) -> None:
    person = acting_person(actor)
    page.checked_at = clock.now()
    page.checked_by_id = person.id
    page.checked_byline = person.byline()
    page.review_by = review_by
    page.doubt = ""


def _member(owner: Person, item: Item) -> None:
    if db.session.get(Membership, (owner.id, item.group_id)) is None:
        raise Refused(_("The owner of a guidance page is a member of its group. Choose somebody who is."))


def _in_time(review_by: date) -> None:
    if not acceptable_review_by(review_by, clock.now().date()):
        raise Refused(_("The next check must be after today and within three years."))
