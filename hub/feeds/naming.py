"""Names that stay: tag URIs of entries (RFC 4151), whole addresses, and people in a word."""

from datetime import datetime
from urllib.parse import urlsplit

from hub.content.models import Item
from hub.core.language import translated as _
from hub.core.site import address


def host() -> str:
    return urlsplit(address("/")).hostname or "localhost"


def tag(path: str, made_at: datetime) -> str:
    """A name for what was made at this path then: the same for ever, and told by nothing but the path."""
    return f"tag:{host()},{made_at:%Y-%m-%d}:{path}"


def tag_of(item: Item) -> str:
    return tag(item.path, item.created_at)


def tag_of_post(item: Item, position: int) -> str:
    """The first post is the item."""
    return tag_of(item) if position == 1 else f"{tag_of(item)}/posts/{position}"


def post_address(item: Item, position: int) -> str:
    if position == 1:
        return address(item.path)
    return address(f"{item.path}?post={position}#post-{position}")


def written_by(byline: dict[str, str]) -> str:
    """Whoever wrote it, as they were then: 'Ann, Openshire Council'."""
    name, organisation = byline.get("name", ""), byline.get("organisation", "")
    return ", ".join(part for part in (name, organisation) if part) or _("Somebody who has left")
