"""Where a reply by e-mail goes: said by the room that reads mail, which lies above this one."""

from collections.abc import Callable

from hub.accounts.models import Person
from hub.content.models import Post

AddressFor = Callable[[Person, Post], str | None]
_addresses: list[AddressFor] = []


def takes_replies(address: AddressFor) -> AddressFor:
    """Register what gives the address at which a person's reply to a post arrives; None where they may not
    reply, or while no mail comes in. The post's `item` is loaded. It only reads."""
    _addresses.append(address)
    return address


def reply_address(person: Person | None, post: Post) -> str | None:
    """Where this person's reply to the post goes; None when they cannot reply by mail."""
    if person is None:
        return None
    return next((found for of in _addresses if (found := of(person, post))), None)
