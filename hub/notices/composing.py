"""The message that goes out at once, written from what may be seen at that moment."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.content.rules import words_may_be_mailed
from hub.core import clock
from hub.core.addressing import mail_comes_in, signed_address
from hub.core.database import db
from hub.core.language import read_by
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.markup import excerpt, own_words
from hub.core.policy import visible
from hub.core.site import address
from hub.subscriptions.headers import unsubscribing
from hub.subscriptions.hearing import hears_of_post, is_left_in_peace
from hub.subscriptions.queries import own_subscriber_of
from hub.subscriptions.replying import reply_address
from hub.subscriptions.rules import zone_named
from hub.subscriptions.threads import in_thread, subject

from . import wording
from .models import Notice
from .queries import preference_of
from .rules import MAILED, MAILED_WITHIN, is_unread

# What addresses are signed for to which a message is sent by whoever wants no more such mail.
BY_MAIL = "quiet"
# Most answers are whole in it; the rest is a click away.
LONGEST = 1500


def compose_notice(mail: Mail) -> Email | None:
    """None when it is no longer wanted, was read meanwhile, or may no longer be seen."""
    person = db.session.get(
        Person, mail.person_id, options=[selectinload(Person.memberships)], populate_existing=True
    )
    if person is None or not person.active or person.email != mail.to_address:
        return None
    notice = _unread_notice(person, mail.payload["post_id"])
    if notice is None or not _is_wanted(person, notice):
        return None
    stop, replies = stop_link(notice), reply_address(person, notice.post)
    headers = unsubscribing(stop, [_stop_address(notice)])
    open_words = words_may_be_mailed(notice.item)
    with read_by(person.locale, zone_named(person.time_zone)):
        composed = letter(
            "notice",
            locale=person.locale,
            headers=headers | ({"Reply-To": replies} if replies else {}),
            subject=subject(notice.item),
            what=wording.what(notice),
            why=wording.why(notice),
            item=notice.item,
            path=notice.post.path,
            open_words=open_words,
            said=excerpt(own_words(notice.post.html), LONGEST) if open_words else "",
            by_mail=replies is not None,
            stop_link=stop,
        )
        return in_thread(composed, mail.to_address, notice.post)


def _is_wanted(person: Person, notice: Notice) -> bool:
    """By kind, and by what they chose for the group; and no second mail of a post that is mailed at once."""
    preference = MAILED.get(notice.kind)
    if preference is None or not getattr(preference_of(person.id), preference):
        return False
    subscriber = own_subscriber_of(person.id)
    return not (is_left_in_peace(subscriber, notice.item.group_id) or hears_of_post(subscriber, notice.post))


def _unread_notice(person: Person, post_id: int) -> Notice | None:
    """Of what is out: mail cannot be taken back, so also moderators get none of what was withdrawn."""
    return db.session.scalar(
        select(Notice)
        .join(Notice.post)
        .join(Notice.item)
        .join(Item.group)
        .options(contains_eager(Notice.post), contains_eager(Notice.item).contains_eager(Item.group))
        .where(Notice.person_id == person.id, Notice.post_id == post_id)
        .where(visible(Notice, person.as_actor()), is_unread())
        .where(Notice.created_at > clock.now() - MAILED_WITHIN)
        .where(Post.withdrawn_at.is_(None), Item.is_out)
    )


def stop_link(notice: Notice) -> str:
    """Out of such mail, without signing in."""
    return address(f"/mail/notices/{_signer().dumps(notice.token)}")


def _stop_address(notice: Notice) -> str | None:
    """The same by a message; None while no mail comes in."""
    return signed_address(BY_MAIL, notice.token) if mail_comes_in() else None


def token_of(link: str) -> str | None:
    """The notice that a stop link came with; None when it is not one of ours."""
    try:
        token = _signer().loads(link)
    except BadData:
        return None
    return token if isinstance(token, str) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="notices.stop")
