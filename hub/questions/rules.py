"""Who may do what with questions and answers."""

from hub.content.models import ANSWER, QUESTION, Item, Post
from hub.core.policy import Actor, can, permission

# A reason is a sentence under the answer, not another answer.
LONGEST_REASON = 300


@permission("question.answer")
def _may_answer(actor: Actor, item: Item) -> bool:
    """Members answer, also the asker: people often find it out themselves."""
    return item.kind == QUESTION and can(actor, "item.contribute", item)


@permission("answer.accept")
def _may_accept(actor: Actor, answer: Post) -> bool:
    """Only the asker accepts, or takes it back: it is their word that it helped. Closed questions too."""
    item = answer.item
    return (
        answer.kind == ANSWER
        and answer.withdrawn_at is None
        and item.withdrawn_at is None
        and actor.person_id is not None
        and item.author_id == actor.person_id
        and actor.is_member(item.group_id)
    )
