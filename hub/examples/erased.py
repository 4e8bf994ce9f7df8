"""What follows for examples when posts that they show are erased, and when words are taken out."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.content.actions.spine import changed, touch
from hub.content.models import Post, Revision
from hub.core import search
from hub.core.database import db
from hub.core.outbox import on

from .models import Example, ExamplePost
from .owners import tell_owner


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
        tell_owner(example)


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
