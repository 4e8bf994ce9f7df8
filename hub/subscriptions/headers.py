"""Which list a message is of, and how to leave it."""

from urllib.parse import urlsplit

from . import links


def list_headers(token: str) -> dict[str, str]:
    """Which list this is, and how to leave it: RFC 2919, 2369 and 8058."""
    return {
        "List-Id": f"<digest.{urlsplit(links.address('/')).hostname}>",
        "List-Unsubscribe": f"<{links.leave_link(token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
