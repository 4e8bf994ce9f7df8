"""What nobody wrote to the hub: its own mail come round to it, and answers that machines give."""

from flask import current_app

from .machines import is_automatic
from .reading import Arrived
from .sorting import Settled, done, sorts

# After reports, before all that people write.
OWN, AUTOMATIC = 30, 40


@sorts(OWN)
def drop_own(arrived: Arrived) -> Settled | None:
    """Mail from the hub's own address: somewhere it goes round in a circle."""
    ours = current_app.extensions["settings"].mail_from.lower()
    return done("own") if arrived.from_address == ours else None


@sorts(AUTOMATIC)
def drop_automatic(arrived: Arrived) -> Settled | None:
    """Out-of-office answers, receipts, lists: nobody reads an answer to them."""
    return done("automatic") if is_automatic(arrived) else None
