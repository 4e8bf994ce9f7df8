"""Reads of people and organisations."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.core.site import site

from .models import FormerHandle, Organisation, Person

# Offered while one types; whoever does not find theirs names it.
MOST_OFFERED = 500


def organisation_names(actor: Actor) -> list[str]:
    """What is offered to somebody who says where they work."""
    seen = select(Organisation.name).where(visible(Organisation, actor))
    return list(db.session.scalars(seen.order_by(Organisation.name).limit(MOST_OFFERED)))


def handles(actor: Actor) -> list[tuple[str, str]]:
    """(handle, name) of people whom the actor meets, by name: offered to somebody who names one of them."""
    seen = select(Person.handle, Person.name).where(visible(Person, actor), Person.active)
    found = db.session.execute(seen.order_by(Person.name, Person.handle).limit(MOST_OFFERED))
    return [(handle, name) for handle, name in found]


def organisations(actor: Actor, cursor: str | None = None) -> Page[Organisation]:
    """Organisations that the actor sees, by name."""
    keys = (Organisation.name, Organisation.slug)
    seen = select(Organisation).where(visible(Organisation, actor))
    return page(seen, keys, lambda one: (one.name, one.slug), cursor, ascending=True)


def directory(
    actor: Actor, *, name: str = "", sector: str = "", organisation: str = "", cursor: str | None = None
) -> Page[Person]:
    """People whom the actor meets, by name. organisation: its slug. name: the beginning of any part of a
    name, or of a handle."""
    statement = select(Person).where(visible(Person, actor), Person.active)
    if name:
        statement = statement.where(starts_with(name))
    if sector:
        statement = statement.where(Person.sector == sector)
    if organisation:
        statement = statement.where(Person.organisation.has(Organisation.slug == organisation))
    keys = (Person.name, Person.handle)
    return page(statement, keys, lambda person: (person.name, person.handle), cursor, ascending=True)


def organisations_of(actor: Actor) -> list[Any]:
    """Organisations of the people whom the actor meets, with how many: (slug, name, people) rows."""
    people = func.count(Person.id).label("people")
    return list(
        db.session.execute(
            select(Organisation.slug, Organisation.name, people)
            .join(Person, Person.organisation_id == Organisation.id)
            .where(visible(Person, actor), Person.active)
            .group_by(Organisation.slug, Organisation.name)
            .order_by(people.desc(), Organisation.name)
            .limit(40)
        )
    )


def sample_sign_ins() -> list[dict[str, str]]:
    """Who can be tried out on a hub of samples: who, email, password, as the seeds have noted them."""
    return list(site().texts.get("sample_sign_ins", []))


def is_or_was(handle: str) -> ColumnElement[bool]:
    """Whoever has the handle, or had it: a former one is nobody else's."""
    return or_(
        Person.handle == handle,
        Person.id.in_(select(FormerHandle.person_id).where(FormerHandle.handle == handle)),
    )


def starts_with(name: str) -> ColumnElement[bool]:
    """Whether any part of a person's name, or their handle, begins so."""
    like = name.lower().removeprefix("@").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    lowered = func.lower(Person.name)
    return or_(
        lowered.like(f"{like}%", escape="\\"),
        lowered.like(f"% {like}%", escape="\\"),
        Person.handle.like(f"{like}%", escape="\\"),
    )
