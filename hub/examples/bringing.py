"""Examples come along when an answer becomes guidance: the same posts, in the same versions."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.archive.leaving import may_leave
from hub.archive.models import ATTACHED
from hub.content.actions.permitting import permit
from hub.content.actions.spine import happened, touch
from hub.content.models import OPENING, Item, Link, Post
from hub.content.queries import opening_post
from hub.content.rules import is_open_to_all
from hub.core import audit, search
from hub.core.database import db
from hub.core.outbox import emit
from hub.core.policy import Actor, visible
from hub.groups.models import PART_OPEN
from hub.guidance.models import BECAME

from .cards import with_all_that_cards_show
from .histories import into_history
from .models import Example, ExamplePost


def read_by_more(question: Item) -> bool:
    """Whether guidance of the question's group is read by people who cannot read the question."""
    return question.group.visibility == PART_OPEN and not is_open_to_all(question)


def bringable(actor: Actor, answer: Post) -> list[Example]:
    """The examples under an answer and its question, in the order of reading; none that is withdrawn."""
    found = list(
        db.session.scalars(
            select(Example)
            .join(Example.post)
            .where(
                Post.item_id == answer.item_id,
                (Post.id == answer.id) | (Post.kind == OPENING),
                Post.withdrawn_at.is_(None),
                Example.withdrawn_at.is_(None),
                visible(Example, actor),
            )
            .order_by(Post.position, Example.position, Example.id)
            .options(*with_all_that_cards_show())
        )
    )
    # The approver agreed to those who read it then: not to more.
    return [one for one in found if not read_by_more(answer.item) or _may_be_opened(actor, one)]


def _may_be_opened(actor: Actor, example: Example) -> bool:
    return all(may_leave(actor, part.archived_post.collection) for part in example.shows)


def bring_along(actor: Actor, answer: Post, page: Item, tokens: Sequence[str]) -> list[Example]:
    """Show the named examples of an answer and its question on the page that grew from it as well.

    They stay the acts of whoever attached them, who may take them off and is told. Tokens that name nothing
    of the kind are left out, and so is what the page shows already.
    """
    permit(actor, "guidance.derive", answer)
    post = opening_post(page)
    permit(actor, "example.attach", post)
    there = db.session.scalars(
        select(Example).where(Example.post_id == post.id).order_by(Example.position, Example.id)
    ).all()
    shown = {_what_it_shows(example) for example in there}
    wanted = [example for example in bringable(actor, answer) if example.token in tokens]
    brought = [
        _bring(actor, example, post, position, answer.item)
        for position, example in enumerate(
            (example for example in wanted if _what_it_shows(example) not in shown),
            start=max((example.position for example in there), default=0) + 1,
        )
    ]
    if brought:
        touch(page)
        for person_id in sorted({one.person_id for one in brought if one.person_id} - {actor.person_id}):
            emit("example.brought", item_id=page.id, person_id=person_id)
    return brought


def _bring(actor: Actor, example: Example, post: Post, position: int, question: Item) -> Example:
    made = Example(post=post, position=position, caption=example.caption, person_id=example.person_id)
    made.shows = [
        ExamplePost(
            position=part.position,
            archived_post_id=part.archived_post_id,
            version_id=part.version_id,
            passages=part.passages,
            # Whoever agreed that it is shown agreed for those who read the question.
            agreed=part.agreed and not read_by_more(question),
        )
        for part in example.shows
    ]
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor,
        "example.bring",
        made,
        group_id=post.item.group_id,
        example=example.id,
        posts=[part.archived_post_id for part in example.shows],
        read_by_more=read_by_more(question),
    )
    into_history(actor, made, ATTACHED)
    search.changed(f"example:{made.id}")
    made.attached_at = happened("attached", actor, post.item, post).happened_at
    return made


def _what_it_shows(example: Example) -> tuple[str, tuple[int, ...]]:
    return example.caption, tuple(part.version_id for part in example.shows)


def brought_from(example: Example) -> list[Example]:
    """What was brought along from an example, on pages that grew from where it stands: the same posts in the
    same versions, whatever their captions say by now."""
    grown = select(Link.to_item_id).where(Link.from_item_id == example.post.item_id, Link.kind == BECAME)
    shown = {part.version_id for part in example.shows}
    alike = select(ExamplePost.example_id).where(ExamplePost.version_id.in_(shown))
    found = db.session.scalars(
        select(Example)
        .join(Example.post)
        .where(Post.item_id.in_(grown), Example.id.in_(alike))
        .order_by(Example.id)
    )
    return [one for one in found if {part.version_id for part in one.shows} == shown]
