"""Entries of guidance: the latest change of each page, told anew when it is published, checked or doubted."""

from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from hub.content.files.shown import ShownFile
from hub.content.models import GUIDANCE, Activity, Item, Post
from hub.content.rules import is_open_to_all
from hub.core.database import db
from hub.core.pages import day
from hub.core.paging import page
from hub.core.policy import Actor
from hub.core.site import address
from hub.groups.models import Group
from hub.guidance.models import NEEDS_REVIEW, SUPERSEDED, Guidance

from .changes import Changes, changes_of, latest
from .content import elsewhere, paragraph
from .enclosed import enclosures, files_under, listed
from .entries import Entry
from .filed import foot_of, tags_of
from .naming import tag_of, written_by
from .of_items import Found, items_with_first_posts, withdrawn_items
from .rules import ENTRIES
from .subjects import Subject

PUBLISHED, REVISED, CHECKED = "published", "revised", "checked"


def found_guidance(actor: Actor, subject: Subject, cursor: str | None) -> Found:
    """Pages that anything happened to, the last first."""
    criteria = [Item.kind == GUIDANCE]
    if subject.item is not None:
        criteria.append(Item.id == subject.item.id)
    elif subject.group is not None:
        criteria.append(Item.group_id == subject.group.id)
    found = page(
        items_with_first_posts(actor).where(*criteria),
        (Item.last_activity_at, Group.slug, Item.number),
        lambda row: (row.Item.last_activity_at, row.Item.group.slug, row.Item.number),
        cursor,
        ENTRIES,
        scalars=False,
    )
    ids = [row.Item.id for row in found]
    pages, news, changes = _pages(ids), _news(ids), changes_of(item=ids)
    files = files_under((row.Item, row.Post) for row in found)
    entries = [
        _entry(
            row.Item,
            row.Post,
            pages[row.Item.id],
            news=news.get(row.Item.id, PUBLISHED),
            changes=changes,
            files=files.get(row.Post.id, ()),
        )
        for row in found
    ]
    return entries, withdrawn_items(actor, *criteria), found.older or ""


def _pages(ids: Collection[int]) -> dict[int, Guidance]:
    rows = db.session.scalars(select(Guidance).where(Guidance.item_id.in_(ids)))
    return {page.item_id: page for page in rows.unique()}


def _news(ids: Collection[int]) -> dict[int, str]:
    """What was last done to each page, by its id."""
    rows = db.session.execute(
        select(Activity.item_id, Activity.kind)
        .where(Activity.item_id.in_(ids), Activity.kind.in_((PUBLISHED, REVISED, CHECKED)))
        .order_by(Activity.id)
    )
    return {item_id: kind for item_id, kind in rows if item_id is not None}


def _entry(
    item: Item, post: Post, held: Guidance, *, news: str, changes: Changes, files: Sequence[ShownFile]
) -> Entry:
    url = address(item.path)
    change = item.state if item.state in (NEEDS_REVIEW, SUPERSEDED) else news
    assert item.published_at is not None, "drafts are in no feed"
    text = elsewhere(post.html, url, open_to_all=is_open_to_all(item))
    return Entry(
        # Each change is something new to read: who has read the page before is to be told of it.
        id=f"{tag_of(item)}/{change}/{item.last_activity_at:%Y%m%dT%H%M%SZ}",
        url=url,
        title=_title(item, change),
        author=written_by(post.byline or item.byline),
        published=item.last_activity_at,
        updated=latest(item.last_activity_at, post.edited_at, changes.get(("item", item.id))),
        html=Markup("").join(
            [
                _standing(held, change),
                paragraph(item.summary),
                text,
                listed(files),
                _checked(held),
                foot_of(item),
            ]
        ),
        summary=item.summary,
        tags=tags_of(item),
        files=enclosures(item, files),
    )


def _title(item: Item, change: str) -> str:
    words = {
        PUBLISHED: _("New guidance: %(title)s", title=item.title),
        REVISED: _("Changed: %(title)s", title=item.title),
        CHECKED: _("Checked and still right: %(title)s", title=item.title),
        NEEDS_REVIEW: _("Needs review: %(title)s", title=item.title),
        SUPERSEDED: _("Superseded: %(title)s", title=item.title),
    }
    return words[change]


def _standing(held: Guidance, change: str) -> Markup:
    """Above the text, what a reader must know before they rely on it."""
    if change == SUPERSEDED:
        return paragraph(_("Another page has taken the place of this one. Do not rely on it any more."))
    if change == NEEDS_REVIEW:
        return paragraph(
            held.doubt or _("This page needs review. Make sure that it still holds before you rely on it.")
        )
    return Markup("")


def _checked(held: Guidance) -> Markup:
    parts = []
    if held.checked_at is not None and (name := held.checked_byline.get("name")):
        parts.append(_("Checked by %(name)s on %(day)s.", name=name, day=day(held.checked_at)))
    if held.review_by is not None:
        parts.append(_("Next check by %(day)s.", day=day(held.review_by)))
    return paragraph(" ".join(parts))
