"""What an address on this hub shows to somebody: what a report is about."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.content.models import PLACES, Item, Post
from hub.core.database import db
from hub.core.markup import tidy
from hub.core.policy import Actor, visible
from hub.examples.models import Example
from hub.groups.models import Group

LONGEST_ADDRESS = 500

_ITEM = re.compile(r"/groups/([^/]{1,60})/(" + "|".join(PLACES.values()) + r")/(\d{1,9})(?:/.*)?\Z")
_GROUP = re.compile(r"/groups/([^/]{1,60})(?:/.*)?\Z")
_EVIDENCE = re.compile(r"/evidence/([^/]{1,24})(?:/.*)?\Z")
_PERSON = re.compile(r"/people/([^/]{1,40})/?\Z")
_POST = re.compile(r"post-(\d{1,9})\Z")

_KINDS = {place: kind for kind, place in PLACES.items()}


@dataclass(frozen=True)
class Subject:
    """address: the thing's own, or as it was given; the rest is None where nothing is seen there."""

    address: str
    group_id: int | None = None
    item: Item | None = None
    post: Post | None = None
    example: Example | None = None
    person: Person | None = None

    @property
    def can_be_withdrawn(self) -> bool:
        return self.item is not None or self.example is not None


def find(actor: Actor, address: str) -> Subject:
    """What `address` shows to `actor`. What they may not see is only an address, like what does not exist."""
    address = " ".join(tidy(address).split())[:LONGEST_ADDRESS]
    try:
        parts = urlsplit(address)
    except ValueError:
        return Subject(address)
    if parts.scheme in {"http", "https"}:  # a whole address, copied from the browser
        address = parts._replace(scheme="", netloc="").geturl() or "/"
    if named := named_item(parts):
        slug, kind, number, position = named
        item = _item(actor, slug, kind, number)
        if item is not None:
            post = _post(actor, item, position)
            address = post.path if post else item.path
            return Subject(address, group_id=item.group_id, item=item, post=post)
    elif token := named_example(parts):
        example = _example(actor, token)
        if example is not None:
            return Subject(example.path, group_id=example.post.item.group_id, example=example)
    elif match := _GROUP.match(parts.path):
        seen = select(Group).where(visible(Group, actor), Group.slug == match[1])
        group = db.session.scalars(seen).one_or_none()
        return Subject(address, group_id=group.id if group else None)
    elif match := _PERSON.match(parts.path):
        person = _person(actor, match[1])
        return Subject(person.path if person else address, person=person)
    return Subject(address)


def named_item(address: SplitResult) -> tuple[str, str, int, int] | None:
    """What the address of an item names: a group's slug, a kind, a number in the group, and the position of
    a post in the item, 0 for the item itself."""
    match = _ITEM.match(address.path)
    if match is None:
        return None
    slug, place, number = match.groups()
    return slug, _KINDS[place], int(number), _position(address.query, address.fragment)


def named_example(address: SplitResult) -> str | None:
    """The token in the address of an evidence page."""
    match = _EVIDENCE.match(address.path)
    return match[1] if match else None


def _position(query: str, fragment: str) -> int:
    if match := _POST.match(fragment):
        return int(match[1])
    given = parse_qs(query).get("post", [""])[0]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _item(actor: Actor, slug: str, kind: str, number: int) -> Item | None:
    return db.session.scalars(
        select(Item)
        .join(Item.group)
        .where(visible(Item, actor), Group.slug == slug, Item.kind == kind, Item.number == number)
    ).one_or_none()


def _post(actor: Actor, item: Item, position: int) -> Post | None:
    """The opening post is its item: what happens to one happens to both."""
    if position <= 1:
        return None
    return db.session.scalars(
        select(Post).where(visible(Post, actor), Post.item_id == item.id, Post.position == position)
    ).one_or_none()


def _example(actor: Actor, token: str) -> Example | None:
    return db.session.scalars(
        select(Example)
        .where(visible(Example, actor), Example.token == token)
        .options(joinedload(Example.post).joinedload(Post.item))
    ).one_or_none()


def _person(actor: Actor, handle: str) -> Person | None:
    seen = select(Person).where(visible(Person, actor), Person.handle == handle)
    return db.session.scalars(seen).one_or_none()
