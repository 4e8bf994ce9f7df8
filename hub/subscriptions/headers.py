"""Which list a message is of, and how to leave it."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from hub.core.site import address
from hub.groups.models import Group

from . import links
from .models import Subscription

LeavesByMail = Callable[[str], str | None]
_by_mail: list[LeavesByMail] = []
StopsByMail = Callable[[Subscription], str | None]
_stops: list[StopsByMail] = []


def leaves_by_mail(of: LeavesByMail) -> LeavesByMail:
    """Register what gives the address to which a message that leaves can be sent, by a subscriber's token;
    None while no mail comes in. The room that reads mail lies above this one."""
    _by_mail.append(of)
    return of


def stops_by_mail(of: StopsByMail) -> StopsByMail:
    """The same of the address that stops one choice."""
    _stops.append(of)
    return of


def ways_out(link: str, chosen: Subscription) -> dict[str, str]:
    """How to stop one choice: by the link, in one click, or by a message."""
    return unsubscribing(link, [of(chosen) for of in _stops])


def list_headers(token: str, group: Group | None = None) -> dict[str, str]:
    """Which list this is (a group's, or the hub's), and how to leave it: RFC 2919, 2369 and 8058."""
    label = "digest" if group is None else f"{group.slug}.digest"
    return {
        "List-Id": f"<{label}.{urlsplit(address()).hostname}>",
        **unsubscribing(links.leave_link(token), [of(token) for of in _by_mail]),
        "Precedence": "bulk",
    }


def unsubscribing(link: str, addresses: Iterable[str | None]) -> dict[str, str]:
    """Out by the link, in one click, or by a message to one of the addresses: RFC 2369 and 8058."""
    ways = [link, *(f"mailto:{to}" for to in addresses if to is not None)]
    return {
        "List-Unsubscribe": ", ".join(f"<{way}>" for way in ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
