"""The signed link that stops one choice of one subscriber."""

from hub.core.site import address
from hub.subscriptions.links import read, signed
from hub.subscriptions.models import Subscription

STOP = "at_once"


def stop_link(subscription: Subscription) -> str:
    """Long-lived: old mail must still lead out. A subscriber's new token makes it useless."""
    return address(f"/mail/at-once/{signed(STOP, subscription.subscriber.token, str(subscription.id))}")


def named_by(link: str) -> tuple[str, int] | None:
    """The subscriber's token and the choice's id; None when it was not signed for this."""
    match read(STOP, link):
        case [token, number] if number.isdecimal():
            return token, int(number)
        case _:
            return None
