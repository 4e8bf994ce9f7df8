"""A page held until the transaction ends, its revisions, and the one that readers see."""

from collections.abc import Iterable

from sqlalchemy import select

from hub.content.actions.rendering import render_post
from hub.content.actions.spine import change_item, changed
from hub.content.files.hanging import counted, files_of_revision
from hub.content.models import GUIDANCE, OPENING, Item, Post, Revision, Topic
from hub.content.queries import opening_post
from hub.core import clock
from hub.core.database import db
from hub.guidance.models import Filing, Guidance


def hold(item: Item) -> Guidance:
    """The page as it is now; whoever else would change it waits. The item is brought up to date too."""
    page = db.session.scalars(
        select(Guidance)
        .where(Guidance.item_id == item.id)
        .with_for_update(of=Guidance)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if page is None or page.item.kind != GUIDANCE:
        raise LookupError("This item is not a guidance page.")
    return page


def revision(item: Item, number: int | None) -> tuple[Revision, Filing | None] | None:
    """One revision of the page with its filing, or None when there is no such number."""
    found = db.session.execute(
        select(Revision, Filing)
        .join(Post, Post.id == Revision.post_id)
        .outerjoin(Filing, Filing.revision_id == Revision.id)
        .where(Post.item_id == item.id, Post.position == 1, Revision.number == number)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def show(item: Item, number: int) -> Post:
    """Let readers see this revision: the item and its post become copies of it."""
    found = revision(item, number)
    if found is None:
        raise LookupError(f"There is no revision {number}.")
    chosen, filing = found
    post = opening_post(item)
    files = [file.id for file in files_of_revision(post.id, post.revision_number)]
    if post.source != chosen.source or files != [file.id for file in chosen.files]:
        post.edited_at = clock.now()
    post.file_count = counted(chosen.id)
    post.source, post.html, post.revision_number = chosen.source, chosen.html, chosen.number
    values = {"title": chosen.title, "summary": chosen.summary}
    if filing is not None:
        values |= {"applies_to": filing.applies_to, "law_date": filing.law_date}
        item.topics = topics_of_ids(filing.topic_ids)
    change_item(item, **values)
    changed(item, post)
    changed(item)
    return post


def topics_of_ids(topic_ids: Iterable[int]) -> list[Topic]:
    return list(db.session.scalars(select(Topic).where(Topic.id.in_(list(topic_ids))).order_by(Topic.name)))


def html_of(item: Item, source: str) -> str:
    """What the text looks like on the page."""
    return render_post(item, OPENING, 1, source, {})
