"""Asking, answering, commenting, accepting."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import update

from hub.content import actions as content
from hub.content.actions.permitting import permit
from hub.content.actions.spine import change_item, changed, happened
from hub.content.models import ANSWER, COMMENT, QUESTION, Item, Post, StoredFile, Topic
from hub.core import clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import ANSWERED, WAITING, Question
from .rules import LONGEST_REASON


def ask_question(
    actor: Actor,
    group: Group,
    title: str,
    source: str,
    *,
    topics: Iterable[Topic] = (),
    applies_to: str = "",
    law_date: date | None = None,
    files: Sequence[StoredFile] = (),
) -> Item:
    """A new question in a group; its asker watches it."""
    filed = {"topics": topics, "applies_to": applies_to, "law_date": law_date}
    item = content.start_item(actor, group, QUESTION, title, source, files=files, **filed)
    db.session.add(Question(item_id=item.id))
    db.session.flush()
    return item


def answer(actor: Actor, item: Item, source: str, *, files: Sequence[StoredFile] = ()) -> Post:
    """Answer a question."""
    permit(actor, "question.answer", item)
    return content.add_post(actor, item, ANSWER, source, files=files)


def comment(actor: Actor, parent: Post, source: str) -> Post:
    """A short remark under the question or under an answer. One under a comment joins its thread."""
    if parent.kind == COMMENT:
        parent = db.session.get(Post, parent.parent_id) or parent
    return content.add_post(actor, parent.item, COMMENT, source, parent=parent)


def accept_answer(actor: Actor, answer: Post, reason: str = "") -> None:
    """The asker says that this answer helped. It takes the place of one accepted before; twice is once."""
    permit(actor, "answer.accept", answer)
    item = answer.item
    question = _question(item)
    _choose(question, answer, " ".join(reason.split())[:LONGEST_REASON])
    change_item(item, state=ANSWERED, last_activity_at=clock.now())
    happened("accepted", actor, item, answer)
    changed(item)


def unaccept_answer(actor: Actor, answer: Post) -> None:
    """The asker takes it back: the question waits again."""
    permit(actor, "answer.accept", answer)
    if forget_accepted(answer.item, answer.id):
        changed(answer.item)


def forget_accepted(item: Item, answer_id: int) -> bool:
    """The question waits again, if this answer was the accepted one."""
    forgotten = db.session.execute(
        update(Question)
        .where(Question.item_id == item.id, Question.accepted_post_id == answer_id)
        .values(accepted_post_id=None, accepted_at=None, reason="")
        .execution_options(synchronize_session="fetch")
    )
    if forgotten.rowcount != 1:  # type: ignore[attr-defined]
        return False
    return change_item(item, state=WAITING)


def _question(item: Item) -> Question:
    question = db.session.get(Question, item.id)
    if question is None:
        raise LookupError("This item is not a question.")
    return question


def _choose(question: Question, answer: Post, reason: str) -> None:
    """Set the accepted answer, unless another page set one since this transaction read it."""
    chosen = db.session.execute(
        update(Question)
        .where(
            Question.item_id == question.item_id,
            Question.accepted_post_id.is_not_distinct_from(question.accepted_post_id),
        )
        .values(accepted_post_id=answer.id, accepted_at=clock.now(), reason=reason)
        .execution_options(synchronize_session="fetch")
    )
    if chosen.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(
            _("You accepted another answer just now, in another window. Look at the question again.")
        )
