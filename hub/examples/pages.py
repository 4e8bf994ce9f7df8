"""What examples add to the pages of items: their cards under posts, and the way to attach one."""

from collections.abc import Sequence
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from hub.content.models import COMMENT, Item, Post
from hub.content.showing import kept
from hub.core.database import db
from hub.core.policy import Actor
from hub.core.slots import fills
from hub.guidance.bringing import Belongings, add_belongings

from .bringing import bring_along, bringable, read_by_more
from .cards import cards_of, with_all_that_cards_show
from .models import Example
from .queries import any_under, cards_version, under_posts


@fills("post.examples")
def examples_under(_actor: Actor, item: Item, pieces: Sequence[Any]) -> dict[int, Markup]:
    """The cards under each post of a page: one query, none where nothing is attached; those that make the
    cards only when something that they show has changed."""
    # Attaching and detaching raise the item's version: most items have none, and are not asked about again.
    where = tuple(piece.id for piece in pieces)
    if not kept(item, ("has examples", where), lambda: any_under(where), lambda _any: 100):
        return {}
    version = cards_version(Example.post_id.in_(where))
    return kept(item, ("examples", where, version), lambda: _under(where), _size)


def _under(post_ids: Sequence[int]) -> dict[int, Markup]:
    found = under_posts(post_ids)
    cards = cards_of(found)
    show = get_template_attribute("examples/_under.html", "under")
    shown: dict[int, Markup] = {}
    for example in found:
        shown[example.post_id] = shown.get(example.post_id, Markup("")) + show(example, cards[example.id])
    return shown


def _size(shown: dict[int, Markup]) -> int:
    return sum(len(markup) for markup in shown.values())


def first_card(example: Example) -> Markup:
    """The card of an example's first post, for pages that show it by itself. Its item must be loaded."""

    def make() -> Markup:
        (ready,) = db.session.scalars(
            select(Example).where(Example.id == example.id).options(*with_all_that_cards_show())
        )
        card: Markup = get_template_attribute("components/example_card.html", "example_card")(
            cards_of([ready])[example.id][0]
        )
        return card

    version = cards_version(Example.id == example.id)
    return kept(example.post.item, ("first card", version), make, len)


@fills("post.actions")
def attaching(actor: Actor, item: Item, pieces: Sequence[Any]) -> dict[int, Markup]:
    """Who may edit a post may attach an example to it."""
    # Rendered once, not for each post: pages of twenty are made often.
    link = str(
        Markup(' <a href="{}/posts/0/examples/new">{}</a>').format(item.path, _("Attach an archived post"))
    )
    before, after = link.split("/posts/0/", 1)
    own = actor.moderates(item.group_id)
    return {
        piece.id: Markup(f"{before}/posts/{piece.position}/{after}")
        for piece in pieces
        if piece.kind != COMMENT and (own or (piece.author_id == actor.person_id and not item.closed))
    }


def _offered(actor: Actor, answer: Post) -> Markup | None:
    """Ticked, unless more people would read them than do now: opening them is the moderator's word."""
    found = bringable(actor, answer)
    if not found:
        return None
    show = get_template_attribute("examples/_bring.html", "bring")
    return show(found, cards_of(found), read_by_more(answer.item))


add_belongings(Belongings(offer=_offered, bring=bring_along))
