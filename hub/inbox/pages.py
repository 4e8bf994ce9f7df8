"""What the inbox shows administrators beside how mail goes: whether mail comes in."""

from flask import current_app, render_template
from markupsafe import Markup

from hub.core.slots import fills

from .queries import last_reading, unsettled


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
