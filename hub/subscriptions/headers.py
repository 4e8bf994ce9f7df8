"""Which list a message is of, and how to leave it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from hub.groups.models import Group

from . import links

LeavesByMail = Callable[[str], str | None]
_by_mail: list[LeavesByMail] = []


def leaves_by_mail(address: LeavesByMail) -> LeavesByMail:
    """Register what gives the address to which a message that leaves can be sent, by a subscriber's token;
    None while no mail comes in. The room that reads mail lies above this one."""
    _by_mail.append(address)
    return address


def list_headers(token: str, group: Group | None = None) -> dict[str, str]:
    """Which list this is (a group's, or the hub's), and how to leave it: RFC 2919, 2369 and 8058."""
    ways = [links.leave_link(token)]
    ways += [f"mailto:{address}" for of in _by_mail if (address := of(token)) is not None]
    label = "digest" if group is None else f"{group.slug}.digest"
    return {
        "List-Id": f"<{label}.{urlsplit(address()).hostname}>",
        "List-Unsubscribe": ", ".join(f"<{way}>" for way in ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
