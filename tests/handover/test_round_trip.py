"""A bag brings everything back: export, import into an empty collection, export again.

What must differ, and nothing else: who keeps it (README, collection.json, the ground of holding in PREMIS),
whose account is whose (asked anew), and the logs, which are each hub's own.
"""

import json
import re
import zipfile

import pytest
from sqlalchemy import select

from hub.archive import happenings
from hub.archive.adapters.hub_bag_rows import NotOurs, Rows
from hub.archive.models import (
    ATTACHED,
    EXPORTED,
    PRIVATE,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    EarlierImport,
    FormerLog,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.proof.log import log_of
from hub.archive.proof.whole import verify
from hub.archive.words import event_sentence
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.handover.bagging import BagWriter
from tests.archive.conftest import count, make_kept, problems
from tests.conftest import DATABASES
from tests.factories.archived import declare
from tests.factories.people import sign_in
from tests.factories.x_archive import XArchive

from .conftest import filled, made, path_of, payload

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

DIFFERS = ("data/record/collection.json", "data/README.txt", "data/log/")
HOLDER = re.compile(rb"Held as a record for [^.]*")
KIND = re.compile(rb'"kind":"(organisation|private)"')


def alike(found):
    """The payload without what must differ."""
    files = {name: content for name, content in payload(found).items() if not name.startswith(DIFFERS)}
    files["data/premis.xml"] = HOLDER.sub(b"", files["data/premis.xml"])
    accounts = "data/record/accounts.jsonl"
    files[accounts] = KIND.sub(b"", files[accounts])
    for name in ("data/activitystreams.json", "data/tables/customer-system.csv"):
        files[name] = files[name].replace(b'"Organization"', b'"Person"').replace(b",TRUE,", b",FALSE,")
    return files


def bag_of(kept):
    """Everything that can happen to posts, handed over as a bag."""
    filled(kept)
    with unit_of_work():
        post = db.session.scalars(select(ArchivedPost)).first()
        happenings.record(kept.actor, post, ATTACHED, example="token")
    declare(kept.person, kept.collection, "830012345")
    return made(kept)


@both
def test_every_version_event_sighting_and_hash_comes_back(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    assert (brought.state, brought.problem, brought.problem_detail) == ("done", "", "")
    assert (brought.adapter, brought.read, brought.new) == ("hub-bag", 6, 6)
    before, after = alike(first), alike(made(other))
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []
    assert problems() == ""
    mine = SourceSlice.collection_id == kept.collection.id
    theirs = SourceSlice.collection_id == other.collection.id
    pairs = (SourceSlice.sha256, SourceSlice.raw)
    assert set(db.session.execute(select(*pairs).where(mine))) == set(
        db.session.execute(select(*pairs).where(theirs))
    )


def test_what_was_done_at_the_other_hub_is_told_as_done_there(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    there = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.import_id == brought.id)).all()
    act = next(event for event in there if event.kind == ATTACHED)
    sentence = event_sentence(act)
    assert sentence.endswith(f"That was at localhost, from where it came with import {brought.number}.")
    here = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.import_id.is_(None))).first()
    assert "That was at" not in event_sentence(here)


@both
def test_the_same_bag_twice_changes_nothing(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    other.bring_in(path_of(first))
    before = alike(made(other))
    models = (ArchivedPost, PostVersion, Sighting, ArchiveEvent, SourceSlice)
    counts = [count(model) for model in models]
    again = other.bring_in(path_of(first))
    assert (again.state, again.new, again.versions, again.events) == ("done", 0, 0, 0)
    assert [count(model) for model in models] == counts
    after = alike(made(other))
    for name in ("data/record/imports.jsonl", "data/record/accounts.jsonl"):
        assert before[name] == after[name]


def test_beside_what_a_collection_has_already_only_what_it_lacks_is_added(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    archive = XArchive()
    archive.post("Schools are closed today.", at="2024-01-16T07:00")
    own = other.bring_in(archive)
    assert own.new == 1
    brought = other.bring_in(path_of(first))
    assert brought.new == 5
    met = select(ArchivedPost).where(
        ArchivedPost.collection_id == other.collection.id, ArchivedPost.import_id == own.id
    )
    post = db.session.scalars(met).one()
    assert count(PostVersion, PostVersion.post_id == post.id) == 2
    kinds = db.session.scalars(select(ArchiveEvent.kind).where(ArchiveEvent.post_id == post.id)).all()
    assert kinds.count("edited") == 1


def test_it_is_known_which_import_of_the_other_hub_told_of_a_thing(kept, tmp_path, client):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    earlier = db.session.scalars(select(EarlierImport).order_by(EarlierImport.place)).all()
    assert [one.file_name for one in earlier] == ["archive.zip", "archive.zip"]
    assert {one.adapter for one in earlier} == {"x-archive"}
    own = Sighting.import_id == brought.id
    assert set(db.session.scalars(select(Sighting.earlier).where(own))) == {1, 2}
    post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.import_id == brought.id)).first()
    shown = sign_in(client, other.person).get(post.path).text
    assert "import 1, “archive.zip” (X/Twitter archive)" in shown


def test_nobody_is_named_by_an_import(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    other.bring_in(path_of(first))
    theirs = SocialAccount.collection_id == other.collection.id
    assert set(db.session.scalars(select(SocialAccount.kind).where(theirs))) == {PRIVATE}


def rewritten(tmp_path, found, change):
    """The bag with some files changed, and its manifests as they were."""
    target = tmp_path / "changed.zip"
    with zipfile.ZipFile(path_of(found)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = change(name.partition("/")[2], before.read(name))
            if content is not None:
                after.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("change", "reason", "where"),
    [
        (lambda name, was: was.replace(b"closed", b"opened") if name.endswith("posts.jsonl") else was,
         "bag_damaged", "data/record/posts.jsonl"),
        (lambda name, was: None if name.endswith(".png") else was, "bag_damaged", ".png"),
        (lambda name, was: None if name == "bagit.txt" else was, "unknown_format", ""),
    ],
)  # fmt: skip
def test_a_bag_that_was_changed_is_refused_whole_and_what_was_changed_is_named(
    kept, tmp_path, change, reason, where
):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(rewritten(tmp_path, first, change))
    assert (brought.state, brought.problem) == ("failed", reason)
    assert where in brought.problem_detail
    assert count(ArchivedPost, ArchivedPost.collection_id == other.collection.id) == 0
    assert count(EarlierImport) == 0


def values_of(found, name):
    with zipfile.ZipFile(path_of(found)) as packed:
        (whole,) = [one for one in packed.namelist() if one.endswith(f"/{name}")]
        return [json.loads(line) for line in packed.read(whole).splitlines()]


WRONG = (
    None,
    7,
    -1,
    2**70,
    1.5,
    True,
    [],
    ["x"],
    {},
    {"a": 1},
    "",
    "x" * 600,
    "a\x00b",
    "\ud800",
    "../../etc/passwd",
)


def variants(value):
    """The value with each of its fields, at any depth, replaced by each wrong thing."""
    if isinstance(value, dict):
        for name, inner in value.items():
            for wrong in WRONG:
                yield {**value, name: wrong}
            for inner_variant in variants(inner):
                yield {**value, name: inner_variant}
    elif isinstance(value, list) and value:
        for inner_variant in variants(value[0]):
            yield [inner_variant, *value[1:]]


def test_rows_that_no_hub_writes_are_refused_and_never_an_error(kept, tmp_path):
    first = bag_of(kept)
    with zipfile.ZipFile(path_of(first)) as packed:
        packed.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    rows = Rows(folder, lambda name: name, lambda name: b"")
    rows.imports = 2
    cases = [
        (rows.came_in, values_of(first, "imports.jsonl")[0]),
        (rows.account, values_of(first, "accounts.jsonl")[0]),
        *((rows.post, post) for post in values_of(first, "posts.jsonl")),
    ]
    refused = 0
    for make, value in cases:
        make(value)
        for wrong in (*WRONG, *variants(value)):
            try:
                make(wrong)
            except NotOurs:
                refused += 1
    assert refused > 1000


def resealed(tmp_path, found, change):
    """The bag as somebody would make it who knows BagIt: changed, and with manifests that agree."""
    target = tmp_path / "resealed.zip"
    bag = BagWriter(target, "bag", clock.now())
    for name, was in payload(found).items():
        content = change(name, was)
        if content is not None:
            bag.add(name, content)
    bag.finish([])
    return target


def without_line(number):
    def change(was):
        lines = was.splitlines(keepends=True)
        return b"".join(lines[:number] + lines[number + 1 :])

    return change


def without_the_last_event(was):
    """Of the first post, the attachment: dropped from the record."""
    posts = [json.loads(line) for line in was.splitlines()]
    posts[0]["events"].pop()
    return b"".join(json.dumps(post).encode() + b"\n" for post in posts)


ENTRIES, POSTS = "data/log/entries.jsonl", "data/record/posts.jsonl"


@pytest.mark.parametrize(
    ("file", "change", "where"),
    [
        (POSTS, lambda was: was.replace(b"Wrong channel", b"Right channel"), r"entry \d+, "),
        (POSTS, lambda was: was.replace(b"2024-02-01T10:05", b"2024-02-01T10:06"), r"entry \d+, "),
        (POSTS, lambda was: was.replace(b"A bridge over", b"A gap in"), "entry "),
        (POSTS, lambda was: was.replace(b'"likes":3', b'"likes":3000', 1), "entry 1, "),
        (POSTS, without_the_last_event, "entry "),
        (ENTRIES, without_line(3), "entry "),
        (ENTRIES, lambda was: was.replace(b"deleted", b"delated"), "entry "),
        (ENTRIES, lambda was: was.replace(b'"salt":"', b'"salt":"00', 1), "entry 1, "),
        (ENTRIES, lambda was: b"", "line 1"),
        ("data/log/checkpoint.txt", lambda was: was.replace(b"\n1", b"\n2", 1), "checkpoint.txt"),
        ("data/log/keys.txt", lambda was: b"", "checkpoint.txt"),
        ("data/log/checkpoint.txt", lambda was: None, "checkpoint.txt"),
        ("data/record/imports.jsonl", lambda was: b"", "accounts.jsonl, line 1"),
    ],
)
def test_what_cannot_be_verified_is_refused_and_the_entry_is_named(kept, tmp_path, file, change, where):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    path = resealed(tmp_path, first, lambda name, was: change(was) if name == file else was)
    brought = other.bring_in(path)
    assert brought.state == "failed"
    assert brought.problem in ("bag_log", "bag_record")
    assert re.search(where, brought.problem_detail)
    assert count(ArchivedPost, ArchivedPost.collection_id == other.collection.id) == 0


def test_resealed_as_it_was_it_is_taken(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    assert other.bring_in(resealed(tmp_path, first, lambda _name, was: was)).state == "done"


def test_the_old_log_is_kept_and_goes_along_with_the_next_bag(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    assert brought.report["noted"]
    second, before = payload(made(other)), payload(first)
    for name in ("entries.jsonl", "checkpoint.txt", "keys.txt"):
        assert second[f"data/log/former/1/{name}"] == before[f"data/log/{name}"]
    third = make_kept(tmp_path, "third")
    assert third.bring_in(path_of(made(other))).state == "done"
    assert count(FormerLog, FormerLog.collection_id == third.collection.id) == 2


def test_what_came_back_is_sealed_here_and_verifies(kept, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    other.bring_in(path_of(first))
    made(other)
    collection = db.session.get(Collection, other.collection.id)
    result = verify(log_of(collection))
    assert result.faults == []
    assert result.size == count(
        ArchiveEvent, ArchiveEvent.collection_id == collection.id, ArchiveEvent.kind != EXPORTED
    )


def test_a_sealed_collections_bag_goes_into_a_sealed_collection_only(kept, tmp_path):
    filled(kept)
    with unit_of_work() as session:
        session.get_one(Collection, kept.collection.id).sealed = True
    first = made(kept)
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    assert (brought.state, brought.problem) == ("failed", "private_messages")
    with unit_of_work() as session:
        session.get_one(Collection, other.collection.id).sealed = True
    assert other.bring_in(path_of(first)).state == "done"


def test_a_bag_s_report_mixes_up_no_kinds_of_evidence(kept, client, tmp_path):
    first = bag_of(kept)
    other = make_kept(tmp_path, "other")
    done = other.bring_in(path_of(first))
    page = sign_in(client, other.person).get(done.path).text
    assert "Each post keeps the kind of evidence that it had" in page
    assert "The account&#39;s own export" not in page
