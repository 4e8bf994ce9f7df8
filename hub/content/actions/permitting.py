"""The policy, asked once more where things are done: a job or a command has no dispatcher before it."""

from typing import Any

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.policy import Actor, can


class NotPermitted(PermissionError):
    """The actor may not do this. Views ask first, so to a person this is a page that does not exist."""


def permit(actor: Actor, action: str, subject: Any) -> None:
    """Raises NotPermitted unless the actor may."""
    if not can(actor, action, subject):
        raise NotPermitted(action)


def acting_person(actor: Actor) -> Person:
    """The person behind the actor; loaded already when they are signed in."""
    person = db.session.get(Person, actor.person_id) if actor.signed_in else None
    if person is None:
        raise NotPermitted("nobody is signed in")
    return person
