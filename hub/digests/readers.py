"""Statements that are made once for all readers of the same roles: making one costs ten times as much as
sending it to the database.

The rules are asked for a reader with those very roles, whose identity is a parameter; each reader's own is
given when the statement is sent. So every reader is judged by the same rules as everywhere, and by the roles
that they have at that moment.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam

from hub.core.policy import Actor

# Who the reader is.
READER = "reader"

# Ways of having roles for which statements are kept: some 100 kB each. Whoever reads a few of some dozens of
# groups shares theirs with others; where each has their own, each statement is made anew.
KEPT = 256

Making = Callable[[Actor, Any], Select]


class _Roles(NamedTuple):
    """All that rules judge by, but who it is."""

    signed_in: bool
    roles: frozenset[tuple[int, str]]
    administrator: bool
    reads: frozenset[int]


def made_for(actor: Actor, make: Making, shape: Hashable = ()) -> Select:
    """What `make` gives for a reader of the actor's roles, and the shape. To be sent with `reader_of`."""
    roles = _Roles(actor.signed_in, frozenset(actor.roles.items()), actor.administrator, actor.reads)
    return _made(make, shape, roles)


def reader_of(actor: Actor) -> dict[str, Any]:
    """The parameters that say who reads."""
    return {READER: actor.person_id} if actor.signed_in else {}


@lru_cache(maxsize=KEPT)
def _made(make: Making, shape: Hashable, roles: _Roles) -> Select:
    reader = Actor(
        person_id=bindparam(READER, type_=Integer) if roles.signed_in else None,  # type: ignore[arg-type]
        roles=MappingProxyType(dict(sorted(roles.roles))),
        administrator=roles.administrator,
        reads=roles.reads,
    )
    return make(reader, shape)
