"""What subscribers were told outside of digests: said by the rooms that tell it, which lie above this one.

Always asked for many subscribers at once: of each, by id, the number after which it matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, or_

# Numbers of activities, by the ids of subscribers.
Told = Mapping[int, set[int]]

Teller = Callable[[Mapping[int, int]], Told]
_tellers: list[Teller] = []


def tells(told: Teller) -> Teller:
    """Register what says which activities (by their numbers, those after the given ones) subscribers were
    told of, so that no digest tells them again."""
    _tellers.append(told)
    return told


def told_elsewhere(after: Mapping[int, int]) -> Told:
    """Of each subscriber what they were told; an empty set where that is nothing."""
    found: dict[int, set[int]] = {subscriber_id: set() for subscriber_id in after}
    for teller in _tellers:
        for subscriber_id, numbers in teller(after).items():
            found[subscriber_id] |= numbers
    return found


UnderWay = Callable[[Mapping[int, int]], set[int]]
_under_way: list[UnderWay] = []


def may_still_tell(under_way: UnderWay) -> UnderWay:
    """Register what says for which subscribers mail that tells of something after a number waits to be sent:
    until it is settled, nobody knows what a digest has to tell."""
    _under_way.append(under_way)
    return under_way


def are_being_told(after: Mapping[int, int]) -> set[int]:
    """The ids of those subscribers."""
    return {subscriber_id for under_way in _under_way for subscriber_id in under_way(after)}


@dataclass(frozen=True)
class Beyond:
    """Rows of subscribers beyond the number given for each. Most subscribers of a lot have the same number:
    they are as far as the last run took them. So it is a condition on a few numbers, whose values are
    parameters: statements are made once for each `size`."""

    together: Sequence[tuple[int, Sequence[int]]]

    @property
    def size(self) -> int:
        return len(self.together)

    @property
    def given(self) -> dict[str, Any]:
        return {
            name: value
            for place, (number, ids) in enumerate(self.together)
            for name, value in ((f"number_{place}", number), (f"whose_{place}", ids))
        }


def beyond(after: Mapping[int, int]) -> Beyond:
    together: dict[int, list[int]] = {}
    for subscriber_id, number in after.items():
        together.setdefault(number, []).append(subscriber_id)
    return Beyond(sorted(together.items()))


def is_beyond(subscriber_id: Any, number: Any, size: int) -> ColumnElement[bool]:
    """The condition, on these columns; to be sent with what a `Beyond` of that size is `given`."""
    return or_(
        false(),
        *(
            and_(
                subscriber_id.in_(bindparam(f"whose_{place}", expanding=True)),
                number > bindparam(f"number_{place}"),
            )
            for place in range(size)
        ),
    )
