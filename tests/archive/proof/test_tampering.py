"""Whatever is changed in 10,000 sealed events, or in any byte that is kept, is found and named: by the chain,
by the statements, and by the last checkpoint that is held outside of the hub."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from hub.archive.proof import bytes as kept_bytes
from hub.archive.proof import checkpoints, hashing, notes, sealing
from hub.archive.proof.log import Log, log_of
from hub.archive.proof.statements import iso
from hub.archive.proof.tree import Growing
from hub.archive.proof.whole import Result, verify
from hub.core.database import db
from hub.core.settings import Settings
from tests.archive.conftest import make_kept
from tests.archive.proof.conftest import some_posts
from tests.chance import chance
from tests.conftest import make_app
from tests.factories.x_archive import big_archive, png

# One process seals the many events for all of these.
pytestmark = pytest.mark.xdist_group("tampering")

EVENTS = 10_000


@dataclass
class Hub:
    """A hub whose database is put back before each test. `held`: checkpoints held outside of it."""

    app: Flask
    data: Path
    log: Log
    held: list[notes.Note]
    size: int
    random: Random

    @property
    def database(self) -> Path:
        return self.data / "hub.db"

    def tamper(self, *statements: str | tuple) -> None:
        """Change the database as somebody would who has its file."""
        with sqlite3.connect(self.database, isolation_level=None) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for one in statements:
                connection.execute(*((one,) if isinstance(one, str) else one))
        connection.close()

    def ask(self, statement: str, *values) -> list[tuple]:
        with sqlite3.connect(self.database) as connection:
            found = connection.execute(statement, values).fetchall()
        connection.close()
        return found

    def some_entry(self, kind: str = "", such_that: str = "1") -> tuple[int, int]:
        """(seq, event id) of one that chance picks; of a kind."""
        found = self.ask(
            "SELECT l.seq, l.event_id FROM log_entry l JOIN archive_event e ON e.id = l.event_id "
            f"WHERE ? IN ('', e.kind) AND l.seq BETWEEN 10 AND ? AND {such_that}", kind, self.size - 10,
        )  # fmt: skip
        return self.random.choice(found)

    def verify(self) -> Result:
        db.engine.dispose()
        db.session.remove()
        return verify(self.log, self.held)

    def faults(self) -> list[str]:
        return [str(fault) for fault in self.verify().faults]


def prepare(data: Path, count: int) -> Iterator[Hub]:
    """So many events: sealed in two goes, with a checkpoint after each, both held elsewhere."""
    app = make_app(Settings(data=data / "hub", secret_key="k" * 50, public_url="https://hub.example"))
    with app.app_context():
        kept = make_kept(data)
        pictures = some_posts()
        pictures.picture(pictures.post("Another bridge", at="2024-03-02T12:00"), png(9, 9))
        kept.bring_in(pictures)
        sealing.seal(kept.collection.id)
        checkpoints.make(kept.collection.id)
        kept.bring_in(big_archive(count, account_id="830012346", handle="other", name="Other"))
        sealing.seal(kept.collection.id)
        checkpoints.make(kept.collection.id)
        held = notes.read_many(checkpoints.in_one_file(checkpoints.all_of()))
        log = log_of(kept.collection)
        db.session.remove()
        db.engine.dispose()
        shutil.copytree(data / "hub", data / "as it was")
        yield Hub(app, data / "hub", log, held, held[-1].size, chance("tampering"))


@pytest.fixture(scope="module")
def large(quick_folder) -> Iterator[Hub]:
    yield from prepare(quick_folder("large"), EVENTS)


@pytest.fixture(scope="module")
def small(quick_folder) -> Iterator[Hub]:
    yield from prepare(quick_folder("small"), 300)


def put_back(prepared: Hub) -> Hub:
    """As it was when it was sealed."""
    db.session.remove()
    db.engine.dispose()
    shutil.rmtree(prepared.data)
    shutil.copytree(prepared.data.parent / "as it was", prepared.data)
    prepared.random = chance("tampering")
    return prepared


@pytest.fixture
def hub(large: Hub) -> Iterator[Hub]:
    """10,000 events."""
    with large.app.app_context():
        yield put_back(large)


@pytest.fixture
def few(small: Hub) -> Iterator[Hub]:
    """Some hundred events: for the many things that are the same however many there are."""
    with small.app.app_context():
        yield put_back(small)


def test_what_nobody_touched_verifies(hub):
    result = hub.verify()
    assert (result.count, result.faults) == (0, [])
    assert result.size == result.anchored >= EVENTS


# The log itself.


def flipped(value: bytes, chance: Random) -> bytes:
    """The bytes with one bit of one of them the other way."""
    place = chance.randrange(len(value))
    return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]


@pytest.mark.parametrize("column", ["commitment", "link", "salt", "statement"])
def test_a_flipped_bit_of_an_entry(hub, column):
    seq, _event = hub.some_entry()
    ((value,),) = hub.ask(f"SELECT CAST({column} AS BLOB) FROM log_entry WHERE seq = ?", seq)
    kind = "TEXT" if column == "statement" else "BLOB"
    hub.tamper(
        (
            f"UPDATE log_entry SET {column} = CAST(? AS {kind}) WHERE seq = ?",
            (flipped(value, hub.random), seq),
        )
    )
    found = hub.faults()
    assert found
    near = (f"Entry {seq} ", f"Entries {seq} to {seq + 1} ", "checkpoint")
    assert all(any(name in one for name in near) for one in found)
    assert any(one.startswith(near[:2]) for one in found)


def test_an_entry_moved_in_time(hub):
    seq, _event = hub.some_entry()
    hub.tamper(("UPDATE log_entry SET at = '2019-01-01 00:00:00.000000' WHERE seq = ?", (seq,)))
    found = hub.faults()
    assert any(f"Entry {seq} " in one and "does not follow" in one for one in found)


def test_dropped_entries(hub):
    seq, _event = hub.some_entry()
    hub.tamper(("DELETE FROM log_entry WHERE seq BETWEEN ? AND ?", (seq, seq + 2)))
    found = hub.faults()
    assert f"Entries {seq} to {seq + 2} are missing from the log." in found


def test_dropped_entries_and_all_behind_them_numbered_anew(hub):
    seq, _event = hub.some_entry()
    hub.tamper(
        ("DELETE FROM log_entry WHERE seq = ?", (seq,)),
        ("UPDATE log_entry SET seq = -seq WHERE seq > ?", (seq,)),
        "UPDATE log_entry SET seq = -seq - 1 WHERE seq < 0",
    )
    found = hub.faults()
    assert any(f"Entries {seq} to {hub.size - 2} do not follow" in one for one in found)
    assert any("were cut off" in one for one in found)


def test_swapped_entries(hub):
    one, other = hub.some_entry()[0], hub.some_entry()[0]
    while other == one:
        other = hub.some_entry()[0]
    hub.tamper(
        ("UPDATE log_entry SET seq = -1 WHERE seq = ?", (one,)),
        ("UPDATE log_entry SET seq = ? WHERE seq = ?", (one, other)),
        ("UPDATE log_entry SET seq = ? WHERE seq = -1", (other,)),
    )
    found = hub.faults()
    assert any(fault.startswith((f"Entry {one} ", f"Entries {one} to")) for fault in found)
    assert any(re.search(rf"Entry {other} |Entries {other} to|to {other} do not", fault) for fault in found)


def test_swapped_events_of_two_entries(hub):
    """The entries stay where they are and tell of one another's events."""
    (one, event), (other, another) = hub.some_entry("first_seen"), hub.some_entry("first_seen")
    while other == one:
        other, another = hub.some_entry("first_seen")
    hub.tamper(
        ("UPDATE log_entry SET event_id = -1 WHERE seq = ?", (one,)),
        ("UPDATE log_entry SET event_id = ? WHERE seq = ?", (event, other)),
        ("UPDATE log_entry SET event_id = ? WHERE seq = ?", (another, one)),
    )
    found = hub.faults()
    assert any(f"Entry {one} " in fault and "no longer what was sealed" in fault for fault in found)
    assert any(f"Entry {other} " in fault for fault in found)


def test_an_inserted_entry_with_all_links_made_anew(hub):
    """The chain fits again from end to end: what was signed does not."""
    seq, _event = hub.some_entry()
    rows = hub.ask("SELECT seq, at, event_id, statement, salt, commitment FROM log_entry ORDER BY seq")
    forged = [*rows[:seq], (seq, rows[seq][1], 10**9, *rows[seq][3:]), *rows[seq:]]
    write_anew(hub, forged)
    found = hub.faults()
    first, second = (note.size for note in hub.held)
    assert any(f"over {first} entries agrees" in one and f"over {second}" in one for one in found)


def test_a_truncated_log(hub):
    lacking = hub.random.randrange(1, hub.size - 100)
    hub.tamper(
        ("DELETE FROM log_entry WHERE seq >= ?", (hub.size - lacking,)),
        ("UPDATE log_head SET size = ?", (hub.size - lacking,)),
        "DELETE FROM log_checkpoint",
    )
    found = hub.faults()
    assert (
        f"A checkpoint covers {hub.size} entries; the log has {hub.size - lacking}. The last {lacking} were "
        "cut off."
    ) in found


def test_a_fork_whose_chain_tree_and_checkpoints_were_all_made_anew(hub):
    """Somebody with the database and the key rewrites history from some entry on. Only what is held outside
    of the hub can tell, and it tells between which checkpoints."""
    seq, event = hub.some_entry("first_seen")
    hub.tamper(
        (
            "UPDATE post_version SET text = 'Something else' WHERE id = "
            "(SELECT version_id FROM archive_event WHERE id = ?)",
            (event,),
        )
    )
    ((words,),) = hub.ask(
        "SELECT v.text FROM post_version v JOIN archive_event e ON e.version_id = v.id WHERE e.id = ?", event
    )
    rows = hub.ask("SELECT seq, at, event_id, statement, salt, commitment FROM log_entry ORDER BY seq")
    with_other_words = []
    for row in rows:
        statement = _with_text(row[3], words) if row[0] == seq else row[3]
        committed = hashing.commitment(statement, row[4])
        with_other_words.append((*row[:3], statement, row[4], committed))
    write_anew(hub, with_other_words)
    hub.tamper("DELETE FROM log_checkpoint")
    checkpoints.make(hub.log.id)
    assert verify(hub.log).count == 0  # by itself, all is well
    (fault,) = hub.faults()
    first, second = (note.size for note in hub.held)
    assert f"over {first} entries agrees" in fault
    assert f"Something between entries {first} and {second - 1} was changed" in fault


def _with_text(statement: str, words: str) -> str:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return re.sub(r'words {"sha256":"[0-9a-f]{64}"', f'words {{"sha256":"{digest}"', statement)


def write_anew(hub: Hub, rows: list[tuple]) -> None:
    """Write the whole log again as if it had always been so, tree and all."""
    tree, link, entries, tiles = Growing(), hashing.first_link(hub.log.token), [], []
    for seq, (_seq, at, event_id, statement, salt, committed) in enumerate(rows):
        moment = hashing.microseconds(datetime.fromisoformat(iso(at)))
        leaf = hashing.leaf_hash(hashing.leaf_data(seq, moment, committed))
        link = hashing.next_link(link, leaf)
        entries.append((hub.log.id, seq, at, event_id, statement, salt, committed, link))
        tiles += [(hub.log.id, *made) for made in tree.add(leaf)]
    with sqlite3.connect(hub.database) as connection:
        connection.execute("DELETE FROM log_entry")
        connection.execute("DELETE FROM log_tile")
        connection.executemany(
            "INSERT INTO log_entry (collection_id, seq, at, event_id, statement, salt, commitment, link) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entries,
        )  # fmt: skip
        connection.executemany("INSERT INTO log_tile VALUES (?, ?, ?, ?)", tiles)
        connection.execute("UPDATE log_head SET size = ?", (len(rows),))
    connection.close()


def test_a_stored_tile(hub):
    hub.tamper('UPDATE log_tile SET hash = zeroblob(32) WHERE level = 1 AND "index" = 3')
    assert hub.faults() == ["The stored hash over entries 768 to 1023 is not the hash over them."]


# Checkpoints.


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE log_checkpoint SET root = zeroblob(32)", "is not the one that was signed"),
        ("UPDATE log_checkpoint SET size = size - 1", "does not say what was signed"),
        (
            "UPDATE log_checkpoint SET note = replace(note, 'hub.example', 'hub.exomple')",
            "no valid signature",
        ),
        ("UPDATE log_key SET public = zeroblob(32)", "no valid signature"),
        ("UPDATE log_checkpoint SET timestamp = x'3000'", "time stamp"),
    ],
)
def test_a_stored_checkpoint(few, change, says):
    few.tamper(change)
    assert any(says in one for one in few.faults())


def test_a_checkpoint_held_outside_that_somebody_else_signed(few):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    forged = notes.write(few.held[0].origin, few.held[0].size, few.held[0].root, Ed25519PrivateKey.generate())
    found = verify(few.log, [notes.read(forged)])
    assert [fault.code for fault in found.faults] == ["signature"]


# What the events tell of, and every byte of it.

FIRST = "(SELECT {} FROM archive_event WHERE id = :event)"
# Of the second import; and each row that it tells of has another after it.
NOT_THE_LAST = "e.import_id = 2 AND " + " AND ".join(
    f"e.{column} < (SELECT max({column}) FROM archive_event)"
    for column in ("post_id", "version_id", "sighting_id", "slice_id")
)
ROWS: list[tuple[str, str, str]] = [
    ("archive_event", "kind = 'met' WHERE id = :event", "what happened"),
    ("archive_event", "at = '2019-01-01 00:00:00.000000' WHERE id = :event", "when it happened"),
    ("archive_event", "known_at = '2019-01-01 00:00:00.000000' WHERE id = :event", "when it was known"),
    ("archive_event", "recorded_at = '2019-01-01 00:00:00.000000' WHERE id = :event", "when it was written"),
    ("archive_event", "told_by = 'capture' WHERE id = :event", "the event itself"),
    ("archive_event", "cause = 'deleted' WHERE id = :event", "the event itself"),
    ("archive_event", "details = '{\"reason\": \"mine\"}' WHERE id = :event", "what the act says"),
    ("archive_event", "details = 'no JSON' WHERE id = :event", "what the act says"),
    ("archive_event", "version_id = version_id + 1 WHERE id = :event", "this version"),
    ("archive_event", "sighting_id = sighting_id + 1 WHERE id = :event", "this version"),
    ("archive_event", "slice_id = slice_id + 1 WHERE id = :event", "the bytes it was read from"),
    ("archive_event", "post_id = post_id + 1 WHERE id = :event", "the post's own facts"),
    ("archive_event", "import_id = 1 WHERE id = :event", "the import that brought it"),
    ("archived_post", f"url = 'https://elsewhere.example' WHERE id = {FIRST.format('post_id')}", "address"),
    ("archived_post", f"platform_id = '1' WHERE id = {FIRST.format('post_id')}", "the post's own facts"),
    ("archived_post", f"token = 'xxxxxxxxxxxx' WHERE id = {FIRST.format('post_id')}", "the post's own facts"),
    ("archived_post", f"platform = 'y' WHERE id = {FIRST.format('post_id')}", "the platform"),
    ("archived_post", f"posted_at = '2019-01-01 00:00:00.000000' WHERE id = {FIRST.format('post_id')}",
     "when it was posted"),
    ("archived_post", f"sort_at = '2019-01-01 00:00:00.000000' WHERE id = {FIRST.format('post_id')}",
     "the post's own facts"),
    ("archived_post", f"reply_to_id = '99' WHERE id = {FIRST.format('post_id')}", "the post's own facts"),
    ("archived_post", f"account_id = 1 WHERE id = {FIRST.format('post_id')}", "filed under"),
    ("archived_post", f"account_id = NULL WHERE id = {FIRST.format('post_id')}", "filed under"),
    ("post_version", f"text = text || ' ' WHERE id = {FIRST.format('version_id')}", "its words"),
    ("post_version", f"text = CAST(x'ff' AS TEXT) WHERE id = {FIRST.format('version_id')}", "its words"),
    ("post_version", f"text = 7 WHERE id = {FIRST.format('version_id')}", "its words"),
    ("post_version", f"complete = 0 WHERE id = {FIRST.format('version_id')}", "this version"),
    ("post_version", f"language = 'xx' WHERE id = {FIRST.format('version_id')}", "this version"),
    ("post_version", f"version_id = '7' WHERE id = {FIRST.format('version_id')}", "this version"),
    ("post_version", f"content_hash = 'ab' WHERE id = {FIRST.format('version_id')}", "this version"),
    ("post_version", f"stated_at = 'once' WHERE id = {FIRST.format('version_id')}", "this version"),
    ("post_version", f"details = '{{}}' WHERE id = {FIRST.format('version_id')}", "its links and mentions"),
    ("sighting", f"counts = '{{\"likes\": 1000}}' WHERE id = {FIRST.format('sighting_id')}", "its counts"),
    ("sighting", f"file = 'other.js' WHERE id = {FIRST.format('sighting_id')}", "where it came from"),
    ("sighting", f"row = row + 1 WHERE id = {FIRST.format('sighting_id')}", "where it came from"),
    ("sighting", f"evidence = 'capture' WHERE id = {FIRST.format('sighting_id')}", "read from"),
    ("sighting", f"captured_at = NULL WHERE id = {FIRST.format('sighting_id')}", "when it was seen"),
    ("sighting", f"slice_id = slice_id + 1 WHERE id = {FIRST.format('sighting_id')}", "read from"),
    ("sighting", f"account_id = 1 WHERE id = {FIRST.format('sighting_id')}", "its author"),
    ("sighting", f"import_id = 1 WHERE id = {FIRST.format('sighting_id')}", "filed under"),
    ("account_name", "handle = 'somebody' WHERE handle = 'other'", "its author's handle"),
    ("account_name", "name = 'Somebody' WHERE handle = 'other'", "its author's name"),
    ("account_name", "seen_to = '2031-01-01 00:00:00.000000' WHERE handle = 'other'", "the names that"),
    ("social_account", "platform_id = '1' WHERE platform_id = '830012346'", "its author"),
    ("archive_import", "file_name = 'other.zip' WHERE number = 2", "the import that brought it"),
    ("archive_import", "file_sha256 = 'ab' WHERE number = 2", "the import that brought it"),
    ("archive_import", "number = 7 WHERE number = 2", "the import that brought it"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "says"), ROWS, ids=[f"{one[0]}-{one[1][:22]}" for one in ROWS])
def test_a_changed_row(few, table, change, says):
    seq, event = few.some_entry("first_seen", NOT_THE_LAST)
    few.tamper((f"UPDATE {table} SET {change}", {"event": event} if ":event" in change else {}))
    found = few.verify()
    told = [str(fault) for fault in found.faults if fault.about.get("seq") == seq]
    if "WHERE id" in change:
        assert any(says in one and f"Entry {seq} " in one for one in told), told
    else:  # what many events share: each of them tells
        assert found.count > 250
        assert any(says in str(fault) for fault in found.faults)


@pytest.mark.parametrize(
    ("table", "by"),
    [("archived_post", "post_id"), ("post_version", "version_id"), ("sighting", "sighting_id"),
     ("archive_event", "id"), ("source_slice", "slice_id")],
)  # fmt: skip
def test_a_row_that_is_gone(few, table, by):
    seq, event = few.some_entry("first_seen")
    few.tamper((f"DELETE FROM {table} WHERE id = (SELECT {by} FROM archive_event WHERE id = ?)", (event,)))
    assert any(f"Entry {seq}" in one for one in few.faults())


@pytest.mark.parametrize(
    "table", ["archived_post", "post_version", "sighting", "post_media", "archive_event"]
)
def test_a_row_that_was_put_there(few, table):
    columns = [row[1] for row in few.ask(f"PRAGMA table_info({table})") if row[1] != "id"]
    fresh = {
        "token": "'zzzzzzzzzzzz'", "platform_id": "'424242'", "content_hash": "'new'", "sighting_id": "NULL",
        "version_id": {"post_media": "version_id + 1"}.get(table, "version_id"),
    }  # fmt: skip
    values = ", ".join(fresh.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    few.tamper(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} ORDER BY id LIMIT 1")
    ((last,),) = few.ask(f"SELECT max(id) FROM {table}")
    found = few.faults()
    assert any(f"{table} {last} belongs to no event" in one or f"number {last}," in one or "Entry" in one
               for one in found), found  # fmt: skip


def test_the_exact_bytes(hub):
    ((slice_id, raw, sha256, token),) = hub.random.sample(
        hub.ask(
            "SELECT s.id, s.raw, s.sha256, p.token FROM source_slice s JOIN sighting g ON g.slice_id = s.id "
            "JOIN archived_post p ON p.id = g.post_id"
        ), 1,
    )  # fmt: skip
    hub.tamper(("UPDATE source_slice SET raw = ? WHERE id = ?", (flipped(raw, hub.random), slice_id)))
    (fault,) = hub.faults()
    assert sha256 in fault
    assert f"{hub.log.path}/posts/{token}" in fault


def test_the_exact_bytes_wherever_they_stand_among_those_that_are_looked_at_together(few, monkeypatch):
    monkeypatch.setattr(kept_bytes, "AT_ONCE", 3)
    looked_at = few.ask("SELECT id, raw FROM source_slice ORDER BY id LIMIT 7")
    for slice_id, raw in looked_at:
        few.tamper(("UPDATE source_slice SET raw = ? WHERE id = ?", (raw + b" ", slice_id)))
        db.session.remove()
        (fault,) = kept_bytes.slices(few.log, range(looked_at[0][0], looked_at[-1][0] + 1))
        assert fault.about["slice"] == slice_id
        few.tamper(("UPDATE source_slice SET raw = ? WHERE id = ?", (raw, slice_id)))


def test_the_exact_bytes_and_their_hash(hub):
    """Whoever changes both is found by what was sealed."""
    seq, event = hub.some_entry("first_seen")
    ((slice_id,),) = hub.ask("SELECT slice_id FROM archive_event WHERE id = ?", event)
    other = b'{"tweet": {"full_text": "another"}}'
    hub.tamper(
        (
            "UPDATE source_slice SET raw = ?, sha256 = ? WHERE id = ?",
            (other, hashlib.sha256(other).hexdigest(), slice_id),
        )
    )
    assert any(f"Entry {seq} " in one and "read from" in one for one in hub.faults())


def _picture(hub: Hub) -> Path:
    files = [path for path in (hub.data / "media").rglob("*") if path.is_file() and "." not in path.name]
    return hub.random.choice(sorted(files))


def test_a_picture(hub):
    path = _picture(hub)
    path.write_bytes(flipped(path.read_bytes(), hub.random))
    (fault,) = hub.faults()
    assert path.name in fault
    assert "/posts/" in fault


def test_a_picture_that_is_gone(hub):
    path = _picture(hub)
    path.unlink()
    (fault,) = hub.faults()
    assert path.name in fault
    assert "not in the data folder" in fault


@pytest.mark.parametrize(
    "change",
    ["alt_text = 'A tunnel'", "url = 'https://elsewhere.example/a.png'", "position = 3", "kind = 'video'"],
)
def test_what_is_said_of_a_picture(few, change):
    few.tamper(f"UPDATE post_media SET {change} WHERE id = 1")
    assert any("its pictures and films" in one for one in few.faults())


def test_which_picture_it_was(few):
    few.tamper("UPDATE post_media SET media_id = 3 - media_id WHERE id = 1")
    assert any("its pictures and films" in one for one in few.faults())


def test_any_byte_of_the_evidence_at_random(hub):
    """Ten thousand events are followed within a second or two, so chance may pick, too."""
    tables: dict[str, Callable] = {}
    for table in ("post_version", "sighting", "archive_event", "archived_post"):
        columns = [row[1] for row in hub.ask(f"PRAGMA table_info({table})")]
        tables[table] = columns
    overlooked = {"met_import_id", "erased_at", "person_id", "import_id", "id", "collection_id", "language"}
    for _round in range(3):
        table = hub.random.choice(sorted(tables))
        column = hub.random.choice([one for one in tables[table] if one not in overlooked])
        rows = hub.ask(
            f"SELECT id, CAST({column} AS BLOB) FROM {table} WHERE length({column}) > 3 "
            f"AND typeof({column}) = 'text'"
        )
        if not rows:
            continue
        row_id, value = hub.random.choice(rows)
        change = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE id = ?"
        hub.tamper((change, (flipped(value, hub.random), row_id)))
        assert hub.verify().count > 0, (table, column, row_id)
        hub.tamper((change, (value, row_id)))
