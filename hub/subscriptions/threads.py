"""Threads: what is mailed of a talk names what was mailed of it before, so that mail programs show it as one.

Names follow from the address and the post, so nothing needs to be kept, and a message that a hub sends again
after it was restored is known for the same. Nobody can guess them, or tell from them what they are of.
"""

import hashlib
import hmac
from dataclasses import replace

from flask import current_app
from flask_babel import gettext as _

from hub.content.models import Item, Post
from hub.core.markup import excerpt
from hub.core.message import Email, address
from hub.groups.models import Group

# Subjects are cut by mail programs: what the item is called matters more than how long its group's name is.
GROUP_IN_SUBJECT = 36


def subject(item: Item) -> str:
    """The same for all that is mailed of an item: programs that go by subjects keep it together, too."""
    return f"[{name_in_subject(item.group)}] {item.title}"


def name_in_subject(group: Group) -> str:
    return excerpt(group.name, GROUP_IN_SUBJECT).replace("[", "(").replace("]", ")")


def in_thread(email: Email, to: str, post: Post, version: str = "") -> Email:
    """The message as part of the talk that the post stands in, saying what it answers. It comes by its
    writer's name at the hub's own address, so that no other server's rules about senders are broken.

    version: of a later message about the same post. Needs `item` loaded.
    """
    return replace(
        email,
        sender_name=_sender(post),
        message_id=_drawn(to, _of(post), version),
        headers={**email.headers, **_answering(to, post, version)},
    )


def _sender(post: Post) -> str:
    who, hub = " ".join(post.byline.get("name", "").split()), current_app.extensions["hub_name"]()
    return _("%(who)s via %(hub)s", who=who, hub=hub) if who else hub


def _answering(to: str, post: Post, version: str) -> dict[str, str]:
    """The message that began the talk, and the one whose post this one answers."""
    before = []
    if post.position != 1 or version:
        before.append(_drawn(to, f"item:{post.item_id}", ""))
    if post.parent_id is not None:
        before.append(_drawn(to, f"post:{post.parent_id}", ""))
    if not before:
        return {}
    domain = address(current_app.extensions["settings"].mail_from).domain
    names = [f"<{name}@{domain}>" for name in before]
    return {"In-Reply-To": names[-1], "References": " ".join(names)}


def _of(post: Post) -> str:
    return f"item:{post.item_id}" if post.position == 1 else f"post:{post.id}"


def _drawn(to: str, of: str, version: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    said = f"thread:{to.lower()}:{of}:{version}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:24]
