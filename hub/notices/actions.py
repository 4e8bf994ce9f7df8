"""Telling people, and what they do with what they were told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.accounts.models import Person
from hub.content.models import Activity, Item, Post, Watch
from hub.core import clock
from hub.core.addressees import closed_to_lists
from hub.core.addressing import mail_comes_in
from hub.core.database import db, new_token
from hub.core.mail import post_mail
from hub.core.policy import Actor, visible
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.models import AT_ONCE, EVERYTHING, NEVER, Subscriber, Subscription

from .models import ACCEPTED, ANSWERED, MENTIONED, POSTED, Notice, NoticePreference
from .rules import KEPT, MAILED, is_unread

PURPOSE = "notice"

# A statement has a bound on its parameters; an item may have more watchers.
A_PIECE = 500


def tell_of_activity(activity: Activity, item: Item, post: Post) -> None:
    """Something was written, or accepted: tell those whom it concerns."""
    if activity.kind == "accepted":
        if post.author_id is not None and post.author_id != activity.person_id:
            _tell([post.author_id], ACCEPTED, item, post, activity.happened_at)
        return
    watchers = set(db.session.scalars(select(Watch.person_id).where(Watch.item_id == item.id)))
    watchers.discard(activity.person_id or 0)
    asker = {item.author_id} & watchers if activity.kind == "answered" else set()
    _tell(asker, ANSWERED, item, post, post.created_at)
    _tell(watchers - asker, POSTED, item, post, post.created_at)


def tell_of_mention(person_ids: Collection[int], post: Post) -> None:
    """A post mentions people."""
    _tell(person_ids, MENTIONED, post.item, post, post.edited_at or post.created_at)


def _tell(person_ids: Collection[int | None], kind: str, item: Item, post: Post, at: datetime) -> None:
    """Write the notices, each once: an answer to one's question counts for more than a mention, and that for
    more than what one watches."""
    people = sorted(person_id for person_id in person_ids if person_id is not None)
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    for first in range(0, len(people), A_PIECE):
        some = people[first : first + A_PIECE]
        insert = dialect.insert(Notice).values(
            [
                {
                    "token": new_token(),
                    "person_id": person_id,
                    "item_id": item.id,
                    "post_id": post.id,
                    "kind": kind,
                    "created_at": at,
                }
                for person_id in some
            ]
        )
        said = insert.excluded.kind
        better = case(
            (said == ANSWERED, ANSWERED),
            ((Notice.kind == POSTED) & (said == MENTIONED), MENTIONED),
            else_=Notice.kind,
        )
        db.session.execute(
            insert.on_conflict_do_update(index_elements=["person_id", "post_id"], set_={"kind": better})
        )
        if kind in MAILED:
            _mail(some, kind, post)


def _mail(person_ids: Collection[int], kind: str, post: Post) -> None:
    """Queue mail to those who may want it; whether they do is asked again when it is composed."""
    wanted = getattr(NoticePreference, MAILED[kind])
    chosen = and_(
        Subscription.subscriber_id == Subscriber.id,
        Subscription.group_id == post.item.group_id,
        Subscription.told == EVERYTHING,
    )
    statement = (
        select(Person)
        .outerjoin(NoticePreference, NoticePreference.person_id == Person.id)
        .outerjoin(Subscriber, Subscriber.person_id == Person.id)
        .outerjoin(Subscription, chosen)
        .where(Person.id.in_(person_ids), Person.active)
        .where(or_(wanted.is_(None), wanted))
        .where(or_(Subscription.frequency.is_(None), Subscription.frequency.not_in((NEVER, AT_ONCE))))
    )
    people = db.session.scalars(statement).all()
    closed = closed_to_lists(person.email for person in people)
    for person in (one for one in people if one.email.strip().lower() not in closed):
        if mail_comes_in():
            own_subscriber(person)  # whose token signs the address for a reply
        post_mail(
            PURPOSE,
            person.email,
            key=f"notice:{person.id}:{post.id}",
            person_id=person.id,
            post_id=post.id,
        )


def mark_read(actor: Actor, notice: Notice) -> None:
    """This one was read. Twice is once."""
    db.session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.person_id == actor.person_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )


def mark_all_read(actor: Actor) -> None:
    """All that one can see was read. What is dark stays as it is: it may be seen again."""
    unread = select(Notice.id).where(visible(Notice, actor), is_unread())
    db.session.execute(
        update(Notice)
        .where(Notice.id.in_(unread))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def choose_mail(person_id: int, *, answers: bool, mentions: bool, watched: bool) -> None:
    """What one wants by e-mail at once."""
    wanted = {"answers": answers, "mentions": mentions, "watched": watched}
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(NoticePreference).values(person_id=person_id, **wanted)
    db.session.execute(insert.on_conflict_do_update(index_elements=["person_id"], set_=wanted))


def stop_mail(notice: Notice) -> None:
    """No more mail of its kind, for whoever was told: they have the link or the address that came with it."""
    choose_mail(notice.person_id, answers=False, mentions=False, watched=False)


def forget() -> None:
    """Forget old notices."""
    db.session.execute(
        delete(Notice)
        .where(Notice.created_at < clock.now() - KEPT)
        .execution_options(synchronize_session=False)
    )
