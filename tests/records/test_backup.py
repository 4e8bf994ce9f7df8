"""A hub can be carried away whole, in one file, and put back on either database."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text

from hub.content.models import OPENING, Item, Post
from hub.core.database import Base, db, new_token, unit_of_work
from hub.core.mail import Mail
from hub.core.settings import Settings
from hub.factory import create_app
from hub.records.backup import MANIFEST, back_up
from hub.records.cli import backup_command
from hub.records.restore import CannotRestore, restore
from tests.conftest import DATABASES
from tests.factories.groups import group, member

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture(params=DATABASES)
def empty_hub(request: pytest.FixtureRequest, tmp_path) -> Flask:
    """Another hub, on either database, with nothing in it; not even tables."""
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        name = f"restored_{new_token()}"
        server.psql(f"CREATE DATABASE {name}")
        url = server.get_uri(name)
    return create_app(Settings(data=tmp_path / "other", database_url=url, secret_key="x" * 32))


@pytest.fixture
def lived_in(app: Flask) -> Flask:
    """A hub with people, a group, an item of every awkward character, a reply to a later row, a file."""
    where = group(name="Records")
    author = member(None, where, "owner")
    with unit_of_work() as session:
        item = Item(
            group_id=where.id,
            number=1,
            kind="question",
            title="“Quoted”, \\ and \U0001f9fe",
            author_id=author.id,
            byline=author.byline(),
            law_date=date(2024, 3, 3),
            last_activity_at=datetime(2024, 3, 3, 12, 0, 0, 123456, tzinfo=UTC),
        )
        session.add(item)
        session.flush()
        session.add(Post(item_id=item.id, position=1, kind=OPENING, source="a\r\nb\u2028c", html="<p>a</p>"))
        session.add(Mail(purpose="test", key="k", to_address="a@example.org", payload={"a": [1, None]}))
    media = app.extensions["settings"].folder("files") / "ab"
    media.mkdir(exist_ok=True)
    (media / "abcdef").write_bytes(bytes(range(256)))
    return app


def _everything() -> dict[str, list[dict]]:
    with db.engine.connect() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in {"mail", "job"}
        }


@both
def test_what_was_backed_up_is_put_back_on_either_database(lived_in, empty_hub, tmp_path):
    back_up(tmp_path / "hub.zip")
    before = _everything()
    with empty_hub.app_context():
        restore(tmp_path / "hub.zip")
        assert _everything() == before
        data = empty_hub.extensions["settings"].data
        assert (data / "files/ab/abcdef").read_bytes() == bytes(range(256))


def test_after_a_restore_new_rows_are_numbered_on(lived_in, empty_hub, tmp_path):
    back_up(tmp_path / "hub.zip")
    with empty_hub.app_context():
        restore(tmp_path / "hub.zip")
        with unit_of_work() as session:
            session.add(Item(group_id=1, number=2, kind="discussion", title="After"))
        assert db.session.scalar(select(Item.number).order_by(Item.id.desc()).limit(1)) == 2


def test_mail_that_was_waiting_is_doubtful_afterwards(lived_in, empty_hub, tmp_path):
    back_up(tmp_path / "hub.zip")
    with empty_hub.app_context():
        restore(tmp_path / "hub.zip")
        assert db.session.scalars(select(Mail.state)).all() == ["uncertain"]


def test_a_damaged_backup_is_refused_before_anything_is_touched(lived_in, empty_hub, tmp_path):
    back_up(tmp_path / "hub.zip")
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(tmp_path / "hub.zip") as whole, zipfile.ZipFile(damaged, "w") as other:
        for name in whole.namelist():
            data = whole.read(name)
            other.writestr(name, data.replace(b"Records", b"Recards") if name.startswith("tables/") else data)
    with empty_hub.app_context(), pytest.raises(CannotRestore, match="changed or damaged"):
        restore(damaged)
    with empty_hub.app_context():
        from sqlalchemy import inspect

        assert inspect(db.engine).get_table_names() == []


@pytest.mark.parametrize("cut", [0, 10, 1000])
def test_a_cut_off_backup_is_refused(lived_in, empty_hub, tmp_path, cut):
    back_up(tmp_path / "hub.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "hub.zip").read_bytes()[:cut])
    with empty_hub.app_context(), pytest.raises(CannotRestore, match="not a whole backup"):
        restore(tmp_path / "cut.zip")


@pytest.mark.parametrize("name", ["../outside", "keys/../../outside", "/etc/outside", "hub.db"])
def test_a_backup_writes_nothing_outside_its_folders(lived_in, empty_hub, tmp_path, name):
    manifest = back_up(tmp_path / "hub.zip")
    manifest["files"][name] = {
        "count": 1,
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    with zipfile.ZipFile(tmp_path / "hub.zip") as whole, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for member_name in whole.namelist():
            bad.writestr(
                member_name, json.dumps(manifest) if member_name == MANIFEST else whole.read(member_name)
            )
        bad.writestr(f"files/{name}", b"")
    with empty_hub.app_context(), pytest.raises(CannotRestore, match="outside of the data folder"):
        restore(tmp_path / "bad.zip")


def test_a_hub_in_use_is_not_overwritten(lived_in, tmp_path):
    back_up(tmp_path / "hub.zip")
    with pytest.raises(CannotRestore, match="not empty"):
        restore(tmp_path / "hub.zip")


def test_a_backup_that_fails_leaves_the_earlier_one(lived_in, tmp_path, monkeypatch):
    target = tmp_path / "hub.zip"
    back_up(target)
    whole = target.read_bytes()
    monkeypatch.setattr("hub.records.backup._kept_files", lambda: [(tmp_path / "gone", "files/gone")])
    with pytest.raises(OSError):
        back_up(target)
    assert target.read_bytes() == whole
    assert [file.name for file in tmp_path.glob(".*")] == []


@pytest.fixture
def not_upgraded(lived_in) -> Iterator[Flask]:
    """A hub whose database says that it is of an earlier version."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    yield lived_in
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


@both
def test_a_database_that_was_not_upgraded_yet_is_told_apart_with_what_to_do(not_upgraded, tmp_path):
    told = not_upgraded.test_cli_runner().invoke(backup_command, [str(tmp_path / "hub.zip")])
    assert told.exit_code == 1
    assert "Error: The database is of another version of the hub" in told.output
    assert "hub upgrade" in told.output
    assert list(tmp_path.glob("*hub.zip*")) == []
