"""The index as a thing that is kept: what it holds, rebuilding it in use, several processes, sudden death."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from hub.core.search import Document, Engine, Query, SearchUnavailable
from hub.search import ranking
from hub.search.engines import open_engine
from hub.search.engines.postgres import PostgresEngine
from hub.search.engines.whoosh import WhooshEngine
from tests.patience import does_not_hang

from .conftest import Shelf, document


def _indexed(engine: Engine) -> dict[str, str]:
    listed = list(engine.keys())
    assert len(listed) == len(dict(listed)), "a key is indexed twice"
    return dict(listed)


def test_it_tells_what_it_holds_and_which_state_of_it(shelf: Shelf) -> None:
    first, second = document(1, "tweets"), document(2, "letters", audiences=frozenset({"group:1"}))
    shelf.put(first, second, first)
    assert _indexed(shelf.engine) == {"post:1": first.fingerprint(), "post:2": second.fingerprint()}
    edited = document(1, "telegrams")
    shelf.put(edited)
    assert _indexed(shelf.engine)["post:1"] == edited.fingerprint() != first.fingerprint()


def test_clearing_forgets_everything(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets", audiences=frozenset({"group:1"})))
    shelf.engine.clear()
    assert _indexed(shelf.engine) == {}
    shelf.put(document(3, "tweets"))
    assert shelf.find("tweets") == ["3"]


def test_tidying_loses_nothing(shelf: Shelf) -> None:
    for number in range(5):
        shelf.put(document(number, "tweets"))
    shelf.engine.remove(["post:2"])
    shelf.engine.tidy()
    shelf.engine.tidy()
    assert shelf.find("tweets") == ["4", "3", "1", "0"]


def test_a_rebuild_replaces_everything_at_once(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets"))
    with shelf.engine.rebuild() as building:
        building.add([document(2, "telegrams"), document(3, "telegrams")])
        assert shelf.find("tweets") == ["2", "1"], "the old index is in use until the end"
        assert shelf.find("telegrams") == []
        shelf.now = {"post:2": document(2, "telegrams"), "post:3": document(3, "telegrams")}
        building.finish(shelf.load)
    assert shelf.find("tweets") == []
    assert shelf.find("telegrams") == ["3", "2"]
    assert set(_indexed(shelf.engine)) == {"post:2", "post:3"}


def test_what_changes_during_a_rebuild_is_in_the_new_index(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets"), document(3, "tweets"))
    with shelf.engine.rebuild() as building:
        building.add(list(shelf.now.values()))
        shelf.put(document(1, "telegrams"), document(4, "telegrams"))
        del shelf.now["post:2"]
        shelf.engine.remove(["post:2"])
        building.finish(shelf.load)
    assert shelf.find("tweets") == ["3"]
    assert shelf.find("telegrams") == ["4", "1"]
    assert set(_indexed(shelf.engine)) == {"post:1", "post:3", "post:4"}


def test_a_rebuild_given_up_changes_nothing_and_the_next_works(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"))
    with pytest.raises(RuntimeError), shelf.engine.rebuild() as building:
        building.add([document(2, "tweets")])
        raise RuntimeError("given up")
    shelf.put(document(3, "tweets"))
    assert shelf.find("tweets") == ["3", "1"]
    with shelf.engine.rebuild() as building:
        building.add(shelf.now.values())
        building.finish(shelf.load)
    assert shelf.find("tweets") == ["3", "1"]


def test_only_one_rebuild_at_a_time(shelf: Shelf) -> None:
    with shelf.engine.rebuild(), pytest.raises(SearchUnavailable), shelf.engine.rebuild():
        pass


def test_other_processes_see_each_commit(
    shelf: Shelf, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A reader in another process, kept open, follows commits, removals and rebuilds."""
    url = request.getfixturevalue("search_url") if isinstance(shelf.engine, PostgresEngine) else ""
    shelf.put(document(1, "tweets"))
    with _reader(url, tmp_path / "index") as found:
        assert found() == ["post:1"]
        shelf.put(document(2, "tweets"))
        assert found() == ["post:1", "post:2"]
        shelf.engine.remove(["post:1"])
        assert found() == ["post:2"]
        with shelf.engine.rebuild() as building:
            building.add([document(3, "tweets")])
            assert found() == ["post:2"]
            building.finish(lambda keys: {})
        assert found() == ["post:3"]
        shelf.engine.clear()
        assert found() == []


class _reader:
    """Another process that searches for "tweets" when asked and tells the keys."""

    def __init__(self, url: str, folder: Path):
        self._ours, theirs = multiprocessing.Pipe()
        spawning = multiprocessing.get_context("spawn")
        self._process = spawning.Process(target=_search_when_asked, args=(theirs, url, folder))

    def __enter__(self) -> Callable[[], list[str]]:
        self._process.start()
        return self._found

    def _found(self) -> list[str]:
        self._ours.send("tweets")
        assert self._ours.poll(120)  # it may have to start first, on a busy machine
        return self._ours.recv()

    def __exit__(self, *_: object) -> None:
        self._ours.send("")
        self._process.join(10)


class _Everything:
    def permitted(self, keys: Sequence[str]) -> Sequence[str]:
        return keys

    def load(self, keys: Sequence[str]) -> Mapping[str, Document]:
        return {key: document(key.removeprefix("post:")) for key in keys}


def _search_when_asked(pipe: Connection, url: str, folder: Path) -> None:
    engine = open_engine(url, folder)
    while text := pipe.recv():
        pipe.send(sorted(hit.key for hit in engine.search(Query(text, limit=50), _Everything()).hits))


def test_threads_search_while_another_process_would_write(shelf: Shelf) -> None:
    """Every answer is that of some commit, never a mixture or an error."""
    shelf.put(*(document(number, "tweets") for number in range(5)))
    answers: list[int] = []

    def search() -> None:
        for _ in range(15):
            answers.append(len(shelf.engine.search(Query("tweets", limit=50), _Everything()).hits))

    with ThreadPoolExecutor(4) as threads:
        searching = [threads.submit(search) for _ in range(4)]
        for number in range(5, 15, 5):
            shelf.put(*(document(number + more, "tweets") for more in range(5)))
        for one in searching:
            one.result()
    assert set(answers) <= {5, 10, 15}
    assert len(answers) == 60


# What follows is about files: PostgreSQL answers for its own.


@pytest.fixture
def whoosh(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine(tmp_path / "index")
    yield engine
    engine.close()


_WRITER = """
import itertools, sys
from pathlib import Path
from hub.search.engines.whoosh import WhooshEngine
from tests.search.conftest import document
engine = WhooshEngine(Path(sys.argv[1]))
for number in itertools.count():
    engine.add([document(f"{number}-{part}", "tweets of many words " * 50) for part in range(20)])
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.013, 0.031, 0.077])
def test_a_writer_killed_at_any_moment_leaves_every_commit(tmp_path: Path, after: float) -> None:
    """And the next writer is neither kept out by its lock nor hindered by what it left behind."""
    folder = tmp_path / "index"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.stdout.readline()
    time.sleep(after)
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged = 1 + sum(1 for _ in writer.stdout)
    writer.wait()
    engine = WhooshEngine(folder)
    batches = {key.removeprefix("post:").partition("-")[0] for key in _indexed(engine)}
    assert len(_indexed(engine)) == len(batches) * 20, "a batch is there wholly or not at all"
    assert {str(number) for number in range(acknowledged + 1)} <= batches
    with does_not_hang():
        engine.add([document(1, "letters")])
    assert [hit.key for hit in engine.search(Query("letters"), _Everything()).hits] == ["post:1"]
    engine.tidy()
    left = [path for path in folder.rglob("*") if path.name.endswith((".run", ".ctmp"))]
    assert not left
    engine.close()


def test_a_rebuild_killed_leaves_the_index_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    engine = WhooshEngine(folder)
    engine.add([document(1, "tweets")])
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom hub.search.engines.whoosh import WhooshEngine\n"
        "from tests.search.conftest import document\n"
        "with WhooshEngine(Path(sys.argv[1])).rebuild() as building:\n"
        "    building.add(document(n, 'tweets') for n in range(3500))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=Path(__file__).parents[2], check=False)
    engine.add([document(2, "tweets")])
    assert set(_indexed(engine)) == {"post:1", "post:2"}
    with engine.rebuild() as building:
        building.add([document(1, "tweets"), document(2, "tweets")])
        building.finish(lambda keys: {})
    assert set(_indexed(engine)) == {"post:1", "post:2"}
    assert len(list(folder.glob("v*-*"))) == 1, "what was left behind is gone"
    engine.close()


def test_a_damaged_index_is_said_to_be_unavailable(whoosh: WhooshEngine, tmp_path: Path) -> None:
    whoosh.add([document(1, "tweets")])
    whoosh.close()
    for path in (tmp_path / "index").rglob("*.seg"):
        path.write_bytes(b"rubbish")
    with pytest.raises(SearchUnavailable):
        WhooshEngine(tmp_path / "index").search(Query("tweets"), _Everything())
    with whoosh.rebuild() as building:
        building.add([document(1, "tweets")])
        building.finish(lambda keys: {})
    assert [hit.key for hit in whoosh.search(Query("tweets"), _Everything()).hits] == ["post:1"]


def test_an_index_of_another_version_asks_for_a_rebuild(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("v0-abcdef")
    with pytest.raises(SearchUnavailable, match="hub search rebuild"):
        WhooshEngine(tmp_path).search(Query("tweets"), _Everything())


def test_postgresql_out_of_reach_is_said_to_be_unavailable() -> None:
    engine = PostgresEngine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(SearchUnavailable):
        engine.search(Query("tweets"), _Everything())


def test_the_best_of_very_many_are_the_best(whoosh: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skipping what cannot reach the page loses nothing: the same come first when everything is scored."""
    words = ("tweets " * (1 + n * 7 % 11) + "letters " * (n * 5 % 3) + "x " * (n % 60) for n in range(1_500))
    whoosh.add(document(number, written) for number, written in enumerate(words))

    def best() -> list[list[tuple[str, float]]]:
        queries = [Query("tweets"), Query("tweets letters"), Query("tweets letters", any_word=True)]
        found = [whoosh.search(query, _Everything()).hits for query in queries]
        return [[(hit.key, hit.score) for hit in hits] for hits in found]

    pruned = best()
    monkeypatch.setattr(ranking, "DEEPEST", 10_000)
    assert pruned == best()
