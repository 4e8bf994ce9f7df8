"""What people sent that becomes nothing: messages larger than what the hub takes, of which only the headers
were read from the mailbox, and messages to addresses at which there is nothing. Who has an account is told.
"""

from .reading import Arrived
from .receiving import TOO_LARGE
from .sorting import UNKNOWN, Settled, refused, sorts
from .unread import tell_sender

# After what machines send and what needs no text, before all that people write.
LEFT_THERE = 45
# After all that knows its own.
NOBODYS = 90


@sorts(LEFT_THERE)
def refuse_too_large(arrived: Arrived) -> Settled | None:
    if arrived.incoming.kind != TOO_LARGE:
        return None
    tell_sender(arrived, TOO_LARGE)
    return refused(TOO_LARGE, arrived.incoming.problem)


@sorts(NOBODYS)
def refuse_unknown(arrived: Arrived) -> Settled:
    """The same is said of a hidden group to whoever does not see it (`asking`)."""
    tell_sender(arrived, UNKNOWN)
    return refused(UNKNOWN, "It is for none of the addresses that the hub knows.")
