"""Who may see and do what: decided here, and denied unless a rule says otherwise.

Rooms register their rules; everything that loads rows asks `visible`, everything that acts asks `can`.

- `@visibility(Model)` takes an actor and returns the SQL condition under which they see a row. It is built
  once for each actor, so it must not read the clock or the database.
- `@grant(Model)` adds a further condition from a higher room: a row is visible if any of them holds.
- `@permission("question.answer")` takes an actor and the object and says yes or no.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

MEMBER, MODERATOR, OWNER = "member", "moderator", "owner"
ROLES = (MEMBER, MODERATOR, OWNER)

Condition = Callable[["Actor"], ColumnElement[bool]]
Permission = Callable[["Actor", Any], bool]


@dataclass(frozen=True)
class Actor:
    """Whoever acts, with their roles by group id. Nobody in particular when `person_id` is None.

    reads: groups that an administrator may read for a while, by a recorded act with a reason.
    """

    person_id: int | None = None
    roles: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    administrator: bool = False
    reads: frozenset[int] = frozenset()
    # What `visible` (and reads built on it) made for this actor: building a condition costs more than sending
    # it to the database. Rules judge by the actor alone, so it holds as long as the actor does: one made from
    # another with `replace` sees differently and begins with none.
    conditions: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once for this actor. It must depend on nothing but the actor."""
        if key not in self.conditions:
            self.conditions[key] = make()
        return self.conditions[key]

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    def is_member(self, group_id: int | None) -> bool:
        return group_id in self.roles

    def moderates(self, group_id: int | None) -> bool:
        """Whether they are a moderator or owner of the group."""
        return self.roles.get(group_id) in {MODERATOR, OWNER}  # type: ignore[arg-type]

    def owns(self, group_id: int | None) -> bool:
        return self.roles.get(group_id) == OWNER  # type: ignore[arg-type]

    @property
    def read_groups(self) -> list[int]:
        """Groups whose talk they read: as a member, or by a recorded act."""
        return sorted({*self.roles, *self.reads})

    @property
    def moderated_groups(self) -> list[int]:
        return [group_id for group_id, role in self.roles.items() if role in {MODERATOR, OWNER}]


ANYBODY = Actor()

# Actors that come back: those who read a busy hub at the same time.
KNOWN_ACTORS = 2000


@lru_cache(maxsize=KNOWN_ACTORS)
def known_actor(
    person_id: int, roles: tuple[tuple[int, str], ...], administrator: bool, reads: frozenset[int]
) -> Actor:
    """The same actor each time for the same facts, with the conditions that were built for them."""
    return Actor(person_id, MappingProxyType(dict(roles)), administrator, reads)


_visibility: dict[type, Condition] = {}
_grants: dict[type, list[Condition]] = {}
_permissions: dict[str, tuple[Permission, bool]] = {}


class UnknownRule(LookupError):
    """No room has said who may see or do this, so nobody may, and a developer must know."""


def visibility(model: type) -> Callable[[Condition], Condition]:
    """Register the rule by which rows of `model` are seen. One rule a model."""

    def register(rule: Condition) -> Condition:
        if model in _visibility and _visibility[model].__qualname__ != rule.__qualname__:
            raise RuntimeError(f"{model.__name__} has a visibility rule already.")
        _visibility[model] = rule
        ANYBODY.conditions.clear()
        return rule

    return register


def grant(model: type) -> Callable[[Condition], Condition]:
    """Register a further way in, from a room above the one that owns `model`."""

    def register(rule: Condition) -> Condition:
        _grants.setdefault(model, []).append(rule)
        ANYBODY.conditions.clear()
        return rule

    return register


def permission(action: str, *, on: bool = True) -> Callable[[Permission], Permission]:
    """Register who may do `action`. `on=False`: it needs no object, and the rule gets None."""

    def register(rule: Permission) -> Permission:
        if action in _permissions and _permissions[action][0].__qualname__ != rule.__qualname__:
            raise RuntimeError(f"Who may {action!r} has been said already.")
        _permissions[action] = (rule, on)
        return rule

    return register


def visible(model: type, actor: Actor) -> ColumnElement[bool]:
    """The SQL condition under which `actor` sees rows of `model`."""
    condition: ColumnElement[bool] = actor.once(model, lambda: _condition(model, actor))
    return condition


def _condition(model: type, actor: Actor) -> ColumnElement[bool]:
    rule = _visibility.get(model)
    if rule is None:
        raise UnknownRule(f"No rule says who sees {model.__name__}.")
    ways = [rule(actor), *(further(actor) for further in _grants.get(model, []))]
    return or_(false(), *ways) if len(ways) > 1 else and_(ways[0])


def can(actor: Actor, action: str, subject: Any = None) -> bool:
    """Whether `actor` may do `action` (to `subject`, which they were shown to see)."""
    return _rule(action)[0](actor, subject)


def needs_object(action: str) -> bool:
    """Whether the action is judged on an object, or by who asks alone."""
    return _rule(action)[1]


def known_actions() -> frozenset[str]:
    return frozenset(_permissions)


def _rule(action: str) -> tuple[Permission, bool]:
    if action not in _permissions:
        raise UnknownRule(f"No rule says who may {action!r}.")
    return _permissions[action]


@permission("site.read", on=False)
def _anybody(_actor: Actor, _subject: None) -> bool:
    return True


@permission("site.use", on=False)
def _whoever_is_signed_in(actor: Actor, _subject: None) -> bool:
    return actor.signed_in


@permission("site.administer", on=False)
def _administrators(actor: Actor, _subject: None) -> bool:
    return actor.administrator
