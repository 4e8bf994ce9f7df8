"""Which topics a group uses: terms of one vocabulary, shared by all groups."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from hub.core import audit
from hub.core.database import db, new_token
from hub.core.policy import Actor
from hub.core.slugs import numbered, slug
from hub.groups.models import Group

from ..models import Topic, group_topic


def set_group_topics(actor: Actor, group: Group, names: Iterable[str]) -> list[Topic]:
    """The group uses the topics of these names from now on. One that another group uses already, however
    it is capitalised, is the same topic. What is filed under a topic stays so when the group drops it."""
    wanted = {" ".join(name.split()).lower(): " ".join(name.split()) for name in names if name.strip()}
    known = {
        topic.name.lower(): topic
        for topic in db.session.scalars(select(Topic).where(func.lower(Topic.name).in_(wanted)))
    }
    topics = [known.get(key) or _new(name) for key, name in wanted.items()]
    db.session.flush()
    db.session.execute(delete(group_topic).where(group_topic.c.group_id == group.id))
    rows = [{"group_id": group.id, "topic_id": topic.id} for topic in topics]
    if rows:
        db.session.execute(group_topic.insert(), rows)
    audit.record(actor, "group.topics", group, group_id=group.id, topics=[topic.name for topic in topics])
    return topics


def _new(name: str) -> Topic:
    base, number = slug(name, 50) or new_token(), 1
    taken = set(db.session.scalars(select(Topic.slug).where(Topic.slug.startswith(base))))
    while numbered(base, number) in taken:
        number += 1
    topic = Topic(name=name, slug=numbered(base, number))
    db.session.add(topic)
    db.session.flush()
    return topic
