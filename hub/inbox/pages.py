"""What other rooms' pages show of mail that comes in: writing by it, and, to administrators, how it goes."""

from flask import current_app, render_template
from markupsafe import Markup
from sqlalchemy import func, select

from hub.core.addressing import mail_comes_in
from hub.core.database import db
from hub.core.policy import Actor, can, visible
from hub.core.slots import fills
from hub.groups.models import Group

from .asking import addresses_of, is_written_by_mail
from .models import HeldMessage
from .queries import last_reading, unsettled


@fills("group.rail")
def where_to_write(group: Group, actor: Actor) -> Markup | None:
    """To members, where it is allowed: the addresses to write to."""
    if not mail_comes_in() or not can(actor, "group.write", group) or not is_written_by_mail(group):
        return None
    addresses = addresses_of(group)
    return Markup(render_template("inbox/_where.html", addresses=addresses)) if addresses else None


@fills("group.settings")
def group_mail(group: Group, actor: Actor) -> Markup | None:
    if not addresses_of(group):
        return None
    allowed = is_written_by_mail(group)
    return Markup(render_template("inbox/_settings.html", group=group, allowed=allowed))


@fills("front.waiting")
def held_on_the_front_page(actor: Actor) -> Markup | None:
    """Messages of one's own that wait until one says what happens to them."""
    if not mail_comes_in():
        return None
    count = db.session.scalar(
        select(func.count()).select_from(HeldMessage).where(visible(HeldMessage, actor))
    )
    return Markup(render_template("inbox/_on_the_front.html", count=count)) if count else None


@fills("deliveries.health")
def mail_coming_in() -> Markup:
    settings = current_app.extensions["settings"]
    reading = last_reading() if settings.mail_in_url.get_secret_value() else None
    counts = unsettled()
    return Markup(
        render_template(
            "inbox/_health.html",
            address=settings.mail_in_pattern,
            reading=reading,
            waiting=counts.get("waiting", 0),
            held=counts.get("held", 0),
        )
    )
