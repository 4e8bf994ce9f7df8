"""What is back that was out of sight: a post that was withdrawn and restored, an example shown again.

While it was out of sight, windows passed it by. That it is back is an activity of its own; with it a digest
tells whatever of it this reader was not told then, and nothing that they were.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from hub.content.models import SHOWN, Activity
from hub.core import clock
from hub.core.mail import KEPT
from hub.examples.models import ATTACHED_AGAIN

from .happenings import Happening
from .ranges import BACK, OF_EXAMPLES

# What was told is remembered as long as mail is. What is older was told, or nobody heard of it then.
REMEMBERED = KEPT - timedelta(days=1)


def missed(happened: Sequence[Happening]) -> ColumnElement[bool] | None:
    """The condition on `Activity`: what happened before to what is back; None where nothing is."""
    back = [one for one in happened if one.kind in BACK]
    if not back:
        return None
    whole = [one.item_id for one in back if one.kind == SHOWN and one.post_id is None]
    posts = [one.post_id for one in back if one.kind == SHOWN and one.post_id is not None]
    examples = [
        and_(
            Activity.kind.in_(OF_EXAMPLES),
            Activity.post_id == one.post_id,
            Activity.happened_at == one.happened_at,
        )
        for one in back
        if one.kind == ATTACHED_AGAIN
    ]
    return and_(
        Activity.number.is_not(None),
        Activity.number < max(one.number for one in back),
        or_(
            and_(
                Activity.happened_at > clock.now() - REMEMBERED,
                or_(Activity.item_id.in_(whole), Activity.post_id.in_(posts)),
            ),
            *examples,
        ),
    )


def told_anew(fresh: Sequence[Happening], again: Sequence[Happening], known: set[int]) -> list[Happening]:
    """What to tell, in order of the numbers: what was missed takes the place of its being back; what the
    reader knows (by the numbers in `known`) is not told twice."""
    before = {_what(one) for one in [*again, *fresh] if one.kind not in BACK}
    told = [one for one in again if one.number not in known and one.kind not in BACK]
    for one in fresh:
        if one.kind in BACK:
            if _what(one) in before or _is_repeated(one, again, known):
                continue
            before.add(_what(one))
        told.append(one)
    return sorted(told, key=lambda one: one.number)


def _what(one: Happening) -> tuple[Any, ...]:
    """The subject that is told: an item, a post of it, or one of its examples."""
    position = one.post.position if one.post is not None else 1
    if one.kind in OF_EXAMPLES:
        return ("example", one.post_id, one.happened_at)
    if position == 1:
        return ("item", one.item_id)
    return ("post", one.post_id)


def _is_repeated(one: Happening, again: Sequence[Happening], known: set[int]) -> bool:
    """Whether they were told before that it was back."""
    return any(other.number in known and _what(other) == _what(one) for other in again)
