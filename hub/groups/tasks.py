"""What groups send, and what waits on their moderators' desk."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.desk import ROWS, Act, Queue, Waiting, add_queue
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer
from hub.core.policy import Actor, visible

from .actions import ACCEPTED, DECLINED, INVITATION
from .models import INVITATION_LASTS, Group, Invitation, JoinRequest
from .queries import count_requests


@composer(INVITATION)
def invitation(mail: Mail) -> Email | None:
    found = db.session.get(Invitation, mail.payload["invitation_id"])
    if found is None or not found.stands:
        return None
    return letter(
        "group_invitation",
        group=found.group,
        inviter=found.invited_by.name if found.invited_by else found.group.name,
        link=found.path,
        days=INVITATION_LASTS.days,
    )


@composer(ACCEPTED)
def accepted(mail: Mail) -> Email | None:
    person, group = _about(mail)
    if person is None or group is None or group.id not in person.as_actor().roles:
        return None
    return letter("group_accepted", locale=person.locale, person=person, group=group, link=group.path)


@composer(DECLINED)
def declined(mail: Mail) -> Email | None:
    person, group = _about(mail)
    if person is None or group is None or not _is_seen(group, person):
        return None
    return letter(
        "group_declined", locale=person.locale, person=person, group=group, reason=mail.payload["reason"]
    )


def _about(mail: Mail) -> tuple[Person | None, Group | None]:
    """Whom the message is for, as long as they have an account, and the group that it is about."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    group = db.session.get(Group, mail.payload["group_id"])
    return (person if person and person.active else None), group


def _is_seen(group: Group, person: Person) -> bool:
    """A group that is hidden by now is not named to who is not in it."""
    seen = select(Group.id).where(Group.id == group.id, visible(Group, person.as_actor()))
    return db.session.scalar(seen) is not None


def _count(_actor: Actor, group_ids: Sequence[int]) -> int:
    return count_requests(group_ids)


def _rows(_actor: Actor, group_ids: Sequence[int]) -> list[Waiting]:
    asked = db.session.execute(
        select(JoinRequest, Group)
        .join(Group, Group.id == JoinRequest.group_id)
        .where(JoinRequest.group_id.in_(group_ids))
        .options(joinedload(JoinRequest.person))
        .order_by(JoinRequest.asked_at)
        .limit(ROWS)
    ).unique()
    return [
        Waiting(
            title=request.person.name,
            path=request.person.path,
            since=request.asked_at,
            line=request.message,
            group_name=group.name,
            acts=(
                Act(str(_("Let in")), f"{group.path}/requests/{request.person.handle}/approval"),
                Act(str(_("Decline")), f"{group.path}/requests/{request.person.handle}/refusal", link=True),
            ),
        )
        for request, group in asked
    ]


add_queue(
    Queue(
        key="requests",
        name=_("Asking to join"),
        nothing=_("Nobody is asking to join."),
        count=_count,
        rows=_rows,
        order=30,
    )
)
