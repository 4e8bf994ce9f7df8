"""What follows for examples when posts that they show are erased, and when words are taken out."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.actions.spine import changed, touch
from hub.content.models import GUIDANCE, Item, Post, Revision
from hub.core import clock, search
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer, post_mail
from hub.core.outbox import on
from hub.core.policy import visible
from hub.guidance.models import Guidance

from .models import Example, ExamplePost

GONE = "example_gone"  # the purpose of the mail, and the folder of its templates


@on("archive.erased")
def follow(post_id: int, collection_id: int) -> None:
    """Captions say what posts said: those of erased ones go. Cards say that it is gone; the owners of
    guidance that rests on them are told."""
    shown = select(ExamplePost.example_id).where(ExamplePost.archived_post_id == post_id)
    for example in db.session.scalars(select(Example).where(Example.id.in_(shown)).order_by(Example.id)):
        example.caption, example.earlier_captions, example.edits = "", [], example.edits + 1
        for part in example.shows:
            if part.archived_post_id == post_id:
                part.passages = []
        search.changed(f"example:{example.id}")
        item = example.post.item
        touch(item)
        if item.kind == GUIDANCE:
            _tell_owner(item, example)


def _tell_owner(item: Item, example: Example) -> None:
    page = db.session.scalars(select(Guidance).where(Guidance.item_id == item.id)).one_or_none()
    owner = page.owner if page is not None else None
    if owner is not None:
        key = f"{GONE}:{example.id}:{owner.id}:{clock.now().date()}"
        post_mail(GONE, owner.email, key=key, person_id=owner.id, item_id=item.id)


@composer(GONE)
def tell_that_it_is_gone(mail: Mail) -> Email | None:
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    if person is None or not person.active:
        return None
    seen = select(Item).where(Item.id == mail.payload["item_id"], visible(Item, person.as_actor()))
    item = db.session.scalars(seen.where(Item.withdrawn_at.is_(None))).one_or_none()
    return letter(GONE, locale=person.locale, person=person, item=item) if item is not None else None


@on("words.taken_out")
def show_anew(table: str, ids: Sequence[int]) -> None:
    """Pages on which the words stood are made anew, and what is found of them too."""
    posts = {
        "post": select(Post.id).where(Post.id.in_(ids)),
        "revision": select(Revision.post_id).where(Revision.id.in_(ids)),
        "item": select(Post.id).where(Post.item_id.in_(ids), Post.position == 1),
        "example": select(Example.post_id).where(Example.id.in_(ids)),
    }.get(table)
    if posts is None:
        return
    for post in db.session.scalars(select(Post).where(Post.id.in_(posts)).order_by(Post.id)):
        touch(post.item)
        changed(post.item, post)
    if table == "example":
        search.changed(*(f"example:{example_id}" for example_id in ids))
