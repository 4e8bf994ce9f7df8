"""Who hands over and who accepts."""

from sqlalchemy import ColumnElement, false

from hub.core.policy import Actor, permission, visibility

from .models import Handover


@visibility(Handover)
def _sees_handover(actor: Actor) -> ColumnElement[bool]:
    """Whoever was asked to keep it."""
    return Handover.person_id == actor.person_id if actor.signed_in else false()


@permission("handover.answer")
def _may_answer(actor: Actor, handover: Handover) -> bool:
    return actor.signed_in and handover.person_id == actor.person_id
