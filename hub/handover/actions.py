"""What keepers do with hand-overs. Actor first; nothing commits here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import func, select

from hub.archive.approvals.kinds import THE_APPROVER, Kind, add_kind
from hub.archive.approvals.models import Approval
from hub.archive.leaving import ask_to_leave, may_leave
from hub.archive.models import Collection
from hub.archive.retention import disposing, transferring
from hub.archive.retention.choosing import Chosen
from hub.archive.retention.disposal_models import Disposal
from hub.archive.retention.due import Use
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import enqueue
from hub.core.policy import Actor

from . import choosing
from .models import (
    ASKED,
    BAG,
    DISCLOSURE,
    DRAFT,
    PAPERS,
    PASSAGE,
    STOPPED,
    UNDER_WAY,
    WAITING,
    HandOver,
    Redaction,
)
from .papers import MOST_POSTS
from .rules import MOST_AT_A_TIME
from .words import SHORT

APPROVAL = "hand_over"


def hand_over(
    actor: Actor,
    collection: Collection,
    format_: str,
    scope: dict[str, Any],
    *,
    recipient: str = "",
    reason: str = "",
    names_shown: bool = False,
    disposal: Disposal | None = None,
) -> HandOver:
    """Ask for a hand-over. A disclosure begins as a draft; where the collection has an approver, the rest
    waits for them. Raises Refused."""
    count = choosing.how_many(actor, collection, scope)
    if not count:
        raise Refused(_("There is no post to hand over. Choose others. Nothing was changed."))
    if format_ in PAPERS and count > MOST_POSTS:
        raise Refused(
            _(
                "A paper holds up to %(most)s posts, and this choice has %(count)s. Narrow it, or hand over "
                "a bag or tables. Nothing was changed.",
                most=MOST_POSTS,
                count=count,
            )
        )
    if format_ in PAPERS:
        scope = choosing.fixed(actor, collection, scope)
    made = HandOver(
        collection=collection,
        person_id=actor.person_id,
        format=format_,
        scope=scope,
        recipient=recipient.strip(),
        reason=reason.strip(),
        names_shown=names_shown,
        disposal=disposal,
        state=DRAFT,
        posts=count,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "hand_over.ask", made, reason=made.reason, format=format_, scope=scope)
    if format_ != DISCLOSURE:
        let_leave(actor, made)
    return made


def transfer(
    actor: Actor, collection: Collection, use: Use, posts: Chosen, *, to: str, reason: str
) -> HandOver:
    """A bag of exactly these posts of what is due, for an archive; once it has answered, they are disposed of
    here. Raises Refused."""
    disposal = disposing.propose_transfer(actor, collection, use, posts, to=to, reason=reason)
    scope = {"transfer": disposal.token}
    return hand_over(actor, collection, BAG, scope, recipient=to, reason=reason, disposal=disposal)


def let_leave(actor: Actor, made: HandOver) -> None:
    """Have it made, once the collection's approver agrees where there is one. Raises Refused."""
    if may_leave(actor, made.collection):
        begin(actor, made)
        return
    made.state = ASKED
    # Whoever approves sees the posts that were chosen one by one; nobody reads a whole collection.
    posts = choosing.ids_of(actor, made.collection, made.scope)
    ask_to_leave(actor, APPROVAL, made.collection, made.reason, posts=posts, hand_over=made.token)


def begin(actor: Actor, made: HandOver) -> None:
    """Have it made. Raises Refused when too many of the actor's are under way."""
    under_way = select(func.count()).select_from(HandOver).where(
        HandOver.person_id == actor.person_id, HandOver.state.in_(UNDER_WAY), HandOver.id != made.id
    )  # fmt: skip
    if (db.session.scalar(under_way) or 0) >= MOST_AT_A_TIME:
        raise Refused(_("Several of your hand-overs are being made. Wait for one to end, or stop one."))
    made.state = WAITING
    enqueue("hand_over.make", key=f"hand_over.make:{made.id}", hand_over_id=made.id)


def _approved(actor: Actor, approval: Approval) -> str:
    made = _asked_about(approval)
    if made is None or made.state != ASKED:
        raise Refused(_("This hand-over is no longer wanted. Nothing was made."))
    begin(actor, made)
    return made.path


def _asked_about(approval: Approval) -> HandOver | None:
    return db.session.scalar(select(HandOver).where(HandOver.token == approval.details["hand_over"]))


def _show(_actor: Actor, approval: Approval) -> Markup:
    """What would leave, for whom, and what is taken out of it."""
    made = _asked_about(approval)
    if made is None:
        return Markup()
    choice = choosing.in_words(made.scope)
    return Markup(render_template("handover/_approval.html", made=made, choice=choice))


def _taken_out(approval: Approval) -> list[str]:
    made = _asked_about(approval)
    return [one.what for one in made.redactions if one.kind == PASSAGE] if made else []


def _name(approvals: Sequence[Approval]) -> dict[int, str]:
    """What a list says of each: as what, and for whom."""
    tokens = [one.details["hand_over"] for one in approvals]
    found = db.session.scalars(select(HandOver).where(HandOver.token.in_(tokens)))
    told = {
        made.token: f"{SHORT[made.format]}: {made.recipient}" if made.recipient else str(SHORT[made.format])
        for made in found
    }
    return {one.id: told.get(one.details["hand_over"], "") for one in approvals}


def stop(actor: Actor, made: HandOver) -> None:
    """Whoever asked for it does not want it any more: nothing of it is kept but that it was asked for."""
    if made.state in (DRAFT, ASKED):
        made.state = STOPPED
        not_made(made)
    elif made.under_way:
        made.stop_asked = True
    else:
        raise Refused(_("This hand-over has ended already, so there is nothing to stop."))
    audit.record(actor, "hand_over.stop", made)


def not_made(made: HandOver) -> None:
    """Nothing comes of it: what would have followed does not."""
    if made.disposal is not None:
        transferring.give_up(made.disposal)


def redact(actor: Actor, made: HandOver, kind: str, what: str, exemption: str) -> Redaction:
    """Take something out of a disclosure that is not made yet. Raises Refused."""
    _refuse_unless_draft(made)
    what = what.strip() if kind == PASSAGE else what
    found = Redaction(hand_over_id=made.id, kind=kind, what=what, exemption=exemption.strip())
    db.session.add(found)
    db.session.flush()
    return found


def put_back(actor: Actor, made: HandOver, redaction: Redaction) -> None:
    _refuse_unless_draft(made)
    db.session.delete(redaction)


def finish(actor: Actor, made: HandOver, exemption: str) -> None:
    """The redactions are decided: have the disclosure made. exemption: for the names of private people."""
    _refuse_unless_draft(made)
    made.exemption = exemption.strip()
    audit.record(
        actor, "hand_over.redacted", made, reason=made.exemption,
        redactions=[[one.kind, one.exemption] for one in made.redactions],
    )  # fmt: skip
    let_leave(actor, made)


def _refuse_unless_draft(made: HandOver) -> None:
    if made.state != DRAFT:
        raise Refused(
            _("This disclosure is decided already. Make another to change it. Nothing was changed.")
        )


def _dropped(approval: Approval) -> None:
    made = _asked_about(approval)
    if made is not None and made.state == ASKED:
        made.state, made.finished_at, made.problem = STOPPED, clock.now(), "not_agreed"
        not_made(made)


add_kind(
    Kind(
        APPROVAL,
        _l("Hand over posts"),
        THE_APPROVER,
        _approved,
        show=_show,
        taken_out=_taken_out,
        dropped=_dropped,
        about=_name,
    )
)
