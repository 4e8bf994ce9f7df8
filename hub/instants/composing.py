"""One post as a message, written from what its reader may see at that moment."""

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Person
from hub.content.files.shown import files_of
from hub.content.models import Activity, Item, Mention, Post, Revision
from hub.content.rules import words_may_be_mailed
from hub.core import clock
from hub.core.database import db
from hub.core.language import read_by
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.markup import mail_html, mail_text
from hub.core.pages import moment_with_zone
from hub.core.policy import Actor
from hub.core.site import address
from hub.examples import mail_wording
from hub.examples.mailed import ShownExample, is_out, shown_in_mail
from hub.examples.models import Example
from hub.subscriptions import links as mail_links
from hub.subscriptions.headers import ways_out
from hub.subscriptions.hearing import heard_through
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.replying import reply_address
from hub.subscriptions.rules import is_away, zone_named
from hub.subscriptions.threads import in_thread, subject

from . import wording
from .links import stop_link
from .rules import REVISED, TOLD_WITHIN, may_be_told
from .telling import keep_that_it_is_told

# With its post, more would be cut by mail programs; the rest is on the page.
MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Told:
    """What a message tells, to whom, by which of their choices."""

    subscriber: Subscriber
    subscription: Subscription
    activity: Activity
    item: Item
    post: Post
    actor: Actor

    @property
    def version(self) -> str:
        """Guidance is one post, told again each time it is published."""
        return f"revised:{self.activity.id}" if self.activity.kind == REVISED else ""


def compose_instant(mail: Mail) -> Email | None:
    """None when it is no longer wanted, may no longer be seen, or is a digest's to tell by now."""
    subscriber = db.session.get(
        Subscriber,
        mail.payload["subscriber_id"],
        options=[joinedload(Subscriber.person).selectinload(Person.memberships)],
        populate_existing=True,
    )
    if subscriber is None or not subscriber.may_be_mailed or subscriber.sent_to != mail.to_address:
        return None
    if is_away(subscriber, clock.now()):
        return None
    told = _told(subscriber, mail.payload["activity_id"])
    if told is None:
        return None
    locale = subscriber.locale
    with read_by(locale, zone_named(subscriber.zone)):
        composed = letter("instant", locale=locale, headers=_headers(told), **_words(told))
        composed = in_thread(composed, mail.to_address, told.post, told.version)
    return replace(composed, begun=partial(keep_that_it_is_told, mail.id))


def _told(subscriber: Subscriber, activity_id: int) -> Told | None:
    actor = subscriber.as_actor()
    row = db.session.execute(
        select(Activity, Item, Post)
        .join(Item, Item.id == Activity.item_id)
        .join(Post, Post.id == Activity.post_id)
        .where(Activity.id == activity_id, may_be_told(actor))
        .where(Activity.happened_at > clock.now() - TOLD_WITHIN)
        .options(selectinload(Item.topics))
    ).one_or_none()
    if row is None:
        return None
    activity, item, post = row
    for subscription in heard_through(subscriber, item):
        # What a digest has covered meanwhile it tells itself.
        if subscription.chosen_at <= activity.happened_at and subscription.last_number < activity.number:
            return Told(subscriber, subscription, activity, item, post, actor)
    return None


def _headers(told: Told) -> dict[str, str]:
    """Which list this is, how to leave it, and where a reply goes."""
    headers = {
        "List-Id": f"<{wording.list_name(told.subscription)}.{urlsplit(address()).hostname}>",
        "List-Archive": f"<{address(told.item.group.path)}>",
        **ways_out(stop_link(told.subscription), told.subscription),
        "Precedence": "list",
    }
    if (replies := reply_address(told.subscriber.person, told.post)) is not None:
        headers["Reply-To"] = replies
    return headers


def _words(told: Told) -> dict[str, object]:
    page = address(told.post.path)
    open_words = words_may_be_mailed(told.item)
    whole = open_words and told.activity.kind != REVISED
    examples = _examples(told) if whole else []
    return {
        "subject": subject(told.item),
        "item": told.item,
        "group": told.item.group,
        "what": wording.what(told.activity, told.item, told.post, _concern(told)),
        "when": moment_with_zone(told.activity.happened_at),
        "applies": wording.applies(told.item) if told.post.position == 1 else "",
        "page": page,
        "open_words": open_words,
        "whole": whole,
        "post_html": mail_html(told.post.html, page) if whole else "",
        "post_text": mail_text(told.post.html, page) if whole else "",
        "files": files_of([told.post], told.item.path).get(told.post.id, ()) if open_words else (),
        "note": _note(told) if open_words else "",
        "examples": examples,
        "words": mail_wording,
        "press": wording.press(told.item, told.subscriber.person is not None),
        "by_mail": reply_address(told.subscriber.person, told.post) is not None,
        "chosen": wording.chosen(told.subscription),
        "choices_link": mail_links.choices_link(told.subscriber.token),
        "stop_link": stop_link(told.subscription),
    }


def _concern(told: Told) -> str:
    """Why it concerns the reader in particular, if it does."""
    person_id = told.subscriber.person_id
    if person_id is None:
        return ""
    if told.activity.kind == "answered" and told.item.author_id == person_id:
        return wording.YOUR_QUESTION
    mention = select(Mention.post_id).where(Mention.post_id == told.post.id, Mention.person_id == person_id)
    return wording.MENTIONED if db.session.scalar(mention) is not None else ""


def _note(told: Told) -> str:
    """What whoever revised the page says about it."""
    if told.activity.kind != REVISED:
        return ""
    note = db.session.scalar(
        select(Revision.note).where(
            Revision.post_id == told.post.id, Revision.number == told.post.revision_number
        )
    )
    return note or ""


def _examples(told: Told) -> list[ShownExample]:
    ids = db.session.scalars(
        select(Example.id)
        .where(Example.post_id == told.post.id, is_out(told.actor))
        .order_by(Example.position, Example.id)
        .limit(MOST_EXAMPLES)
    ).all()
    shown = shown_in_mail(ids)
    return [shown[example_id] for example_id in ids if example_id in shown]
