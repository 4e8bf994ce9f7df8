"""Topics and what people wrote, for tests; each committed at once."""

import re
from typing import Any

from hub.content.models import Item, Topic
from hub.core.database import db, unit_of_work
from hub.discussions.actions import start_discussion
from hub.groups.models import Group
from hub.questions.actions import ask_question

from .people import Person, actor_of


def topic(name: str, *groups: Group) -> Topic:
    with unit_of_work():
        made = Topic(
            slug=name.lower().replace(" ", "-"),
            name=name,
            groups=[db.session.get_one(Group, group.id) for group in groups],
        )
        db.session.add(made)
    return made


def question(
    by: Person, group: Group, title: str = "How long do we keep posts?", text: str = "", **filed: Any
) -> Item:
    actor = actor_of(by)
    with unit_of_work():
        return ask_question(actor, group, title, text or "Ours are on X.", **filed)


def discussion(by: Person, group: Group, title: str = "Shared drives", text: str = "", **filed: Any) -> Item:
    actor = actor_of(by)
    with unit_of_work():
        return start_discussion(actor, group, title, text or "Who owns them?", **filed)


def fresh(row: Any) -> Any:
    """The row as it is in the database now."""
    db.session.rollback()
    return db.session.get_one(type(row), row.id, populate_existing=True)


def form_on(page: Any, action: str = "") -> dict[str, str]:
    """The hidden fields of a form on a page (of the one that is sent to `action`), to be sent with it."""
    forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", page.text, re.DOTALL)
    wanted = [form for form in forms if f'action="{action}"' in form] if action else forms
    assert wanted, f"no form is sent to {action}"
    hidden = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", wanted[-1])
    return dict(re.search(r'name="([^"]+)"[^>]*value="([^"]*)"', field).groups() for field in hidden)
