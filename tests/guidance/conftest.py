"""A small community with a guidance page in its making."""

import pytest
from sqlalchemy import select

from hub.core.database import db, unit_of_work
from hub.guidance import actions
from hub.guidance.models import Guidance
from tests.factories.content import form_on
from tests.factories.worlds import world

__all__ = ["world"]

TEXT = "First line.\n\nSecond line.\n\nThird line."


@pytest.fixture
def page(world):
    """A draft that Bob started."""
    with unit_of_work():
        return actions.start_guidance(world.as_bob, world.group, "Keeping chats", "What to keep.", TEXT)


def held(item):
    """The page's row as it is in the database now."""
    db.session.expire_all()
    return db.session.scalars(select(Guidance).where(Guidance.item_id == item.id)).one()


def send(client, path, action=None, **fields):
    """Open a page and send its form, with what the page already holds in it."""
    hidden = form_on(client.get(path), action or path)
    return client.post(action or path, data={**hidden, **fields})
