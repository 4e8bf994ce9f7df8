"""What lower rooms' pages show of feeds: where they are, for people and for reading programs."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import render_template, request
from markupsafe import Markup

from hub.accounts.models import Person
from hub.content.models import Item
from hub.core.access import current_actor
from hub.core.policy import ANYBODY, Actor, can
from hub.core.slots import fills
from hub.groups.models import Group

from .subjects import CALENDAR, EVERYTHING, ITEM, QUESTIONS, SEARCH, UNANSWERED, Subject, Wanted, kind_at
from .wording import FORMAT_NAMES, MEDIA_TYPES, title_of

_FEED = Markup('<link rel="alternate" type="{}" title="{} ({})" href="{}">')


@fills("frame.head")
def discovery(group: Group | None, item: Item | None) -> Markup | None:
    """In the head of a page, the open feeds that it has."""
    subject = _subject_here(group or None, item or None)  # templates pass what they lack as undefined
    return _links(subject) if subject is not None and can(ANYBODY, "feed.read", subject) else None


def _subject_here(group: Group | None, item: Item | None) -> Subject | None:
    kind = kind_at(request.path)
    in_group = request.path.startswith("/groups/")
    if kind is None or kind == CALENDAR or in_group != (group is not None):
        return None
    if kind == ITEM:
        return Subject(ITEM, group=group, item=item) if item is not None else None
    if kind == QUESTIONS and request.args.get("state") == "waiting":
        kind = UNANSWERED
    return Subject(kind, group=group)


def _links(subject: Subject) -> Markup:
    name = title_of(subject)
    return Markup("\n").join(
        _FEED.format(MEDIA_TYPES[one], name, FORMAT_NAMES[one], subject.feed(one)) for one in subject.formats
    )


@fills("search.head")
def discovery_of_search(asked: Any, groups: Sequence[Group]) -> Markup | None:
    subject = _of_search(asked, groups)
    return _links(subject) if subject is not None and can(ANYBODY, "feed.read", subject) else None


@fills("search.foot")
def offer_of_search(asked: Any, groups: Sequence[Group]) -> Markup | None:
    """Under what a search finds: how to hear of more."""
    subject = _of_search(asked, groups)
    return _follow("feeds/_of_search.html", subject) if subject is not None else None


def _of_search(asked: Any, groups: Sequence[Group]) -> Subject | None:
    wanted = Wanted.of(dict(parse_qsl(urlsplit(asked.path()).query)))
    if wanted is None:
        return None
    group = next((group for group in groups if group.slug == wanted.group), None)
    return Subject(SEARCH, group=group, wanted=wanted)


@fills("item.rail")
def offer_of_item(item: Item) -> Markup | None:
    """Beside an item: the feed of what is written here."""
    if not item.is_out:
        return None
    return _follow("feeds/_of_item.html", Subject(ITEM, group=item.group, item=item))


def _follow(template: str, subject: Subject) -> Markup | None:
    """The open feed's formats, or the way to one's own."""
    is_open = can(ANYBODY, "feed.read", subject)
    if not is_open and not current_actor().signed_in:
        return None
    return Markup(render_template(template, subject=subject, is_open=is_open, formats=FORMAT_NAMES))


@fills("group.rail")
def offer_of_group(group: Group, actor: Actor) -> Markup | None:
    """Beside a group: what is new in a feed reader, days in a calendar."""
    new, days = Subject(EVERYTHING, group=group), Subject(CALENDAR, group=group)
    is_open = can(ANYBODY, "feed.read", new)
    if not is_open and not actor.is_member(group.id):
        return None
    page = render_template(
        "feeds/_offer.html", group=group, new=new, days=days, is_open=is_open, formats=FORMAT_NAMES
    )
    return Markup(page)


@fills("settings.sections")
def settings_section(_person: Person) -> Markup:
    return Markup(render_template("feeds/_settings.html"))
