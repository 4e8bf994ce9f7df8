"""Sets an empty hub up for a real community: its name, first administrator, first group, its topics, a page
to start at and a first discussion. Nothing here is a sample; the texts are in `content/setup.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from string import Template
from typing import Any
from urllib.parse import urlencode

from hub.accounts.actions import create_person
from hub.content.models import Item, Topic
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.site import Site
from hub.discussions.actions import start_discussion
from hub.groups.actions import create_group
from hub.guidance.actions import publish, start_guidance

from .founding import NotEmpty, is_empty
from .reading import CONTENT

# A page about how the hub works is out of date sooner than one thinks.
START_PAGE_CHECKED_AGAIN = timedelta(days=180)


@dataclass(frozen=True)
class Wishes:
    """What the first administrator chose."""

    hub_name: str
    group_name: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class SetUp:
    """The paths of what was made, and the address to sign in with."""

    group: str
    start_here: str
    introductions: str
    email: str


def set_up(wishes: Wishes) -> SetUp:
    """Make all of it, in one transaction. Raises NotEmpty if the hub holds anything."""
    if not is_empty():
        raise NotEmpty
    texts = setup_texts(wishes)
    with unit_of_work() as session:
        session.add(Site(name=wishes.hub_name, tagline=texts["tagline"], texts={}))
        person = create_person(
            name=wishes.name, email=wishes.email, password=wishes.password, administrator=True
        )
        group = create_group(
            person.as_actor(),
            name=wishes.group_name,
            summary=texts["purpose"],
            welcome=texts["welcome"],
        )
        for row in texts["topics"]:
            session.add(Topic(**row, groups=[group]))
        session.flush()
        session.expire(person)
        actor = person.as_actor()
        page = _start_page(actor, group, person, texts["start_here"])
        talk = start_discussion(actor, group, texts["introductions"]["title"], texts["introductions"]["text"])
    return SetUp(group.path, page.path, talk.path, person.email)


def _start_page(actor: Any, group: Any, owner: Any, texts: dict[str, str]) -> Item:
    page = start_guidance(actor, group, texts["title"], texts["summary"], texts["text"])
    publish(actor, page, owner, clock.now().date() + START_PAGE_CHECKED_AGAIN)
    return db.session.get_one(Item, page.id)


def setup_texts(wishes: Wishes) -> dict[str, Any]:
    """The texts of setup.toml with the chosen names in them."""
    table = tomllib.loads((CONTENT / "setup.toml").read_text(encoding="utf-8"))
    prompts = "\n".join(
        f"- [{prompt}](/ask?{urlencode({'q': prompt})})" for prompt in table["first_questions"]["prompts"]
    )
    names = {"hub": wishes.hub_name, "group": wishes.group_name, "first_questions": prompts}
    return _filled(table, names)


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return Template(value.strip()).substitute(names)
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    return [_filled(each, names) for each in value] if isinstance(value, list) else value
