"""Telling those whose examples are shown elsewhere too."""

from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.models import Item
from hub.core import clock
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on
from hub.core.policy import visible

from . import erased, owners

# Importing registers.
__all__ = ["compose", "erased", "owners", "tell_whose_example_it_is"]

BROUGHT = "example_brought"  # the purpose of the mail, and the folder of its templates


@on("example.brought")
def tell_whose_example_it_is(item_id: int, person_id: int) -> None:
    """Whoever attached it learns where it is shown as well, and that they may take it off."""
    person = db.session.get(Person, person_id)
    if person is not None:
        key = f"{BROUGHT}:{item_id}:{person.id}:{clock.now().isoformat()}"
        post_mail(BROUGHT, person.email, key=key, person_id=person.id, item_id=item_id)


@composer(BROUGHT)
def compose(mail: Mail) -> Email | None:
    """Nothing for somebody who has left, or who no longer sees the page."""
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
    return letter(BROUGHT, locale=person.locale, person=person, item=item)
