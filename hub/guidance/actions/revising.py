"""Editing: every edit is a revision, and two who edit at once lose nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hub.content.actions import watch
from hub.content.actions.permitting import NotPermitted, acting_person, permit
from hub.content.actions.spine import touch
from hub.content.files.hanging import UNCHANGED, FileChange, describe, files_with_ids, hang, may_hang
from hub.content.models import JURISDICTIONS, Item, Revision, Topic
from hub.content.queries import opening_post
from hub.content.rules import LONGEST_SUMMARY, LONGEST_TITLE
from hub.core import clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.markup import tidy
from hub.core.outbox import emit
from hub.core.policy import Actor
from hub.guidance.models import DRAFT, Filing, Guidance
from hub.guidance.rules import LONGEST_NOTE
from hub.guidance.wording import Met, Wording, bring_together, wording_of

from .pages import hold, html_of, revision, show


class Meanwhile(Exception):
    """Somebody else changed the same parts since the editor began. `met` has both, `theirs` what they saved
    as the newest revision; nothing of the editor's was saved."""

    def __init__(self, met: Met, theirs: Wording, newest: Revision) -> None:
        super().__init__("edited meanwhile")
        self.met = met
        self.theirs = theirs
        self.newest = newest


def revise(
    actor: Actor,
    item: Item,
    *,
    title: str | None = None,
    summary: str | None = None,
    source: str | None = None,
    topics: Iterable[Topic] | None = None,
    applies_to: str | None = None,
    law_date: date | str | None = "as it was",
    sources: Iterable[tuple[str, str]] | None = None,
    note: str = "",
    based_on: int | None = None,
    files: FileChange = UNCHANGED,
) -> Revision:
    """A new revision; what is not given stays. `based_on` is the number of the revision that the editor began
    from: what others changed since is merged in. Raises Meanwhile where both changed the same.

    A draft shows its newest revision; a published page goes on showing the published one.
    """
    permit(actor, "guidance.edit", item)
    page = hold(item)
    newest, filing = _found(item, page.newest_number)
    began, began_filing = _found(item, based_on or page.newest_number)
    began_from = wording_of(began, began_filing)
    given = {
        "title": None if title is None else " ".join(title.split())[:LONGEST_TITLE],
        "summary": None if summary is None else " ".join(summary.split())[:LONGEST_SUMMARY],
        "source": None if source is None else tidy(source),
        "topics": None if topics is None else tuple(sorted(topic.id for topic in topics)),
        "applies_to": applies_to if applies_to is None or applies_to in JURISDICTIONS else "",
        "sources": None if sources is None else tuple(tuple(pair) for pair in sources),
    }
    if not may_hang(actor.person_id, files.added, item.id):
        raise NotPermitted("somebody else's files")
    mine = replace(began_from, **{part: value for part, value in given.items() if value is not None})
    mine = replace(mine, files=tuple(files.applied(began_from.files)))
    if not isinstance(law_date, str):
        mine = replace(mine, law_date=law_date)
    theirs = wording_of(newest, filing)
    if began.number != newest.number:
        met = bring_together(began_from, mine, theirs)
        if met.conflicts:
            raise Meanwhile(met, theirs, newest)
        mine = met.wording
    if describe(files_with_ids(began_from.files), files.described):
        touch(item)
    if mine == theirs:
        return newest
    return _keep(actor, page, mine, note)


def revert_to(actor: Actor, item: Item, number: int, note: str = "") -> Revision:
    """A new revision with the wording of an earlier one. Nothing in between is lost."""
    permit(actor, "guidance.edit", item)
    page = hold(item)
    wording = wording_of(*_found(item, number))
    if wording == wording_of(*_found(item, page.newest_number)):
        return _found(item, page.newest_number)[0]
    return _keep(actor, page, wording, note or _("Back to revision %(number)s", number=number))


def _found(item: Item, number: int) -> tuple[Revision, Filing | None]:
    found = revision(item, number)
    if found is None:
        raise Refused(_("This page has no revision %(number)s.", number=number))
    return found


def _keep(actor: Actor, page: Guidance, wording: Wording, note: str) -> Revision:
    item, person = page.item, acting_person(actor)
    page.newest_number += 1
    made = Revision(
        post_id=opening_post(item).id,
        number=page.newest_number,
        author_id=person.id,
        byline=person.byline(),
        title=wording.title,
        summary=wording.summary,
        source=wording.source,
        html=html_of(item, wording.source),
        note=" ".join(note.split())[:LONGEST_NOTE],
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    hang(made, item, files_with_ids(wording.files))
    db.session.add(
        Filing(
            revision_id=made.id,
            applies_to=wording.applies_to,
            law_date=wording.law_date,
            topic_ids=_known(wording.topics),
            sources=[{"title": words, "url": url} for words, url in wording.sources],
        )
    )
    db.session.flush()
    if page.published_number is None:
        show(item, made.number)
        _back_to_draft(page)
    watch(actor, item)
    emit("guidance.revised", item_id=item.id, revision_id=made.id)
    return made


def _known(topic_ids: Iterable[int]) -> list[int]:
    """Topics may have gone since an earlier revision named them."""
    return sorted(db.session.scalars(select(Topic.id).where(Topic.id.in_(topic_ids))))


def _back_to_draft(page: Guidance) -> None:
    """What was sent for review has changed; it waits on, with what is new in it."""
    if page.asked_number is not None:
        page.asked_number = page.newest_number
    elif page.item.state != DRAFT:
        page.item.state = DRAFT
