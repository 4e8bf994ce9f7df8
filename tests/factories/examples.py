"""A question with a keeper's collection beside it: an own export with every fate, and an outside capture."""

import json
from dataclasses import dataclass

import pytest

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.content.models import OPENING, Item, Post
from hub.core.database import db, unit_of_work
from hub.examples.actions import attach
from hub.examples.models import Example
from hub.examples.queries import Choice, choices
from hub.groups.models import Group
from tests.factories.archived import bring_in, collection, declare
from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import actor_of, organisation
from tests.factories.x_archive import XArchive


@dataclass
class Scene:
    group: Group
    keeper: Person
    member: Person
    moderator: Person
    collection: Collection
    item: Item
    post: Post

    def choice(self, words: str) -> Choice:
        return choices(actor_of(self.keeper), None, words)[0]

    def attach(self, *words: str, caption: str = "What a deletion looks like") -> Example:
        with unit_of_work():
            post = db.session.get_one(Post, self.post.id)
            return attach(actor_of(self.keeper), post, [self.choice(word) for word in words], caption)

    @property
    def new_path(self) -> str:
        return f"{self.item.path}/posts/1/examples/new"

    def saying_path(self, ref: str) -> str:
        """Where one says what a post shows, once it is chosen."""
        return f"{self.new_path}?post={ref}"


def capture(path):
    """Somebody's reply, seen from outside by the API."""
    tweet = {
        "id": "1750000000000000001",
        "text": "@strathtay my street is still shut, ask @jane_doe",
        "created_at": "2024-01-16T09:00:00.000Z",
        "author_id": "77",
        "conversation_id": "1750000000000000001",
        "edit_history_tweet_ids": ["1750000000000000001"],
        "in_reply_to_user_id": "830012345",
    }
    page = {
        "data": [tweet],
        "includes": {"users": [{"id": "77", "username": "rob_resident", "name": "Rob Resident"}]},
        "__twarc": {
            "url": "https://api.twitter.com/2/tweets",
            "version": "2.10.4",
            "retrieved_at": "2024-01-17T10:00:00+00:00",
        },
    }
    path.write_text(json.dumps(page) + "\n")
    return path


@pytest.fixture
def scene(app, tmp_path) -> Scene:
    where = group(name="Records", slug="records")
    keeper, other, moderator = member(None, where), member(None, where), member(None, where, "moderator")
    kept = collection(keeper, organisation=organisation("Strathtay Council"))
    archive = XArchive(handle="strathtay", name="Strathtay Council")
    first = archive.post("Schools are closed today.", at="2024-01-16T07:00")
    archive.edit(first, "Schools are closed today and tomorrow.", at="2024-01-16T07:20")
    archive.deleted_post("Wrong channel, sorry", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    archive.post("Thank you @jane_doe for telling us", at="2024-02-02T10:00")
    bring_in(keeper, kept, archive.write(tmp_path / "archive.zip"))
    bring_in(keeper, kept, capture(tmp_path / "capture.jsonl"))
    declare(keeper, kept, archive.account_id)
    item = question(keeper, where, "How long do we keep deleted posts?")
    post = db.session.query(Post).filter_by(item_id=item.id, kind=OPENING).one()
    return Scene(where, keeper, other, moderator, kept, item, post)
