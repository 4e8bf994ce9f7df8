"""People, groups and what they write, made with as little as a test needs. All need a unit of work."""

from itertools import count

from hub.accounts.models import Person
from hub.content.models import Topic
from hub.core.database import db
from hub.core.policy import Actor
from hub.groups.models import Group, Membership

_numbers = count(1)


def a_person(name: str = "", **values) -> Person:
    number = next(_numbers)
    handle = values.pop("handle", name.lower().replace(" ", "-") or f"person{number}")
    person = Person(
        email=values.pop("email", f"{handle}{number}@example.org"),
        handle=handle,
        name=name or f"Person {number}",
        confirmed_at=values.pop("confirmed_at", None),
        **values,
    )
    db.session.add(person)
    db.session.flush()
    return person


def a_group(*members: Person, slug: str = "", **values) -> Group:
    slug = slug or f"group{next(_numbers)}"
    group = Group(slug=slug, name=values.pop("name", slug.title()), **values)
    db.session.add(group)
    db.session.flush()
    for person in members:
        join(person, group)
    return group


def join(person: Person, group: Group, role: str = "member") -> Membership:
    membership = Membership(person=person, group=group, role=role)
    group.member_count += 1
    db.session.add(membership)
    db.session.flush()
    return membership


def a_topic(name: str, *groups: Group) -> Topic:
    topic = Topic(slug=name.lower().replace(" ", "-"), name=name, groups=list(groups))
    db.session.add(topic)
    db.session.flush()
    return topic


def acting(person: Person) -> Actor:
    """The person as the policy knows them now."""
    return person.as_actor()
