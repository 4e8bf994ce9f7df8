"""The log of decisions, as it is read: who did what, to what, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.accounts.sign_in import local_path
from hub.content.models import Item, Post
from hub.core.audit import AuditEntry
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.examples.models import Example
from hub.groups.models import Group

from .models import Report
from .words import done


@dataclass(frozen=True)
class Entry:
    """One line of the log. by: who did it, nothing when the account is gone or the hub did it itself."""

    at: datetime
    by: str
    did: str
    subject: str
    path: str
    reason: str
    group: str


def entries(actor: Actor, group: Group | None = None, cursor: str | None = None) -> tuple[Page, list[Entry]]:
    """A page of the log, the newest first, in up to seven queries."""
    statement = select(AuditEntry).where(visible(AuditEntry, actor))
    if group is not None:
        statement = statement.where(AuditEntry.group_id == group.id)
    found = page(
        statement, (AuditEntry.at, AuditEntry.action), lambda entry: (entry.at, entry.action), cursor
    )
    return found, _told(actor, found.rows)


def _told(actor: Actor, rows: Sequence[AuditEntry]) -> list[Entry]:
    people = _named(actor, {row.person_id for row in rows if row.person_id})
    groups = {group.id: group.name for group in _groups(actor, {row.group_id for row in rows})}
    subjects = _subjects(actor, rows)
    told = []
    for row in rows:
        title, path = subjects.get((row.subject_kind, row.subject_id), ("", ""))
        about = str(row.details.get("about", ""))
        told.append(
            Entry(
                at=row.at,
                by=people.get(row.person_id or 0, ""),
                did=done(row.action),
                subject=title or about,
                path=path or local_path(about),
                reason=row.reason,
                group=groups.get(row.group_id or 0, ""),
            )
        )
    return told


def _named(actor: Actor, ids: set[int]) -> dict[int, str]:
    seen = select(Person.id, Person.name).where(Person.id.in_(ids), visible(Person, actor))
    return dict(db.session.execute(seen).all()) if ids else {}


def _groups(actor: Actor, ids: set[int | None]) -> Sequence[Group]:
    return db.session.scalars(select(Group).where(visible(Group, actor), Group.id.in_(ids - {None}))).all()


def _subjects(actor: Actor, rows: Sequence[AuditEntry]) -> dict[tuple[str, int | None], tuple[str, str]]:
    """(kind, id) -> title and address, of the items, posts and examples that the actor sees."""
    items = {row.subject_id for row in rows if row.subject_kind == "item"}
    posts = {row.subject_id for row in rows if row.subject_kind == "post"}
    examples = {row.subject_id for row in rows if row.subject_kind == "example"}
    found: dict[tuple[str, int | None], tuple[str, str]] = {}
    if items:
        for item in db.session.scalars(select(Item).where(visible(Item, actor), Item.id.in_(items))):
            found["item", item.id] = item.title, item.path
    if posts:
        seen = select(Post).where(visible(Post, actor), Post.id.in_(posts)).options(joinedload(Post.item))
        for post in db.session.scalars(seen):
            found["post", post.id] = post.item.title, post.path
    if examples:
        shown = select(Example).where(visible(Example, actor), Example.id.in_(examples))
        under = joinedload(Example.post).joinedload(Post.item)
        for example in db.session.scalars(shown.options(under)):
            found["example", example.id] = example.post.item.title, example.path
    reports = {row.subject_id for row in rows if row.subject_kind == "report"}
    if reports:
        made = (
            select(Report)
            .where(visible(Report, actor), Report.id.in_(reports))
            .options(
                joinedload(Report.example).joinedload(Example.post).joinedload(Post.item),
            )
        )
        for report in db.session.scalars(made):
            found["report", report.id] = _of_report(report)
    return found


def _of_report(report: Report) -> tuple[str, str]:
    """What was reported, as its page calls it."""
    item = report.item or (report.example.post.item if report.example else None)
    name = item.title if item else (report.person.name if report.person else "")
    return name, local_path(report.about)
