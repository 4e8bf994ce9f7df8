"""Changing an example that stands: its caption (the earlier ones are kept), the order of its posts, and the
passages that it marks."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from hub.archive.masked_text import MaskedText
from hub.archive.masking import mask_of, names_of, public_people
from hub.content.actions.permitting import permit
from hub.core import audit
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor

from .actions import changed
from .highlighting import placed_in
from .models import EarlierCaption, Example, ExamplePost
from .rules import LONGEST_CAPTION


def said_by(example: Example) -> list[MaskedText]:
    """The texts of an example's posts as readers see them; three queries, however many."""
    posts = [part.archived_post for part in example.shows]
    public = public_people({post.collection_id for post in posts})
    names = names_of({post.account_id for post in posts if post.account_id})
    return [
        mask_of(post, part.version, names.get(post.account_id or 0, ()), public[post.collection_id])(
            part.version.text
        )
        for part, post in zip(example.shows, posts, strict=True)
    ]


def edit(
    actor: Actor, example: Example, caption: str, order: Sequence[int], passages: Sequence[Sequence[str]]
) -> None:
    """Save what was changed. order: for each post as they stand, the place it is to have. passages: for each,
    the words to mark. Raises Refused."""
    permit(actor, "example.edit", example)
    caption = caption.strip()
    if not caption or len(caption) > LONGEST_CAPTION:
        raise Refused(_("Say what the example shows, in up to %(most)d characters.", most=LONGEST_CAPTION))
    texts = said_by(example)
    placed = [placed_in(words, [text])[0] for words, text in zip(passages, texts, strict=True)]
    if caption != example.caption:
        example.earlier_captions.append(EarlierCaption(caption=example.caption, person_id=actor.person_id))
        audit.record(
            actor, "example.edit", example, group_id=example.post.item.group_id, caption=example.caption
        )
        example.caption = caption
    for part, places in zip(example.shows, placed, strict=True):
        part.passages = places
    _put_in_order(example, order)
    example.edits += 1
    changed(example)
    db.session.expire(example, ["shows"])


def _put_in_order(example: Example, order: Sequence[int]) -> None:
    """Places count from 1; whoever asks for the same place stays in the order in which they stood."""
    wanted: list[tuple[int, int, ExamplePost]] = sorted(
        (place, part.position, part) for place, part in zip(order, example.shows, strict=True)
    )
    for number, (_place, _was, part) in enumerate(wanted, start=1):
        # Two may not have one place even for a moment: first out of the way, then where they belong.
        part.position = -number
    db.session.flush()
    for number, (_place, _was, part) in enumerate(wanted, start=1):
        part.position = number
