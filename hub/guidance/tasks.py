"""What time does to guidance, and telling those whom a change concerns."""

from datetime import timedelta

from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on
from hub.core.policy import visible

from .actions.publishing import move_due

# Days begin at midnight; an hour's delay is nothing to a page that was true for a year.
OFTEN = timedelta(hours=1)

# Purposes of mail; each is a folder of templates.
DUE, RETURNED, PUBLISHED, DERIVED = (
    "guidance_due",
    "guidance_returned",
    "guidance_published",
    "guidance_derived",
)


@job("guidance.due")
def notice_due() -> None:
    move_due(clock.now().date())


scheduled("guidance.due", OFTEN)


@on("guidance.needs_review")
def ask_owner(item_id: int, person_id: int | None, reason: str) -> None:
    """The owner is asked to look at the page again."""
    _post(DUE, item_id, person_id, reason)


@on("guidance.returned")
def tell_why_not(item_id: int, person_id: int | None, reason: str) -> None:
    """Whoever asked for the page to be published is told what is missing."""
    _post(RETURNED, item_id, person_id, reason)


@on("guidance.published")
def tell_that_it_is(item_id: int, first: bool, person_id: int | None) -> None:
    """Whoever asked for it is told that it is published."""
    _post(PUBLISHED, item_id, person_id)


@on("guidance.derived")
def tell_whose_words_it_has(item_id: int, question_id: int, post_id: int) -> None:
    """Whose answer a page begins with may help to write it, and learns that they are named."""
    answer = db.session.get(Post, post_id)
    item = db.session.get(Item, item_id)
    if answer is not None and item is not None and answer.author_id != item.author_id:
        _post(DERIVED, item_id, answer.author_id)


def _post(purpose: str, item_id: int, person_id: int | None, reason: str = "") -> None:
    person = db.session.get(Person, person_id) if person_id else None
    if person is not None:
        key = f"{purpose}:{item_id}:{person.id}:{clock.now().isoformat()}"
        post_mail(purpose, person.email, key=key, person_id=person.id, item_id=item_id, reason=reason)


@composer(DUE)
@composer(RETURNED)
@composer(PUBLISHED)
@composer(DERIVED)
def compose(mail: Mail) -> Email | None:
    """Nothing for somebody who has left, or who no longer sees the page; and, since mail cannot be taken
    back, nothing of a page that was withdrawn."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    if person is None or not person.active:
        return None
    item = db.session.scalars(
        select(Item)
        .where(Item.id == mail.payload["item_id"], Item.withdrawn_at.is_(None))
        .where(visible(Item, person.as_actor()))
    ).one_or_none()
    if item is None:
        return None
    return letter(
        mail.purpose, locale=person.locale, person=person, item=item, reason=mail.payload.get("reason", "")
    )
