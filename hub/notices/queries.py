"""Reads: somebody's notices, and how many wait."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from hub.content.models import Item
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible

from .models import Notice, NoticePreference
from .rules import MOST_COUNTED, is_unread


@dataclass(frozen=True)
class Shown:
    """A notice as its page shows it."""

    notice: Notice
    unread: bool


def notices_of(actor: Actor, cursor: str | None = None) -> Page[Shown]:
    """The actor's notices, newest first, with what they are about."""
    statement = (
        select(Notice, is_unread().label("unread"))
        .join(Notice.post)
        .join(Notice.item)
        .join(Item.group)
        .options(
            contains_eager(Notice.post),
            contains_eager(Notice.item).contains_eager(Item.group),
        )
        .where(visible(Notice, actor))
    )
    found = page(
        statement,
        (Notice.created_at, Notice.token),
        lambda row: (row[0].created_at, row[0].token),
        cursor,
        scalars=False,
    )
    return Page([Shown(notice, unread) for notice, unread in found.rows], found.older)


def unread_count(actor: Actor) -> int:
    """How many wait; counting stops just above MOST_COUNTED."""
    statement: Select[tuple[int]] = actor.once(unread_count, lambda: _counting(actor))
    return db.session.scalar(statement) or 0


def _counting(actor: Actor) -> Select[tuple[int]]:
    waiting = select(Notice.id).where(visible(Notice, actor), is_unread()).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(waiting.subquery())


def one_notice(actor: Actor, token: str) -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.token == token, visible(Notice, actor)))


def notice_with(token: str) -> Notice | None:
    """By the token that a mailed link names."""
    return db.session.scalar(select(Notice).where(Notice.token == token))


def preference_of(person_id: int) -> NoticePreference:
    """What a person wants by e-mail; everything, before they chose."""
    found = db.session.get(NoticePreference, person_id)
    return found or NoticePreference(person_id=person_id, answers=True, mentions=True, watched=True)
