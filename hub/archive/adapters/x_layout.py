"""Finds its way about one X archive: its data folder, its files by dataset, its pictures by post."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from hub.archive.adapters import x_datasets as datasets
from hub.archive.adapters.base import LeftOut
from hub.archive.sources import Source, Unreadable

# A file that says whose archive it is, or holds posts: its folder is the data folder.
LANDMARKS = ("manifest.js", "account.js", "tweets.js", "tweet.js")
MOST_LANDMARKS = 100
MARKS = (b"window.YTD.", b"window.__THAR_CONFIG")


class Layout:
    """The members of an archive, sorted. The zip may hold `data/`, be made of its content, or wrap it."""

    def __init__(self, source: Source):
        self.folder = data_folder(source) or ""
        self._files: dict[str, list[str]] = defaultdict(list)
        self._media: dict[str, list[str]] = defaultdict(list)
        self._rest: Counter[tuple[str, str]] = Counter()
        for member in source.members():
            self._sort_in(member.name)
        for names in self._files.values():
            names.sort(key=datasets.part_number)

    def files(self, wanted: set[str]) -> list[str]:
        """Names of the files of the wanted datasets, in the order of their parts."""
        return [name for dataset in sorted(wanted & self._files.keys()) for name in self._files[dataset]]

    def media(self, post_id: str, url: str) -> str | None:
        """The member that holds a post's picture: `<post>-<last part of its address>`."""
        wanted = f"{post_id}-{PurePosixPath(url.partition('?')[0]).name}"
        names = self._media.get(post_id, ())
        return next((name for name in names if name.rpartition("/")[2] == wanted), None)

    def left_out(self, counts: dict[str, int]) -> Iterator[LeftOut]:
        """What is not read. `counts` gives the rows of a file as the manifest names it ("data/like.js")."""
        for dataset, names in sorted(self._files.items()):
            if dataset not in datasets.READ:
                for name in names:
                    yield LeftOut(datasets.why_left_out(dataset), name, counts.get(declared_name(name), 1))
        for (reason, folder), count in sorted(self._rest.items()):
            yield LeftOut(reason, folder, count)

    def _sort_in(self, name: str) -> None:
        if datasets.is_data_file(name, self.folder):
            self._files[datasets.dataset_of(name)].append(name)
            return
        inside = name[len(self.folder) :] if name.startswith(self.folder) else ""
        top, slash, rest = inside.partition("/")
        if slash and top in datasets.MEDIA_FOLDERS:
            self._media[rest.partition("-")[0]].append(name)
        elif slash and top.endswith("_media"):
            self._rest["private_media", f"{self.folder}{top}/"] += 1
        else:
            self._rest["viewer", _outer(name)] += 1


def declared_name(name: str) -> str:
    """How the manifest names a file, wherever this zip has put it."""
    return "data/" + name.rpartition("/")[2]


def _outer(name: str) -> str:
    folder, slash, _ = name.partition("/")
    return f"{folder}{slash}"


def data_folder(source: Source) -> str | None:
    """The folder (with its slash, "" for none) of the archive's data files; None when there is none.

    Judged by what the files hold: a landmark counts only if it begins as X writes it.
    """
    if not source.holds_files:
        return None
    landmarks = [member.name for member in source.members() if member.name.rpartition("/")[2] in LANDMARKS]
    landmarks.sort(key=lambda name: (name.count("/"), name))
    for name in landmarks[:MOST_LANDMARKS]:
        if starts_with_mark(source, name):
            folder, slash, _ = name.rpartition("/")
            return folder + slash
    return None


def starts_with_mark(source: Source, name: str) -> bool:
    try:
        with source.open(name) as stream:
            head = stream.read(200).lstrip(b"\xef\xbb\xbf \r\n\t")
    except Unreadable:
        return False
    return head.startswith(MARKS)
