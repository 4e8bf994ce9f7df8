"""Something that happens while nobody looks: guidance for everybody in a group whose talk is for members."""

from datetime import timedelta

from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.groups.models import Group, Membership
from hub.guidance.actions import publish, start_guidance


def publish_something() -> None:
    """A facilitator of the records group publishes a page."""
    with unit_of_work():
        group = db.session.scalars(select(Group).where(Group.slug == "records-scotland")).one()
        membership = db.session.scalars(
            select(Membership).where(Membership.group_id == group.id, Membership.role != "member")
        ).first()
        actor = membership.person.as_actor()
        page = start_guidance(
            actor, group, "What counts as published", "Whatever anybody could read.", "Text."
        )
        publish(actor, page, membership.person, (clock.now() + timedelta(days=365)).date())
    drain()
