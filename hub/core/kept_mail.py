"""Mail that is kept in the hub while no mail server is set: what was withdrawn after a message had been
written is out of sight in it, too, until it is restored.

A message leads to everything that it tells of, so its links say what that is. The room that withdraws says
of addresses what was withdrawn there, and when.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select

from .database import db
from .mail import Mail

# Paths with their fragments, of the hub whatever it was called then.
_PATH = re.compile(r"https?://[^/\s<>]+(/[^\s<>]*[^\s<>.,;:)])")

Finder = Callable[[Collection[str]], Mapping[str, datetime]]
_finders: list[Finder] = []


def withdrawn_there(find: Finder) -> Finder:
    """Register what finds, among paths of the hub, those that lead to something withdrawn, and since when."""
    _finders.append(find)
    return find


def withheld(messages: Mapping[str, EmailMessage]) -> frozenset[str]:
    """Of messages by their token, those that tell of something withdrawn since. As many queries for many."""
    told = {token: _paths(message) for token, message in messages.items()}
    paths = frozenset().union(*told.values())
    since = {path: moment for find in _finders for path, moment in find(paths).items()} if paths else {}
    told = {token: found for token, paths in told.items() if (found := since.keys() & paths)}
    queued = _queued(told)
    return frozenset(
        token
        for token, found in told.items()
        if any(since[path] > (queued.get(token) or messages[token]["Date"].datetime) for path in found)
    )


def _paths(message: EmailMessage) -> frozenset[str]:
    text = message.get_body(("plain",))
    return frozenset(_PATH.findall(text.get_content())) if text else frozenset()


def _queued(tokens: Collection[str]) -> dict[str, datetime]:
    """A header tells seconds only, and an author is told of a withdrawal within one."""
    rows = db.session.execute(select(Mail.token, Mail.queued_at).where(Mail.token.in_(tokens)))
    return {row.token: row.queued_at for row in rows}
