"""What a person began to write and has not sent: kept on the server, by place."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from hub.content.models import Draft
from hub.content.rules import LONGEST_POST
from hub.core import clock
from hub.core.database import db
from hub.core.policy import Actor

from .permitting import NotPermitted


def keep_draft(actor: Actor, place: str, fields: dict[str, Any]) -> None:
    """Keep what was typed at a place (the path of the form); an empty form keeps nothing."""
    if actor.person_id is None:
        raise NotPermitted("nobody is signed in")
    typed = {name: value[: LONGEST_POST * 2] for name, value in fields.items() if value}
    if not typed:
        return drop_draft(actor, place)
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Draft).values(
        person_id=actor.person_id, place=place[:200], fields=typed, saved_at=clock.now()
    )
    db.session.execute(
        insert.on_conflict_do_update(
            index_elements=["person_id", "place"],
            set_={"fields": insert.excluded.fields, "saved_at": insert.excluded.saved_at},
        )
    )
    return None


def drop_draft(actor: Actor, place: str) -> None:
    """Forget a draft: it was sent, or emptied."""
    db.session.execute(
        delete(Draft.__table__).where(Draft.person_id == actor.person_id, Draft.place == place[:200])
    )
