"""What can be asked for, as the rooms say that own it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from hub.core.policy import Actor

from .models import Approval

# Who decides. The collection's approver alone; or any second person: another keeper, or the approver.
THE_APPROVER, A_SECOND_PERSON = "approver", "second"

# Long enough for a holiday; what was asked longer ago is no longer what anybody means.
LASTS = timedelta(days=30)


def _nothing_more(_actor: Actor, _approval: Approval) -> Markup:
    return Markup()


def _no_words(_approval: Approval) -> Sequence[str]:
    return ()


def _nothing_waits(_approval: Approval) -> None:
    """Most kinds keep nothing that waits."""


def _caption(approvals: Sequence[Approval]) -> Mapping[int, str]:
    """What is to be said about posts, where that is asked."""
    return {one.id: one.details.get("caption", "") for one in approvals}


@dataclass(frozen=True)
class Kind:
    """One kind of decision.

    name: what is asked, lazily translated ("Unmask an author"). carry_out: does it, as the act of whoever
    asked, and returns the address where it can be seen, or nothing; raises Refused or NotPermitted where it
    can no longer be done. show: what the deciding page shows beside the posts, to the actor. taken_out: words
    that are left out of the posts, which that page marks in them. dropped: what waited for the decision waits
    no longer: it was refused, taken back, or lapsed. about: of each approval in a list, in few words, what it
    is about; asked once for all of them.
    """

    code: str
    name: str
    decides: str
    carry_out: Callable[[Actor, Approval], str | None]
    show: Callable[[Actor, Approval], Markup] = _nothing_more
    taken_out: Callable[[Approval], Sequence[str]] = _no_words
    dropped: Callable[[Approval], None] = _nothing_waits
    about: Callable[[Sequence[Approval]], Mapping[int, str]] = _caption


_kinds: dict[str, Kind] = {}


def add_kind(kind: Kind) -> Kind:
    _kinds[kind.code] = kind
    return kind


def kind_of(approval: Approval) -> Kind:
    return _kinds[approval.kind]


def about(approvals: Sequence[Approval]) -> dict[int, str]:
    """What each approval of a list is about; "" where nothing is said."""
    told: dict[int, str] = {}
    for code in {one.kind for one in approvals}:
        told |= _kinds[code].about([one for one in approvals if one.kind == code])
    return told


def kind(code: str) -> Kind:
    return _kinds[code]


def codes(decides: str) -> list[str]:
    """The kinds that are decided by THE_APPROVER, or by A_SECOND_PERSON."""
    return sorted(code for code, kind in _kinds.items() if kind.decides == decides)
