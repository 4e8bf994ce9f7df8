"""What each importer takes: a file in its platform's layout, made here, through the whole path in a process
of its own. `python -m tests.bench.importers [posts of each]`; also part of `make bench`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.memory import worst_memory
from tests.factories import tables
from tests.factories.bluesky import Bluesky
from tests.factories.facebook import FacebookExport
from tests.factories.facebook_html import FacebookPages
from tests.factories.flickr import FlickrData
from tests.factories.instagram import InstagramExport
from tests.factories.mastodon import Mastodon
from tests.factories.tiktok import TikTokFile
from tests.factories.web_archive import WebArchive
from tests.factories.wordpress import WordPress
from tests.factories.x_archive import big_archive
from tests.running import ROOT

POSTS = int(os.environ.get("BENCH_IMPORT_POSTS", "5000"))
START = datetime(2020, 1, 1, 9, tzinfo=UTC)
Write = Callable[[Path, int], Path]


def time_of(number: int) -> datetime:
    """When post `number` was written."""
    return START + timedelta(minutes=17) * number


def moment(number: int) -> str:
    """That minute, as factories take it."""
    return time_of(number).strftime("%Y-%m-%dT%H:%M")


def words(number: int) -> str:
    return f"Notice {number}: the library at Bridge Street opens at {9 + number % 3}. Ask us anything."


def _each(factory, say: Callable[[object, int], object]) -> Write:
    def write(path: Path, count: int) -> Path:
        made = factory()
        for number in range(count):
            say(made, number)
        return made.write(path)

    return write


def _second(number: int) -> str:
    return f"{moment(number).replace('T', ' ')}:00"


def _reddit(path: Path, count: int) -> Path:
    return tables.reddit(path, [(f"{n:x}z", f"{_second(n)} UTC", words(n), "", "") for n in range(count)])


def _youtube(path: Path, count: int) -> Path:
    rows = [(f"Ugz{n:020}", f"{moment(n)}:00Z", "", "aaaaaaaaaaa", words(n)) for n in range(count)]
    return tables.youtube(path, rows)


def _captures(path: Path, count: int) -> Path:
    """As twarc writes them: a hundred posts a page, a page a line."""
    author = {"id": "41", "username": "strathtay", "name": "Strathtay Council"}
    about = {"version": "2.12.0", "retrieved_at": "2024-06-01T09:00:00+00:00"}
    with path.open("w") as file:
        for first in range(0, count, 100):
            page = {
                "data": [
                    {
                        "id": str(10**18 + n),
                        "text": words(n),
                        "author_id": "41",
                        "created_at": f"{moment(n)}:00Z",
                    }
                    for n in range(first, min(first + 100, count))
                ],
                "includes": {"users": [author]},
                "__twarc": about,
            }
            file.write(json.dumps(page) + "\n")
    return path


def _rss(path: Path, count: int) -> Path:
    items = (
        f"<item><guid>urn:{n}</guid><title>Notice {n}</title><description>{words(n)}</description>"
        f"<pubDate>{time_of(n):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
        for n in range(count)
    )
    head = "<title>News</title><link>https://strathtay.example/</link>"
    path.write_text(f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>')
    return path


def _web_archive(path: Path, count: int) -> Path:
    archive = WebArchive()
    for number in range(count // 10):  # pages, each with what it is made of
        archive.page(words(number), address=f"https://strathtay.example/notices/{number}")
    return archive.write(path)


FORMATS: dict[str, tuple[str, Write]] = {
    "X archive": ("x.zip", lambda path, count: big_archive(count).write(path)),
    "Facebook (JSON)": ("fb.zip", _each(FacebookExport, lambda one, n: one.post(words(n), moment(n)))),
    "Facebook (HTML)": (
        "fb-html.zip",
        _each(FacebookPages, lambda one, n: one.post(words(n), time_of(n).strftime("%b %d, %Y %I:%M:%S %p"))),
    ),
    "Instagram": ("ig.zip", _each(InstagramExport, lambda one, n: one.post(words(n), moment(n)))),
    "Threads": ("threads.zip", _each(InstagramExport, lambda one, n: one.thread(words(n), moment(n)))),
    "TikTok": ("tiktok.zip", _each(TikTokFile, lambda one, n: one.comment(words(n), moment(n)))),
    "Flickr": ("flickr.zip", _each(FlickrData, lambda one, n: one.photo(n + 1, words(n), moment(n)))),
    "Mastodon": ("mastodon.tar.gz", _each(Mastodon, lambda one, n: one.post(words(n), moment(n)))),
    "Bluesky": ("repo.car", _each(Bluesky, lambda one, n: one.post(words(n), moment(n)))),
    "LinkedIn": (
        "linkedin.zip",
        lambda path, count: tables.linkedin(
            path,
            [(_second(n), 7_000_000 + n, words(n), "", "PUBLIC") for n in range(count)],
        ),
    ),
    "Reddit": ("reddit.zip", _reddit),
    "YouTube": ("takeout.zip", _youtube),
    "WordPress (WXR)": (
        "site.xml",
        _each(WordPress, lambda one, n: one.post(n + 1, f"Notice {n}", f"<p>{words(n)}</p>")),
    ),
    "RSS": ("feed.xml", _rss),
    "Twitter API v2": ("capture.jsonl", _captures),
    "Web archive (WARC)": ("pages.warc.gz", _web_archive),
}


def main(count: int = POSTS) -> None:
    """Print a line for each format."""
    print(f"{'format':<22}{'read':>8}{'left out':>9}{'declared':>9}{'seconds':>9}{'rows/s':>8}{'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        _hub(data, "upgrade")
        _hub(data, "seed")
        for label, (name, write) in FORMATS.items():
            told, peak = _import(data, write(Path(folder) / name, count), label)
            print(_line(label, told, peak), flush=True)


def _line(label: str, told: dict, peak: float) -> str:
    declared = [one["declared"] for one in told["declared"].values() if one["declared"] is not None]
    figures = (
        f"{told['read']:>8,}",
        f"{sum(told['left_out'].values()):>9,}",
        f"{sum(declared):>9,}" if declared else f"{'-':>9}",
        f"{told['seconds']:>9.1f}",
        f"{told['read'] / max(told['seconds'], 0.001):>8,.0f}",
        f"{peak:>8.0f}",
    )
    return f"{label:<22}" + "".join(figures)


def _import(data: Path, file: Path, label: str) -> tuple[dict, float]:
    """What `hub import` says, and the memory it took at its worst, in MB."""
    command = [sys.executable, "-m", "hub", "import", str(file), "--collection", label, "--json"]
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(data), stdout=printed)
        worst = worst_memory(process)
        printed.seek(0)
        told = json.loads(printed.read() or "{}")
    if process.returncode != 0:
        raise SystemExit(f"{label}: {told}")
    return told, worst


def _hub(data: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "hub", *arguments],
        cwd=ROOT,
        env=_environment(data),
        check=True,
        capture_output=True,
    )


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "HUB_DATA": str(data), "HUB_LOG_LEVEL": "warning"}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
