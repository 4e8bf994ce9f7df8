"""Messages to the hub, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select

from hub.core.database import db
from hub.inbox.models import Incoming


@contextmanager
def settings_with(app: Flask, **values: object) -> Iterator[None]:
    """The hub's settings, some of them others."""
    kept = app.extensions["settings"]
    app.extensions["settings"] = type(kept).model_validate({**dict(kept), **values})
    yield
    app.extensions["settings"] = kept


def message(
    to: str = "hub+test@hub.example.org",
    text: str = "Hello.",
    message_id: str = "<1@example.com>",
    **more: str,
) -> bytes:
    """more: further headers, `in_reply_to="..."` for In-Reply-To."""
    headers = {"From": "Ann <ann@example.com>", "To": to, "Subject": "Hello", "Message-ID": message_id}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return ("\r\n".join([*lines, "", text, ""])).encode()


def rows() -> list[Incoming]:
    """What came in, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(Incoming).order_by(Incoming.id)))
