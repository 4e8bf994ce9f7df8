"""What `hub check` asks of groups."""

from collections.abc import Iterator

from sqlalchemy import func, select

from hub.core.checks import check
from hub.core.database import db
from hub.core.policy import OWNER

from .models import Group, Membership


@check("members of groups")
def _members() -> Iterator[str]:
    """Each group counts its members rightly, and one that has members has an owner."""
    counted = func.count(Membership.person_id)
    owners = func.count(Membership.person_id).filter(Membership.role == OWNER)
    rows = db.session.execute(
        select(Group.slug, Group.member_count, counted, owners)
        .outerjoin(Membership, Membership.group_id == Group.id)
        .group_by(Group.id)
        .order_by(Group.slug)
    )
    for slug, kept, members, owning in rows:
        if kept != members:
            yield f"The group {slug} counts {kept} members and has {members}."
        if members and not owning:
            yield f"The group {slug} has members and no owner."
