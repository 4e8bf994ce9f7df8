"""What people decide about mail that comes in."""

from hub.content.actions.permitting import permit
from hub.core.audit import record
from hub.core.database import db
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import WritesByMail


def let_write_by_mail(actor: Actor, group: Group, allowed: bool) -> None:
    """An owner says whether members may ask and start discussions by mail. Twice is once."""
    permit(actor, "group.own", group)
    found = db.session.get(WritesByMail, group.id)
    if allowed == (found is not None):
        return
    if found is None:
        db.session.add(WritesByMail(group_id=group.id))
    else:
        db.session.delete(found)
    db.session.flush()
    record(actor, "group.mail", group, group_id=group.id, allowed=allowed)
