"""Who sees what was asked, and who decides."""

from sqlalchemy import ColumnElement, true

from hub.core.policy import Actor, permission, visibility

from .models import SealedRequest

# A name and a reason are read by whoever decides; more belongs in a conversation.
LONGEST_REASON = 1_000


@visibility(SealedRequest)
def _sees(actor: Actor) -> ColumnElement[bool]:
    """Whoever asked, and administrators: they decide, and see nothing of the collection itself."""
    return true() if actor.administrator else SealedRequest.asked_by_id == actor.person_id


@permission("sealed_request.decide")
def _may_decide(actor: Actor, request: SealedRequest) -> bool:
    """Never whoever asked: that would be nobody's check."""
    return actor.administrator and request.waiting and request.asked_by_id != actor.person_id
