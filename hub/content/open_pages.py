"""Whole pages for readers who are nobody in particular, kept by the version of all that they show.

What a visitor sees of an item depends on its version, its group's and the hub's names, the language and the
looks they chose. All of that is in the key, so a page that is out of date is not found again. Who may read
the item has been asked before, on every request.
"""

from collections.abc import Callable, Hashable

from flask import request, session

from hub.core.pages import chosen_theme
from hub.core.policy import Actor
from hub.core.site import site

from .models import Item
from .showing import kept


def open_page(actor: Actor, item: Item, shows: tuple[Hashable, ...], render: Callable[[], str]) -> str:
    """The page that `render` gives; kept, for readers without a session. shows: what else is on the page,
    besides posts: the markup that other rooms added to it."""
    if actor.signed_in or session:
        return render()
    group, hub = item.group, site()
    frame = (request.script_root, request.full_path, chosen_theme(), hub.name, hub.is_sample)
    about = (group.name, group.summary, group.visibility)
    return kept(item, ("page", *frame, *about, *shows), render, len)
