"""The main part of an item's page, for any reader: kept by the version of what it shows, by the reader's
rights, and by what is theirs on it (votes, posts, how far they read); never by who they are.

Tokens of forms are secrets of one session, so what is kept has marks in their places, and each request puts
its own in.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import g, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from hub.core.access import SAFE_METHODS
from hub.core.pages import chosen_theme
from hub.core.policy import Actor
from hub.core.site import site
from hub.core.slots import gather, slot

from .forms import PostForm
from .models import Item
from .queries import Reader
from .showing import Piece, kept

# Letters and digits, as tokens are, and unlike anything that people write.
CSRF_MARK, SENT_MARK = "zQcsrfQz", "zQsentQz"


@dataclass(frozen=True)
class Added:
    """What rooms above show on the page of an item."""

    examples: Mapping[int, Markup]
    actions: Mapping[int, Markup]
    notices: Markup
    rail: Markup

    @property
    def key(self) -> tuple[Hashable, ...]:
        return (tuple(self.examples.items()), tuple(self.actions.items()), self.notices, self.rail)


@dataclass(frozen=True)
class Main:
    """The text of the page and what stands beside it."""

    content: Markup
    rail: Markup


def added_to(actor: Actor, item: Item, pieces: Sequence[Piece]) -> Added:
    """Asked on every request: it may change without the item. Its forms carry marks too."""
    with _marks():
        return Added(
            examples=gather("post.examples", actor, item, pieces),
            actions=gather("post.actions", actor, item, pieces) if actor.is_member(item.group_id) else {},
            notices=slot("item.notices", item),
            rail=slot("item.rail", item),
        )


def open_page(actor: Actor, item: Item, added: Added, render: Callable[[], str]) -> str:
    """The whole page: for readers without a session it is kept whole, its frame too, by all that it shows."""
    if actor.signed_in or session:
        return render()
    group, hub = item.group, site()
    frame = (request.script_root, request.full_path, chosen_theme(), hub.name, hub.is_sample)
    about = (group.name, group.summary, group.visibility)
    return kept(item, ("page", *frame, *about, *added.key), render, len)


def main_of(
    room: str,
    actor: Actor,
    item: Item,
    context: Callable[[], dict[str, Any]],
    *,
    mine: Reader,
    pieces: Sequence[Piece],
    added: Added,
    personal: bool,
) -> Main:
    """`_content.html` and `_rail.html` of a room, with what `context` gives. personal: there is something on
    the page besides rights that is only this reader's, as a draft or an error, so nothing is kept of it."""
    if personal or request.method not in SAFE_METHODS:
        return _own(_render(room, context()))
    state = (
        actor.signed_in,
        actor.roles.get(item.group_id),
        actor.administrator,
        tuple(piece.position for piece in pieces if piece.author_id == actor.person_id),
        item.author_id == actor.person_id,
        tuple(sorted(mine.votes)),
        min(mine.read_up_to, item.last_position),
        mine.watches,
    )
    about = (item.group.name, item.group.summary, request.full_path)

    def make() -> Main:
        with _marks():
            return _render(room, context())

    def size(made: Main) -> int:
        return len(made.content) + len(made.rail)

    main: Main = kept(item, ("main", *state, *about, *added.key), make, size)
    return _own(main)


def _own(main: Main) -> Main:
    """With this session's tokens in the places of the marks."""
    return Main(_with_tokens(main.content), _with_tokens(main.rail))


def _render(room: str, context: dict[str, Any]) -> Main:
    return Main(
        Markup(render_template(f"{room}/_content.html", **context)),
        Markup(render_template(f"{room}/_rail.html", **context)),
    )


def blank_form() -> PostForm:
    """An empty box for writing, ready to be kept with marks or shown with tokens."""
    form = PostForm(formdata=None)
    if g.get("marks"):
        form.sent_token.data = SENT_MARK
    return form


@contextmanager
def _marks() -> Iterator[None]:
    """Within, forms are rendered with marks instead of this session's tokens."""
    if not (session or g.get("csrf_token") or _signed_in()):
        yield  # nobody in particular: their pages carry no forms, and must not begin a session
        return
    own = generate_csrf()
    g.csrf_token, g.marks = CSRF_MARK, True
    try:
        yield
    finally:
        g.csrf_token, g.marks = own, False


def _signed_in() -> bool:
    actor = g.get("actor")
    return actor is not None and actor.signed_in


def _with_tokens(html: Markup) -> Markup:
    if CSRF_MARK not in html:
        return html
    made = str(html).replace(CSRF_MARK, generate_csrf())
    return Markup(made.replace(SENT_MARK, str(uuid4())))
