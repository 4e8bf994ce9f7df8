"""From what somebody typed to what readers see, once, when it is written; and once more where a post that
others quote goes out of sight or comes back."""

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from hub.accounts.models import Person
from hub.content.models import GUIDANCE, OPENING, Item, Post
from hub.content.queries import withdrawn_positions
from hub.core.database import db
from hub.core.markup import excerpt, may_quote, plain_text, render
from hub.core.outbox import emit

from .spine import change_item, changed

# Posts that are rendered anew in one transaction: a second of work, while which others wait to write. What a
# post is quoted in besides, which hardly ever happens, follows at once in the worker.
AT_ONCE = 100

# Characters of a text that lists show: one line of a wide page, three of a phone.
LINE = 180


def render_post(item: Item, kind: str, position: int, source: str, mentioned: dict[str, int]) -> str:
    """Safe HTML of a post. `mentioned` receives the people in it: handle -> id."""

    def known(handles: Collection[str]) -> Mapping[str, str]:
        found = db.session.scalars(select(Person).where(Person.handle.in_(handles), Person.active)).all()
        mentioned.update({person.handle.lower(): person.id for person in found})
        return {person.handle.lower(): person.path for person in found}

    # A guidance page is one text under its title; posts stand under a heading of their list.
    top = 2 if kind == OPENING or item.kind == GUIDANCE else 3
    return render(
        source,
        mentions=known,
        withdrawn=lambda: withdrawn_positions(item),
        instead=_("The quoted post was withdrawn."),
        anchors=f"post-{position}",
        top_heading=top,
    )


def first_words(html: str) -> str:
    """One line of a text, for lists."""
    return excerpt(plain_text(html), LINE)


def shows_first_words(item: Item, kind: str) -> bool:
    """Whether the item's summary is the beginning of this post; a guidance page has one of its own."""
    return kind == OPENING and item.kind != GUIDANCE


def quoting(quoted: Post) -> ColumnElement[bool]:
    """Which posts may quote this one, and a few more: the database does not see where a number ends."""
    names_it = Post.source.contains(f"#{quoted.position}", autoescape=True)
    return and_(Post.item_id == quoted.item_id, names_it, Post.source.contains(">"))


def hold_with_quoting(quoted: Post) -> None:
    """The post and those that quote it, held in one order and before their item, as everywhere."""
    db.session.execute(
        select(Post.id)
        .where(or_(Post.id == quoted.id, quoting(quoted)))
        .order_by(Post.id)
        .with_for_update(of=Post, key_share=True)
    )


def render_quoting(quoted: Post, after: int = 0) -> None:
    """Render anew what quotes this post, which went out of sight or came back. The sources stay as they are.

    after: the id of the last post that was. The item must be held by the caller: whoever adds or edits a
    post meanwhile sees what was done.
    """
    item = quoted.item
    posts = db.session.scalars(
        select(Post)
        .where(quoting(quoted), Post.id > after)
        .order_by(Post.id)
        .limit(AT_ONCE)
        .with_for_update(of=Post, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for post in posts:
        if quoted.position not in may_quote(post.source):
            continue
        html = render_post(item, post.kind, post.position, post.source, {})
        if html == post.html:
            continue
        post.html = html
        if shows_first_words(item, post.kind):
            change_item(item, summary=first_words(html))
        changed(item, post)
    if len(posts) == AT_ONCE:
        emit("quotes.left", post_id=quoted.id, after=posts[-1].id)
    db.session.flush()
