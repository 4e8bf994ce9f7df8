"""Founds organisations, people, topics and groups, through the rooms' own actions."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.accounts.actions import confirm_organisation, create_person, name_organisation
from hub.accounts.models import BY_MODERATOR, Person
from hub.content.models import Topic
from hub.core import clock
from hub.core.database import db
from hub.core.policy import MODERATOR
from hub.groups.actions import add_member, create_group
from hub.groups.models import Group

from . import shapes

# Who can sign in on a seeded hub: one who runs it, one who looks after a group, one who asks and keeps, one
# who approves what leaves a collection.
SIGN_INS = {
    "administrator": "agnes-doig",
    "facilitator": "elspeth-rennie",
    "member": "morag-sinclair",
    "approver": "isobel-muir",
}

# Easy to type, hard to guess: five of these are as good as nine random characters.
PASSWORD_WORDS = """
    anchor barley basalt beacon birch bramble brine burgh cairn candle carbon cedar chisel
    clover copper coral cradle curlew drover ember fathom fennel fiddle flint gable gannet
    garnet ginger girder gorse granite hazel heron hinge inlet ivory juniper kelp kestrel kettle
    lantern larch ledger lichen linnet loom lupin magnet marble marram meadow mica mortar mussel
    needle nettle oyster pebble pewter plover quarry quill rowan rudder saddle saffron sandal
    sextant shale shingle sickle sorrel spindle tallow tartan teasel thistle timber topaz
    trellis trowel turnip umber velvet vessel walnut whin willow yarrow
"""
WORDS_IN_PASSWORD = 5

# How long after an account somebody joins the groups.
UNTIL_JOINING = timedelta(minutes=12)


def found_people(founding: shapes.Founding, now: datetime) -> dict[str, str]:
    """Organisations and people; passwords by handle of those who can sign in. Needs a unit of work."""
    bodies = {
        body.slug: name_organisation(body.name, body.sector, body.domain) for body in founding.organisations
    }
    passwords = {handle: new_password() for handle in SIGN_INS.values()}
    for person in sorted(founding.people, key=lambda person: -person.joined.age):
        with clock.at(person.joined.seen_from(now)):
            create_person(
                name=person.name,
                email=person.email,
                password=passwords.get(person.handle),
                handle=person.handle,
                about=person.about,
                sector=person.sector,
                profession=person.profession,
                organisation=bodies[person.organisation].name if person.organisation else "",
                administrator=person.administrator,
                is_sample=True,
            )
    return passwords


def found_groups(founding: shapes.Founding, now: datetime) -> None:
    """Topics, groups and who is in them. Needs a unit of work, and the people."""
    people = {person.handle: person for person in db.session.scalars(select(Person))}
    topics = {topic.slug: topic for topic in map(_topic, founding.topics)}
    for wanted in founding.groups:
        founders = [founding.people_by_handle[handle] for handle in wanted.facilitators]
        founded = max(person.joined.seen_from(now) for person in founders) + UNTIL_JOINING
        with clock.at(founded):
            group = _group(wanted, people)
            for slug in wanted.topics:
                topics[slug].groups.append(group)
        joining = sorted((founding.people_by_handle[handle] for handle in wanted.members), key=_age)
        for person in joining:
            with clock.at(max(founded, person.joined.seen_from(now)) + UNTIL_JOINING):
                add_member(group, people[person.handle].id)
    _confirm_by_moderator(founding, people)


def _age(person: shapes.Person) -> int:
    return -person.joined.age


def _topic(wanted: shapes.Topic) -> Topic:
    topic = Topic(slug=wanted.slug, name=wanted.name, about=wanted.about)
    db.session.add(topic)
    return topic


def _group(wanted: shapes.Group, people: dict[str, Person]) -> Group:
    """The group with its two facilitators: the first owns it."""
    owner, *others = (people[handle] for handle in wanted.facilitators)
    group = create_group(
        owner.as_actor(),
        name=wanted.name,
        address=wanted.slug,
        summary=wanted.purpose,
        welcome=wanted.welcome,
        visibility=wanted.visibility,
        joining=wanted.joining,
        is_sample=True,
    )
    for other in others:
        add_member(group, other.id, MODERATOR)
    return group


def _confirm_by_moderator(founding: shapes.Founding, people: dict[str, Person]) -> None:
    moderator = people[founding.groups[0].facilitators[0]].as_actor()
    for person in founding.people:
        if person.confirmed == BY_MODERATOR:
            confirm_organisation(moderator, people[person.handle])


def new_password() -> str:
    words = PASSWORD_WORDS.split()
    return "-".join(secrets.choice(words) for _ in range(WORDS_IN_PASSWORD))
