"""The one helpful answer to a message that did not become what its sender wanted.

It goes to the address of an account, or to whoever asked a group that anybody sees; once for each message, a
few a day. It carries what keeps machines from answering it, and nobody is told when it cannot be delivered.
"""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.content.models import Item, Post
from hub.core import clock
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, post_mail
from hub.core.policy import ANYBODY, Actor, visible
from hub.core.site import address
from hub.groups.models import Group

from . import wording
from .machines import LOOP, is_machine, wants_no_answer
from .reading import Arrived
from .rules import ANSWERS_A_DAY

PURPOSE = "mail_answer"

MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,240}>")


def answer(arrived: Arrived, to: str, code: str, *, person: Person | None = None, **about: Any) -> None:
    """Queue the answer, unless its sender is a machine or has had enough of them today.

    code: what became of it, as `wording` says. about: `post_id`, `group_id`, `held`, `left_out`, `subject`.
    """
    if wants_no_answer(arrived) or is_machine(to):
        return
    a_day = clock.now() - timedelta(days=1)
    lately = select(func.count()).where(
        Mail.purpose == PURPOSE, Mail.to_address == to, Mail.queued_at > a_day
    )
    if (db.session.scalar(lately) or 0) >= ANSWERS_A_DAY:
        return
    message_id = arrived.header("Message-ID")
    said = message_id or arrived.incoming.fingerprint
    about.setdefault("once", hashlib.sha256(f"{to}\0{said}".encode("utf-8", "replace")).hexdigest()[:32])
    if MESSAGE_ID.fullmatch(message_id) and about.pop("threaded", True):
        about["in_reply_to"] = message_id
    once = about.pop("once")
    person_id = person.id if person is not None else None
    post_mail(PURPOSE, to, key=f"{PURPOSE}:{once}", person_id=person_id, code=code, **about)


def compose(mail: Mail) -> Email | None:
    """Names only what its reader may see now."""
    person = db.session.get(Person, mail.person_id, populate_existing=True) if mail.person_id else None
    if mail.person_id and (person is None or person.email != mail.to_address):
        return None
    about = mail.payload
    actor = replace(person.as_actor(), reads=frozenset()) if person is not None else ANYBODY
    item, group = _item(actor, about.get("post_id")), _group(actor, about.get("group_id"))
    words = wording.of(about["code"], item=item, group=group, about=about)
    headers = {LOOP: address()}
    if in_reply_to := about.get("in_reply_to"):
        headers |= {"In-Reply-To": in_reply_to, "References": in_reply_to}
    written = letter(
        "mail_answer",
        locale=person.locale if person is not None else "en_GB",
        headers=headers,
        words=words,
        subject_of_theirs=about.get("subject", ""),
    )
    return replace(written, answers=True)


def _item(actor: Actor, post_id: int | None) -> Item | None:
    if post_id is None:
        return None
    return db.session.scalar(
        select(Item).join(Post, Post.item_id == Item.id).where(Post.id == post_id, visible(Item, actor))
    )


def _group(actor: Actor, group_id: int | None) -> Group | None:
    if group_id is None:
        return None
    return db.session.scalar(select(Group).where(Group.id == group_id, visible(Group, actor)))
