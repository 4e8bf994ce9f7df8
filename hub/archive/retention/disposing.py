"""Disposal and erasure: proposed with a reason, approved by a second person, carried out in pieces."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import func, insert, literal, select

from hub.accounts.models import Person
from hub.archive.approvals.actions import ask, lapse_now
from hub.archive.approvals.kinds import A_SECOND_PERSON, Kind, add_kind
from hub.archive.approvals.models import Approval, ApprovalPost
from hub.archive.models import ArchivedPost, ArchiveEvent, Collection, PostVersion
from hub.archive.proof.erasing import erase
from hub.archive.proof.models import LogEntry
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import enqueue
from hub.core.policy import ANYBODY, Actor, can

from . import transferring, words
from .choosing import Chosen
from .disposal_models import DISPOSAL, DONE, ERASURE, HELD, NEWER, TO_DO, Disposal, DisposalPost
from .due import Use
from .holds import is_held
from .reaching import reach
from .schedule_models import TRANSFER

LONGEST_AUTHORITY = 600
# Posts that the deciding page shows; the disposal's own page counts all.
SHOWN = 20
# Posts in one transaction: what else has their words is looked for once for all of them.
AT_ONCE = 20


def propose_disposal(
    actor: Actor, collection: Collection, use: Use, posts: Chosen, *, reason: str, second: str = ""
) -> Disposal:
    """Ask a second person to agree that what is due is disposed of. What is on hold is left out.

    posts: of what is due in the class. Raises Refused.
    """
    if use.entry.action == TRANSFER:
        raise Refused(
            _(
                "Posts of this class are transferred to an archive before they are disposed of here. Transfer"
                " them from the list of what is due. Nothing was changed."
            )
        )
    made = write_down(actor, due_disposal(collection, use), posts, reason)
    ask_for(actor, made, second)
    return made


def due_disposal(collection: Collection, use: Use) -> Disposal:
    """A disposal under the class as it is now."""
    entry = use.entry
    authority = ". ".join(part for part in (entry.authority, words.how_long(entry)) if part)
    return Disposal(
        collection=collection,
        kind=DISPOSAL,
        authority=f"{entry.reference} {entry.title}. {authority}"[:LONGEST_AUTHORITY],
        entry={
            "reference": entry.reference,
            "title": entry.title,
            "schedule": entry.schedule.name,
            "version": entry.schedule.version,
        },
    )


def propose_erasure(
    actor: Actor, collection: Collection, posts: Chosen, *, authority: str, reason: str, second: str = ""
) -> Disposal:
    """Ask a second person to agree that posts are erased, whatever their class. Raises Refused.

    authority: what the law calls it: a data protection request's reference, a court's order.
    """
    authority = authority.strip()[:LONGEST_AUTHORITY]
    if not authority:
        raise Refused(_("Say under what authority it is erased: it is kept for good. Nothing was changed."))
    made = Disposal(collection=collection, kind=ERASURE, authority=authority)
    ask_for(actor, write_down(actor, made, posts, reason), second)
    return made


def write_down(actor: Actor, made: Disposal, posts: Chosen, reason: str) -> Disposal:
    """Keep of which posts a disposal is: those of the choice that are there and not held. Raises Refused."""
    person = db.session.get_one(Person, actor.person_id)
    made.reason, made.asked_by, made.person_id = reason.strip(), person.name, person.id
    db.session.add(made)
    db.session.flush()
    open_ones = posts.ids.order_by(None).where(ArchivedPost.erased_at.is_(None))
    row = {
        "post_id": ArchivedPost.id,
        "disposal_id": literal(made.id),
        "post_token": ArchivedPost.token,
        "state": literal(TO_DO),
        "commitments": literal([], _JSON),
        "events": literal(0),
    }
    free = open_ones.where(~is_held())
    db.session.execute(insert(DisposalPost).from_select(list(row), free.with_only_columns(*row.values())))
    made.number = _count(made)
    if not made.number:
        raise Refused(
            _("Nothing of this may be deleted: it is on hold, or is not there any more. Nothing was changed.")
        )
    return made


def ask_for(actor: Actor, made: Disposal, second: str) -> None:
    """Ask a second person to agree to it. Raises Refused."""
    first = select(DisposalPost.post_id).where(DisposalPost.disposal_id == made.id).limit(SHOWN)
    made.approval = ask(
        actor,
        made.kind,
        made.collection,
        made.reason,
        posts=db.session.scalars(first).all(),
        second=second,
        disposal_id=made.id,
        number=made.number,
    )
    db.session.flush()


_JSON = DisposalPost.commitments.type


def _count(disposal: Disposal, *states: str) -> int:
    counted = select(func.count()).where(DisposalPost.disposal_id == disposal.id)
    if states:
        counted = counted.where(DisposalPost.state.in_(states))
    return db.session.scalar(counted) or 0


def propose_transfer(
    actor: Actor, collection: Collection, use: Use, posts: Chosen, *, to: str, reason: str
) -> Disposal:
    """What is due is to go to an archive; what is on hold is left out. Nothing is asked of a second person
    before the archive has it. Raises Refused."""
    if use.entry.action != TRANSFER:
        raise Refused(_("Posts of this class are not for an archive. Nothing was changed."))
    to = " ".join(to.split())
    if not to:
        raise Refused(_("Say to which archive they go. Nothing was changed."))
    made = due_disposal(collection, use)
    made.transferred_to = to
    return write_down(actor, made, posts, reason)


def confirm_receipt(actor: Actor, disposal: Disposal, receipt: str, *, second: str = "") -> None:
    """The archive has them: ask a second person to agree that they are disposed of here. Raises Refused."""
    transferring.take_up_receipt(actor, disposal, receipt)
    ask_for(actor, disposal, second)


def give_up_transfer(actor: Actor, disposal: Disposal) -> None:
    """No receipt comes: everything stays here, and is due as before. Raises Refused."""
    if not disposal.awaits_receipt:
        raise Refused(_("This transfer waits for no receipt now. Nothing was changed."))
    transferring.give_up(disposal)
    audit.record(actor, "disposal.give_up", disposal)


def progress(disposal: Disposal) -> tuple[int, int]:
    """(how many posts are done with, how many of these were held and are still there)."""
    return _count(disposal, DONE, HELD, NEWER), _count(disposal, HELD)


def _disposal_of(approval: Approval) -> Disposal:
    return db.session.get_one(Disposal, approval.details["disposal_id"])


def _begin(actor: Actor, approval: Approval) -> str:
    """Approved: the worker carries it out."""
    disposal = _disposal_of(approval)
    if not can(actor, "collection.keep", disposal.collection):
        raise PermissionError("collection.keep")
    by = db.session.get(Person, approval.decided_by_id) if approval.decided_by_id else None
    disposal.approved_by, disposal.approved_at = by.name if by else "", clock.now()
    audit.record(actor, f"{disposal.kind}.begin", disposal, reason=disposal.reason, posts=disposal.number)
    enqueue(
        "retention.dispose",
        key=f"retention.dispose:{disposal.id}",
        serial=f"collection:{disposal.collection_id}",
        disposal_id=disposal.id,
    )
    return disposal.path


def dispose_of_next(disposal_id: int) -> bool:
    """The next posts, in the current transaction: begun again after a crash, it goes on where it was."""
    disposal = db.session.get_one(Disposal, disposal_id)
    todo = select(DisposalPost).where(DisposalPost.disposal_id == disposal_id, DisposalPost.state == TO_DO)
    parts = {
        part.post_id: part for part in db.session.scalars(todo.order_by(DisposalPost.post_id).limit(AT_ONCE))
    }
    if not parts:
        _finish(disposal)
        return False
    held = set(db.session.scalars(select(ArchivedPost.id).where(ArchivedPost.id.in_(parts), is_held())))
    newer = transferring.changed_since(parts.values()) - held if disposal.transferred_to else set()
    free = [post_id for post_id in parts if post_id not in held | newer]
    texts = db.session.scalars(select(PostVersion.text).where(PostVersion.post_id.in_(free))).all()
    person = db.session.get(Person, disposal.person_id) if disposal.person_id else None
    actor = person.as_actor() if person else ANYBODY
    for post in db.session.scalars(select(ArchivedPost).where(ArchivedPost.id.in_(free))):
        # A hold that is placed this very moment waits for us, or refuses here: then this is begun again.
        erase(post, disposal.authority, disposal.reason, actor, disposed=_said_of(disposal))
        parts[post.id].commitments = _commitments(post)
    for post_id, part in parts.items():
        part.state = HELD if post_id in held else NEWER if post_id in newer else DONE
    _forget_captions(free)
    disposal.reached = dict(Counter(disposal.reached) + Counter(reach(texts)))
    return True


def _said_of(disposal: Disposal) -> dict[str, str] | None:
    """What the history says of a disposal; None for an erasure."""
    if disposal.kind != DISPOSAL:
        return None
    to = {"transferred_to": disposal.transferred_to} if disposal.transferred_to else {}
    return {"certificate": disposal.token, **to}


def _forget_captions(post_ids: list[int]) -> None:
    """What was asked about the posts and waits lapses: a caption may say what they said."""
    waiting = (
        select(Approval)
        .join(ApprovalPost, ApprovalPost.approval_id == Approval.id)
        .where(ApprovalPost.post_id.in_(post_ids), Approval.details["caption"].is_not(None))
    )
    for approval in db.session.scalars(waiting).unique():
        approval.details = {key: value for key, value in approval.details.items() if key != "caption"}
        if approval.waiting:
            lapse_now(approval)


def _commitments(post: ArchivedPost) -> list[str]:
    events = select(ArchiveEvent.id).where(ArchiveEvent.post_id == post.id)
    sealed = select(LogEntry.commitment).where(
        LogEntry.collection_id == post.collection_id, LogEntry.event_id.in_(events)
    )
    return [commitment.hex() for commitment in db.session.scalars(sealed.order_by(LogEntry.seq))]


def _finish(disposal: Disposal) -> None:
    if disposal.finished_at is None:
        disposal.finished_at = clock.now()


def _show(_actor: Actor, approval: Approval) -> Markup:
    disposal = _disposal_of(approval)
    under = _("Authority: %(authority)s", authority=disposal.authority)
    gone = _("Bytes, words, pictures and every copy of the words in this hub go for good.")
    told = [under, *transferring.told(disposal), gone]
    return Markup().join(Markup("<p>{}</p>").format(one) for one in told)


add_kind(
    Kind(
        code=DISPOSAL,
        name=lazy_gettext("Dispose of archived posts whose time is over"),
        decides=A_SECOND_PERSON,
        carry_out=_begin,
        show=_show,
    )
)
add_kind(
    Kind(
        code=ERASURE,
        name=lazy_gettext("Erase archived posts by law"),
        decides=A_SECOND_PERSON,
        carry_out=_begin,
        show=_show,
    )
)
