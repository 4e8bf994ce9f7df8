"""What the state of a message, and of an address, means; what of an address is shown."""

import re

from hub.core.addressees import MailAddress

# The colour and word of each, as for the status component.
STATE_MEANINGS = {
    "queued": "open",
    "sending": "open",
    "sent": "verified",
    "uncertain": "due",
    "failed": "overdue",
    "dropped": "closed",
}

# What may be wrong with an address: how it is shown.
CONDITION_MEANINGS = {
    "gone": "overdue",
    "stopped": "due",
    "failing": "open",
    "complained": "closed",
}


def condition(known: MailAddress) -> str:
    """What is wrong with an address, the worst first."""
    if known.hard_since is not None:
        return "gone"
    if known.is_soft_stopped:
        return "stopped"
    return "failing" if known.soft_since is not None else "complained"


def masked(address: str) -> str:
    """An address so that its provider can be seen and its owner cannot: an administrator who looks for
    patterns needs no more. Whoever has an account is named beside it."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def without_address(said: str, address: str) -> str:
    """What a mail server said, with the address masked: many repeat it."""
    return re.sub(re.escape(address), masked(address), said, flags=re.IGNORECASE)
