"""What examples add to the pages of items: their cards under posts, and the way to attach one."""

from collections.abc import Sequence
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from hub.content.models import COMMENT, Item
from hub.content.showing import kept
from hub.core.policy import Actor
from hub.core.slots import fills

from .cards import cards_of
from .queries import any_under, under_posts


@fills("post.examples")
def examples_under(actor: Actor, item: Item, pieces: Sequence[Any]) -> dict[int, Markup]:
    """The cards under each post of a page, in four queries at most, none where nothing is attached."""
    # Attaching and detaching raise the item's version: most items have none, and are not asked about again.
    where = tuple(piece.id for piece in pieces)
    if not kept(item, ("has examples", where), lambda: any_under(where), lambda _any: 100):
        return {}
    found = under_posts([piece.id for piece in pieces], withdrawn=actor.moderates(item.group_id))
    cards = cards_of(found)
    show = get_template_attribute("examples/_under.html", "under")
    shown: dict[int, Markup] = {}
    for example in found:
        shown[example.post_id] = shown.get(example.post_id, Markup("")) + show(example, cards[example.id])
    return shown


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
