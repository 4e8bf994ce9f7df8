"""Attaching, detaching, withdrawing. Actor first; nothing commits here."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.archive.leaving import may_leave
from hub.archive.models import ATTACHED, DETACHED, RESTORED, WITHDRAWN
from hub.content.actions.permitting import permit
from hub.content.actions.spine import happened, happened_again, touch
from hub.content.models import Post
from hub.core import audit, clock, search
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.outbox import emit
from hub.core.policy import Actor

from .bringing import brought_from
from .highlighting import placed_in
from .histories import into_history
from .models import ATTACHED_AGAIN, TOLD_ATTACHED, Example, ExamplePost
from .queries import Choice
from .rules import LONGEST_CAPTION, MOST_POSTS


def attach(
    actor: Actor,
    post: Post,
    choices: Sequence[Choice],
    caption: str,
    passages: Sequence[str] = (),
    *,
    approved: bool = False,
) -> Example:
    """Show archived posts under a post, with a caption saying what they show.

    choices: from `queries.choices` or `queries.chosen`, so what the actor keeps. passages: words of theirs to
    mark, as readers see them. approved: a second person, or the approver of their collection, has agreed
    (see `approved`). Raises Refused.
    """
    permit(actor, "example.attach", post)
    caption = caption.strip()
    if not choices:
        raise Refused(_("Choose at least one archived post to attach."))
    if len(choices) > MOST_POSTS:
        raise Refused(
            _("One example shows up to %(most)d posts. Attach the others as another.", most=MOST_POSTS)
        )
    if not caption or len(caption) > LONGEST_CAPTION:
        raise Refused(_("Say what the example shows, in up to %(most)d characters.", most=LONGEST_CAPTION))
    if any(choice.post.collection.sealed for choice in choices):
        raise Refused(_("What a sealed collection holds is never shown to others. Nothing was attached."))
    if not approved and not all(may_leave(actor, choice.post.collection) for choice in choices):
        raise Refused(_("Nothing leaves this collection without its approver. Nothing was attached."))
    if not approved and any(choice.needs_two for choice in choices):
        raise Refused(
            _("A private person has deleted this post: a second person has to agree. Nothing was attached.")
        )
    placed = placed_in(passages, [choice.said for choice in choices])
    last = select(func.coalesce(func.max(Example.position), 0)).where(Example.post_id == post.id)
    example = Example(
        post=post, position=db.session.scalar(last) + 1, caption=caption, person_id=actor.person_id
    )
    for position, choice in enumerate(choices, start=1):
        example.shows.append(
            ExamplePost(
                position=position,
                archived_post_id=choice.post.id,
                version_id=choice.version.id,
                passages=placed[position - 1],
                agreed=approved and choice.needs_two,
            )
        )
    db.session.add(example)
    db.session.flush()
    audit.record(
        actor,
        "example.attach",
        example,
        group_id=post.item.group_id,
        posts=[choice.post.id for choice in choices],
    )
    into_history(actor, example, ATTACHED)
    changed(example)
    # An activity names the post. The same instant says which of its examples it tells of.
    example.attached_at = happened(TOLD_ATTACHED, actor, post.item, post).happened_at
    return example


def detach(actor: Actor, example: Example) -> None:
    """Take an example away. The archived posts stay where they are kept."""
    permit(actor, "example.detach", example)
    item = example.post.item
    audit.record(actor, "example.detach", example, group_id=item.group_id, caption=example.caption)
    into_history(actor, example, DETACHED)
    search.changed(f"example:{example.id}")
    db.session.delete(example)
    db.session.flush()
    touch(item)


def withdraw(actor: Actor, example: Example, reason: str = "") -> None:
    """Out of sight at once, until it is decided; reversible."""
    _set_withdrawn(actor, example, reason, withdrawn=True)


def restore(actor: Actor, example: Example, reason: str = "") -> None:
    """Shown again."""
    _set_withdrawn(actor, example, reason, withdrawn=False)


def _set_withdrawn(actor: Actor, example: Example, reason: str, *, withdrawn: bool) -> None:
    permit(actor, "example.moderate", example)
    set_withdrawn(actor, example, reason, withdrawn=withdrawn)


def set_withdrawn(actor: Actor, example: Example, reason: str, *, withdrawn: bool) -> None:
    """Out of sight, or shown again, where a room above has judged that it may be: a request by whoever is
    shown in it, and what was decided about that."""
    since = example.withdrawn_at
    if (since is not None) == withdrawn:
        return
    now = clock.now() if withdrawn else None
    # What was brought along from it goes with it, and comes back unless it was withdrawn for itself.
    together = [example, *(one for one in brought_from(example) if one.withdrawn_at == since)]
    verb = "example.withdraw" if withdrawn else "example.restore"
    for one in together:
        one.withdrawn_at = now
        audit.record(actor, verb, one, group_id=one.post.item.group_id, reason=reason)
        into_history(actor, one, WITHDRAWN if withdrawn else RESTORED)
        if withdrawn:
            emit("example.withdrawn", example_id=one.id, person_id=actor.person_id)
        else:  # whoever was not told of it meanwhile is told now
            happened_again(ATTACHED_AGAIN, actor, one.post.item, one.post, one.attached_at)
        changed(one)


def changed(example: Example) -> None:
    """What it shows is another: on its page, in what is kept of its cards, and in the index."""
    db.session.flush()
    touch(example.post.item)
    search.changed(f"example:{example.id}")
