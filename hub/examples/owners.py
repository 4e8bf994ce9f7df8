"""Telling the owners of guidance that an example it rests on is gone, or out of sight."""

from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.models import GUIDANCE, Item
from hub.core import clock
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on
from hub.core.policy import visible
from hub.guidance.models import Guidance

from .models import Example

GONE = "example_gone"  # the purpose of the mail, and the folder of its templates


def tell_owner(example: Example, *, withdrawn: bool = False, but: int | None = None) -> None:
    """withdrawn: it may come back; else what it showed is kept no longer. but: whoever did it knows. Of
    anything but guidance nobody is the owner."""
    item = example.post.item
    if item.kind != GUIDANCE:
        return
    page = db.session.scalars(select(Guidance).where(Guidance.item_id == item.id)).one_or_none()
    owner = page.owner if page is not None else None
    if owner is not None and owner.id != but:
        what = "withdrawn" if withdrawn else "gone"
        key = f"{GONE}:{what}:{example.id}:{owner.id}:{clock.now().date()}"
        about = {"item_id": item.id, "withdrawn": example.id if withdrawn else None}
        post_mail(GONE, owner.email, key=key, person_id=owner.id, **about)


@on("example.withdrawn")
def tell_that_it_is_out_of_sight(example_id: int, person_id: int | None) -> None:
    example = db.session.get(Example, example_id)
    if example is not None and example.withdrawn_at is not None:
        tell_owner(example, withdrawn=True, but=person_id)


@composer(GONE)
def compose(mail: Mail) -> Email | None:
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    if person is None or not person.active:
        return None
    withdrawn = mail.payload.get("withdrawn")
    example = db.session.get(Example, withdrawn) if withdrawn else None
    if withdrawn and (example is None or example.withdrawn_at is None):
        return None  # it is shown again, or was taken off
    seen = select(Item).where(Item.id == mail.payload["item_id"], visible(Item, person.as_actor()))
    item = db.session.scalars(seen.where(Item.withdrawn_at.is_(None))).one_or_none()
    if item is None:
        return None
    return letter(GONE, locale=person.locale, person=person, item=item, withdrawn=bool(withdrawn))
