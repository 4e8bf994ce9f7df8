"""Beginning a page: from nothing, or from an accepted answer."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Person
from hub.content.actions import link_items, start_item
from hub.content.actions.permitting import permit
from hub.content.actions.spine import add_once
from hub.content.files.hanging import copies, files_of_revision
from hub.content.models import GUIDANCE, Item, Link, Post, Revision, StoredFile, Topic
from hub.content.queries import opening_post
from hub.core.database import db
from hub.core.outbox import emit
from hub.core.policy import Actor
from hub.groups.models import Group
from hub.guidance.models import ANSWERED, ASKED, BECAME, DRAFT, WROTE, Credit, Filing, Guidance

Sources = Iterable[tuple[str, str]]


def start_guidance(
    actor: Actor,
    group: Group,
    title: str,
    summary: str,
    source: str,
    *,
    topics: Iterable[Topic] = (),
    applies_to: str = "",
    law_date: date | None = None,
    sources: Sources = (),
    note: str = "",
    files: Sequence[StoredFile] = (),
) -> Item:
    """A draft that the group's members see and edit together. sources: (title, address or "") pairs."""
    permit(actor, "guidance.start", group)
    item = start_item(
        actor,
        group,
        GUIDANCE,
        title,
        source,
        topics=topics,
        applies_to=applies_to,
        law_date=law_date,
        summary=summary,
        state=DRAFT,
        published=False,
        files=files,
    )
    db.session.add(Guidance(item_id=item.id, owner_id=actor.person_id, newest_number=1))
    first = db.session.scalars(
        select(Revision).where(Revision.post_id == opening_post(item).id, Revision.number == 1)
    ).one()
    first.note = note
    db.session.add(
        Filing(
            revision_id=first.id,
            applies_to=item.applies_to,
            law_date=law_date,
            topic_ids=sorted(topic.id for topic in item.topics),
            sources=[{"title": words, "url": url} for words, url in sources],
        )
    )
    db.session.flush()
    emit("guidance.started", item_id=item.id)
    return item


def guidance_from_answer(
    actor: Actor,
    answer: Post,
    *,
    title: str = "",
    summary: str = "",
    source: str = "",
) -> Item:
    """A draft that begins with an answer's words and files; asker and answerer are credited, the question is
    linked.

    Twice is once: an answer that became guidance already leads to that page.
    """
    permit(actor, "guidance.derive", answer)
    question = answer.item
    if (made := made_from(answer)) is not None:
        return made
    item = start_guidance(
        actor,
        question.group,
        title or question.title,
        summary,
        source or answer.source,
        topics=question.topics,
        applies_to=question.applies_to,
        law_date=question.law_date,
        files=copies(files_of_revision(answer.id, answer.revision_number), actor.person_id),
        note=_("Began as the answer by %(name)s", name=answer.byline.get("name", "")),
    )
    link_items(actor, question, item, BECAME, answer)
    _credit(item, ANSWERED, answer.author_id, answer.byline)
    _credit(item, ASKED, question.author_id, question.byline)
    emit("guidance.derived", item_id=item.id, question_id=question.id, post_id=answer.id)
    return item


def made_from(answer: Post) -> Item | None:
    """The page that an answer became, if it did."""
    return db.session.scalars(
        select(Item)
        .join(Link, Link.to_item_id == Item.id)
        .where(Link.kind == BECAME, Link.from_post_id == answer.id)
        .order_by(Item.id)
        .limit(1)
    ).one_or_none()


def credit(actor: Actor, item: Item, person: Person, part: str = WROTE) -> None:
    """Name somebody on the page as one of those it grew from."""
    permit(actor, "guidance.edit", item)
    _credit(item, part, person.id, person.byline())


def _credit(item: Item, part: str, person_id: int | None, byline: dict[str, str]) -> None:
    """Whoever both asked and answered is credited with the answer, which comes first."""
    if byline.get("handle"):
        add_once(
            Credit,
            item_id=item.id,
            handle=byline["handle"],
            part=part,
            person_id=person_id,
            byline=byline,
        )
