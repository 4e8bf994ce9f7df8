"""From addresses to rows: what the pages of every kind of item begin with."""

from flask import abort, request
from sqlalchemy import select

from hub.core.access import authorize_declared, current_actor, load_from
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import visible
from hub.groups.models import Group

from .actions.posts import closed_meanwhile
from .models import DISCUSSION, GUIDANCE, PLACES, QUESTION, Item, Post, Topic
from .queries import item_statement, post_statement

KINDS = {PLACES[kind]: kind for kind in (DISCUSSION, QUESTION, GUIDANCE)}

# Beyond this an address is a mistake or an attempt; the database would refuse the number.
LARGEST = 2**31 - 1


def item_at(kind: str, slug: str, number: int) -> Item:
    """The item at an address, judged for the view's declared action; 404 if there is none to be seen."""
    if number > LARGEST:
        abort(404)
    return load_from(item_statement(current_actor()), {"kind": kind, "slug": slug, "number": number})


def post_at(item: Item, position: int) -> Post:
    """A post of an item that was loaded with `seen_item`, judged for the view's declared action."""
    if position > LARGEST:
        abort(404)
    return load_from(post_statement(current_actor(), item, position))


def post_in(item: Item, position: int) -> Post:
    """A post of an item that was judged already; 404 if there is none to be seen."""
    found = None
    if position <= LARGEST:
        found = db.session.scalars(post_statement(current_actor(), item, position)).one_or_none()
    return found if found is not None else abort(404)


def seen_item(kind: str, slug: str, number: int) -> Item:
    """The item at an address, for views whose action is judged on something in it."""
    if number > LARGEST:
        abort(404)
    given = {"kind": kind, "slug": slug, "number": number}
    item = db.session.scalars(item_statement(current_actor()), given).one_or_none()
    return item if item is not None else abort(404)


def item_to_write_in(kind: str, slug: str, number: int) -> Item:
    """The item at an address, for a view that adds to it: the declared action is judged, but a member who
    comes too late is told so. Raises Refused."""
    item = seen_item(kind, slug, number)
    if item.closed and current_actor().is_member(item.group_id):
        raise Refused(closed_meanwhile())
    authorize_declared(item)
    return item


def group_at(slug: str) -> Group:
    """The group at an address, judged for the view's declared action."""
    return load_from(select(Group).where(Group.slug == slug, visible(Group, current_actor())))


def topic_asked_for() -> Topic | None:
    """The topic that `?topic=` names; 404 if it is none that the reader sees."""
    slug = request.args.get("topic")
    if not slug:
        return None
    found = db.session.scalars(
        select(Topic).where(Topic.slug == slug, visible(Topic, current_actor()))
    ).one_or_none()
    return found if found is not None else abort(404)


def asked_number(name: str) -> int | None:
    """A positive number that the address gives, or None: a mistyped one is as if it were not there."""
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 and 0 < int(text) <= LARGEST else None
