"""Examples on guidance: whoever began the page attaches them, and moderators."""

import pytest
from sqlalchemy import select

from hub.content.models import Post
from hub.core.database import db, unit_of_work
from hub.core.policy import MODERATOR, can
from hub.guidance.actions import start_guidance
from tests.factories.groups import group, member
from tests.factories.people import actor_of


@pytest.mark.parametrize(("who", "may"), [("author", True), ("moderator", True), ("member", False)])
def test_who_attaches_to_a_guidance_page(app, who, may):
    with app.test_request_context():
        records = group()
        people = {
            "author": member(None, records),
            "moderator": member(None, records, MODERATOR),
            "member": member(None, records),
        }
        with unit_of_work():
            page = start_guidance(actor_of(people["author"]), records, "Correcting posts", "", "Copy first.")
        post = db.session.scalars(select(Post).where(Post.item_id == page.id)).one()
        assert can(actor_of(people[who]), "example.attach", post) is may
