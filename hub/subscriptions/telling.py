"""What subscribers were told outside of digests: said by the rooms that tell it, which lie above this one."""

from collections.abc import Callable

Teller = Callable[[int, int], set[int]]
_tellers: list[Teller] = []


def tells(told: Teller) -> Teller:
    """Register what says which activities (by their numbers, those after the second argument) a subscriber
    was told of, so that no digest tells them again."""
    _tellers.append(told)
    return told


def told_elsewhere(subscriber_id: int, after: int = 0) -> set[int]:
    return {number for told in _tellers for number in told(subscriber_id, after)}


UnderWay = Callable[[int, int], bool]
_under_way: list[UnderWay] = []


def may_still_tell(under_way: UnderWay) -> UnderWay:
    """Register what says whether mail that tells a subscriber of something after a number waits to be sent:
    until it is settled, nobody knows what a digest has to tell."""
    _under_way.append(under_way)
    return under_way


def is_being_told(subscriber_id: int, after: int) -> bool:
    return any(under_way(subscriber_id, after) for under_way in _under_way)
