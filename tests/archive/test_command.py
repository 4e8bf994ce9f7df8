"""`hub import`: what it prints, into which collection it imports, and when it fails."""

import json

import pytest
from sqlalchemy import select

from hub.archive.adapters import ADAPTERS, SEALED
from hub.archive.adapters.mapped_table import MappedTable
from hub.archive.cli import import_command
from hub.archive.models import ArchivedPost, Collection, Import, SocialAccount
from hub.archive.storage import uploads_folder
from hub.core.database import db
from hub.core.jobs import Job
from tests.archive.conftest import count, make_kept, problems
from tests.archive.reading import SAMPLES, beside
from tests.factories.people import administrator
from tests.factories.x_archive import XArchive


@pytest.fixture
def archive(tmp_path):
    archive = XArchive()
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    return archive.private_matter().write(tmp_path / "archive.zip")


@pytest.fixture
def hub_import(app):
    def run(*arguments):
        return app.test_cli_runner().invoke(import_command, [str(one) for one in arguments])

    return run


def test_the_result_is_one_json_object(kept, archive, hub_import):
    done = hub_import(archive, "--as", "keeper", "--collection", kept.collection.name, "--json")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["format"], result["read"], result["new"]) == ("x-archive", 3, 2)
    assert (result["versions"], result["events"]) == (3, 2)
    assert result["left_out"]["private"] == 8
    assert result["declared"]["data/tweets.js"] == {"declared": 2, "found": 2}
    assert result["seconds"] > 0


def test_the_result_in_words_says_what_was_left_out_and_where_the_report_is(kept, archive, hub_import):
    done = hub_import(archive, "--as", "@keeper")
    assert "2 new posts" in done.output
    assert "Left out: 8. Private" in done.output
    assert "/imports/" in done.output


def test_it_unmasks_nobody_and_asks_whose_account_it_is(kept, archive, hub_import):
    done = hub_import(archive, "--as", "@keeper")
    assert "Whose account is @strathtay? Until a keeper says so, it is masked" in done.output
    assert db.session.scalars(select(SocialAccount.kind)).all() == ["private"]
    assert json.loads(hub_import(archive, "--as", "@keeper", "--json").stdout)["whose"] == ["@strathtay"]


def test_without_options_the_administrator_imports_into_a_collection_of_theirs(kept, archive, hub_import):
    administrator("Admin", handle="admin")
    assert hub_import(archive).exit_code == 0
    assert hub_import(archive).exit_code == 0
    made = db.session.scalars(select(Collection).where(Collection.name == "Imported posts")).one()
    assert [keeper.person.handle for keeper in made.keepers] == ["admin"]


def test_without_a_name_it_goes_into_the_one_collection_that_the_keeper_has(kept, archive, hub_import):
    assert hub_import(archive, "--as", "keeper").exit_code == 0
    assert count(Collection) == 1


def test_a_file_that_cannot_be_imported_fails_with_the_reason(kept, tmp_path, hub_import):
    (tmp_path / "letter.txt").write_text("Dear archivist")
    done = hub_import(tmp_path / "letter.txt", "--as", "keeper", "--json")
    assert done.exit_code == 1
    assert "Nothing was changed" in json.loads(done.stdout)["problem"]
    assert count(ArchivedPost) == 0


def test_an_unknown_keeper_is_said_to_be_unknown(kept, archive, hub_import):
    done = hub_import(archive, "--as", "nobody")
    assert done.exit_code == 1
    assert "nobody" in done.output
    assert count(Import) == 0


def test_a_folder_that_an_archive_was_unpacked_to_is_imported(kept, tmp_path, hub_import):
    folder = tmp_path / "unpacked"
    for name, data in XArchive().members():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    assert hub_import(folder, "--as", "keeper").exit_code == 0


def test_nothing_is_left_for_a_worker_and_all_checks_pass(kept, archive, hub_import):
    hub_import(archive, "--as", "keeper")
    assert count(Job, Job.kind == "archive.import", Job.finished_at.is_(None)) == 0
    assert list(uploads_folder().iterdir()) == []
    assert problems() == ""


def test_every_real_sample_goes_through_the_same_path(kept, hub_import):
    folder = beside(SAMPLES)
    read = {}
    for path in [folder / "twitter-archive", *sorted(folder.glob("twitter-api-*/*"))]:
        done = hub_import(path, "--as", "keeper", "--json")
        result = json.loads(done.stdout)
        read[path.name] = (result["state"], result["read"])
    assert read.pop("empty.json") == ("failed", 0)
    assert {state for state, _ in read.values()} == {"done"}
    assert read["edited_before.jsonl"] == ("done", 2)
    assert read["tweets_compliance.jsonl"] == ("done", 2)
    assert problems() == ""


def test_two_keepers_collections_stay_apart(kept, archive, hub_import, tmp_path):
    make_kept(tmp_path, "other")
    hub_import(archive, "--as", "keeper")
    hub_import(archive, "--as", "other")
    assert count(ArchivedPost) == 4


def test_its_help_lists_what_can_be_imported_as_the_adapters_call_it(hub_import):
    told = hub_import("--help").output
    for one in (*ADAPTERS, *SEALED, MappedTable):
        assert str(one.label) in told
