"""The message that goes out at once, written from what may be seen at that moment."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail
from hub.core.markup import excerpt, own_words
from hub.core.policy import visible

from . import wording
from .models import ANSWERED, Notice
from .queries import preference_of
from .rules import MAILED_WITHIN, is_unread

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
    wanted = preference_of(person.id)
    if notice is None or not (wanted.answers if notice.kind == ANSWERED else wanted.mentions):
        return None
    stop = stop_link(notice)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return letter(
        "notice",
        locale=person.locale,
        headers=headers,
        what=wording.what(notice),
        item=notice.item,
        path=f"{notice.item.path}#post-{notice.post.position}",
        said=excerpt(own_words(notice.post.html), LONGEST),
        stop_link=stop,
    )


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
        .where(Post.withdrawn_at.is_(None), Item.withdrawn_at.is_(None), Item.published_at.is_not(None))
    )


def stop_link(notice: Notice) -> str:
    """Out of such mail, without signing in."""
    return f"{current_app.extensions['settings'].address}/mail/notices/{_signer().dumps(notice.token)}"


def token_of(link: str) -> str | None:
    """The notice that a stop link came with; None when it is not one of ours."""
    try:
        token = _signer().loads(link)
    except BadData:
        return None
    return token if isinstance(token, str) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="notices.stop")
