"""What keepers and the approver of the sample collection do with its posts, through the rooms' own actions:
classes, a hold, what leaves and what waits, and the first signed checkpoint. Each once."""

from datetime import date, datetime

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.archive.keeping.approver import name_approver
from hub.archive.models import ArchivedPost, Collection
from hub.archive.proof import checkpoints, sealing
from hub.archive.retention import holds, reviewing, schedules
from hub.archive.retention.choosing import Chosen, chosen
from hub.archive.retention.models import Hold
from hub.archive.retention.tasks import tell_of_hold
from hub.content.models import Item, Post
from hub.content.queries import opening_post
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor
from hub.examples.approved import attach_or_ask
from hub.examples.queries import chosen as chosen_examples
from hub.groups.models import Group

from . import shapes
from .reading import CONTENT

# No sample post was edited as often.
MOST_VERSIONS = 5


def found_keeping(
    founding: shapes.Founding, wanted: shapes.Collection, post_ids: dict[str, str], now: datetime
) -> None:
    """Do whatever of it is not done yet. post_ids: the platforms' ids of posts by their keys."""
    collection_id = db.session.scalars(
        select(Collection.id).where(Collection.is_sample, Collection.name == wanted.name)
    ).one()
    if wanted.schedule is not None:
        with clock.at(wanted.schedule.when.seen_from(now)), unit_of_work() as session:
            _schedule(session.get_one(Collection, collection_id), wanted.schedule)
    for hold in wanted.holds:
        with clock.at(hold.when.seen_from(now)):
            _hold(collection_id, hold)
    if wanted.approver is not None:
        with clock.at(wanted.approver.when.seen_from(now)), unit_of_work() as session:
            _approver(session.get_one(Collection, collection_id), wanted.approver)
    for asked in wanted.asked:
        with clock.at(asked.when.seen_from(now)):
            approval_id = _ask(founding, collection_id, asked, post_ids[asked.post])
        if approval_id and asked.decided is not None and wanted.approver is not None:
            with clock.at(asked.decided.seen_from(now)):
                _decide(approval_id, wanted.approver.handle, asked.reason)
    sealing.seal(collection_id)
    if checkpoints.last_of(collection_id) is None:
        db.session.rollback()
        checkpoints.make(collection_id)


def _schedule(collection: Collection, wanted: shapes.Schedule) -> None:
    if schedules.current(collection, wanted.name) is not None:
        return
    actor = _actor(wanted.by)
    draft = schedules.begin_draft(
        collection,
        wanted.name,
        version=wanted.version,
        file_name=wanted.file,
        data=(CONTENT / wanted.file).read_bytes(),
    )
    schedules.load_draft(actor, draft)
    for each in wanted.classes:
        posts = _of_days(actor, collection, each.since, each.until)
        reviewing.set_class(actor, collection, each.reference, None, posts)


def _hold(collection_id: int, wanted: shapes.Hold) -> None:
    placed = select(Hold.id).where(Hold.collection_id == collection_id, Hold.name == wanted.name)
    if db.session.scalar(placed) is not None:
        return
    with unit_of_work() as session:
        collection, actor = session.get_one(Collection, collection_id), _actor(wanted.by)
        posts = _of_days(actor, collection, wanted.since, wanted.until)
        hold_id = holds.place(actor, collection, wanted.name, wanted.reason, posts).id
    # As the worker would at once: what the posts' histories tell has its own day.
    tell_of_hold(hold_id)


def _of_days(actor: Actor, collection: Collection, since: date | None, until: date | None) -> Chosen | None:
    """What a search for these days finds; None: everything."""
    days = {"from": since, "to": until}
    return chosen(actor, collection, {name: day.isoformat() for name, day in days.items() if day})


def _approver(collection: Collection, wanted: shapes.Approver) -> None:
    if collection.approver is None:
        name_approver(_actor(wanted.by), collection, wanted.handle)


def _ask(founding: shapes.Founding, collection_id: int, asked: shapes.Asked, platform_id: str) -> int | None:
    """Ask for a post to be shown; which approval waits for its decision, if one does."""
    with unit_of_work() as session:
        earlier = session.scalars(select(Approval).where(Approval.collection_id == collection_id))
        found = next((each for each in earlier if each.details.get("caption") == asked.caption), None)
        if found is None:
            post = _opening(founding, asked.item)
            found = _show(asked, collection_id, platform_id, post)
        return found.id if found.waiting else None


def _decide(approval_id: int, approver: str, reason: str) -> None:
    with unit_of_work() as session:
        decide(_actor(approver), session.get_one(Approval, approval_id), approve=True, reason=reason)


def _show(asked: shapes.Asked, collection_id: int, platform_id: str, post: Post) -> Approval:
    """The archived post's last version, to be shown under a post."""
    named = (ArchivedPost.collection_id == collection_id, ArchivedPost.platform_id == platform_id)
    token = db.session.scalars(select(ArchivedPost.token).where(*named)).one()
    actor, refs = _actor(asked.by), [f"{token}.{number}" for number in range(1, MOST_VERSIONS + 1)]
    last = max(chosen_examples(actor, refs), key=lambda choice: choice.number)
    made = attach_or_ask(actor, post, [last], asked.caption, asked.passages)
    if not isinstance(made, Approval):
        raise RuntimeError(f"{asked.caption}: was attached without being asked for")
    return made


def _opening(founding: shapes.Founding, address: str) -> Post:
    wanted = next(item for item in founding.items if item.address == address)
    in_group = select(Item).join(Group).where(Group.slug == wanted.group, Item.title == wanted.title)
    return opening_post(db.session.scalars(in_group).one())


def _actor(handle: str) -> Actor:
    return db.session.scalars(select(Person).where(Person.handle == handle)).one().as_actor()
