"""Whether a folder is a valid bag: the judgement of bagit-python, and what that leaves to its caller."""

from __future__ import annotations

import codecs
import logging
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bagit

from hub.archive.sources import limits

# bagit-python tells of each problem in its log as well; whoever catches the exception says it better.
logging.getLogger("bagit").addHandler(logging.NullHandler())
logging.getLogger("bagit").propagate = False

# Python knows encodings that are programs (zip, rot13, idna); a manifest is in one of these.
ENCODINGS = frozenset({"ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "cp1252"})

# A manifest is held in memory; 200,000 files with their SHA-512 are some 40 MB.
MAX_TAG_FILE = 64 * limits.MB

DECLARATION = re.compile(rb"BagIt-Version: \d+\.\d+\r?\n?Tag-File-Character-Encoding: \S+\s*")
ENCODED = re.compile(r"%(0[AaDd]|25)")
LISTED = re.compile(r"(?P<hash>[0-9A-Fa-f]+)[ \t]+\*?(?P<path>.+)")
MANIFEST = re.compile(r"(?P<tag>tag)?manifest-[a-z0-9-]+\.txt")
OUTSIDE = re.compile(r"[/\\~]|[A-Za-z]:|%\w+%")


class BadBag(Exception):
    """A bag that is not valid. `reason` is a code of `hub.archive.reasons`; `where` names the file."""

    def __init__(self, reason: str, where: str = ""):
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where


@dataclass(frozen=True)
class CheckedBag:
    """A bag that is valid. `info`: what bag-info.txt says; `warnings`: what is allowed but not good."""

    folder: Path
    version: tuple[int, int]
    info: dict[str, str | list[str]]
    warnings: tuple[str, ...] = field(default=())


def check_bag(folder: Path) -> CheckedBag:
    """Check everything that a bag promises, every hash included. Raises BadBag.

    Nothing is fetched: files that fetch.txt names must be there. Names that would reach outside of the bag,
    or that would fall together on another system, are refused.
    """
    files = _files(folder)
    version, encoding = _declaration(folder)
    warnings: list[str] = []
    listed = _listed(folder, files, encoding, version, warnings)
    _refuse_clashes({*files, *listed})
    _refuse_what_must_be_fetched(folder, files, encoding)
    missing = {_alike(path) for path in listed} - {_alike(path) for path in files}
    if missing:
        raise BadBag("bag_damaged", min(missing))
    try:
        bag = bagit.Bag(str(folder))
        bag.validate()
    except bagit.BagValidationError as problem:
        raise BadBag("bag_damaged", _first_detail(problem)) from problem
    except (bagit.BagError, OSError, ValueError, LookupError) as problem:
        raise BadBag("bag_not_valid", _without(folder, problem)) from problem
    return CheckedBag(folder, version, dict(bag.info), tuple(warnings))


def _files(folder: Path) -> set[str]:
    """Every file of the bag by its path within it. Links and special files are refused."""
    found: set[str] = set()
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise BadBag("link", path.relative_to(folder).as_posix())
        found |= {Path(place, name).relative_to(folder).as_posix() for name in names}
        if len(found) > limits.MAX_ENTRIES:
            raise BadBag("too_many_files", str(limits.MAX_ENTRIES))
    return found


def _declaration(folder: Path) -> tuple[tuple[int, int], str]:
    """The version and the encoding that bagit.txt declares."""
    path = folder / "bagit.txt"
    if not path.is_file():
        raise BadBag("bag_not_valid", "bagit.txt")
    raw = _small(path)
    version = re.search(rb"BagIt-Version[ \t]*:[ \t]*(\d+)\.(\d+)\s", raw + b"\n")
    encoding = re.search(rb"Tag-File-Character-Encoding[ \t]*:[ \t]*(\S+)", raw)
    if version is None or encoding is None:
        raise BadBag("bag_not_valid", "bagit.txt")
    numbers = int(version[1]), int(version[2])
    # Before 1.0 the format was looser about blanks.
    if numbers >= (1, 0) and not DECLARATION.fullmatch(raw):
        raise BadBag("bag_not_valid", "bagit.txt")
    try:
        name = codecs.lookup(encoding[1].decode("ascii", "replace")).name
    except LookupError:
        name = ""
    if name not in ENCODINGS:
        raise BadBag("encoding", "bagit.txt")
    return numbers, name


def _small(path: Path) -> bytes:
    if path.stat().st_size > MAX_TAG_FILE:
        raise BadBag("value_too_large", path.name)
    return path.read_bytes()


def _lines(path: Path, encoding: str) -> Iterator[str]:
    try:
        text = _small(path).decode(encoding)
    except UnicodeError as problem:
        raise BadBag("encoding", path.name) from problem
    for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")):
        if line.strip():
            yield line


def _listed(
    folder: Path, files: set[str], encoding: str, version: tuple[int, int], warnings: list[str]
) -> set[str]:
    """Every path that a manifest lists, each judged."""
    payload = {name for name in files if name.startswith("data/")}
    paths: set[str] = set()
    manifests = 0
    for name in sorted(files):
        kind = MANIFEST.fullmatch(name)
        if kind is None:
            continue
        own = set(_of_manifest(folder / name, encoding, version, bool(kind["tag"]), warnings))
        paths |= own
        manifests += not kind["tag"]
        # Since 1.0 every payload manifest lists every file; earlier, all of them together.
        if not kind["tag"] and version >= (1, 0) and (left := payload - own):
            raise BadBag("bag_not_listed", min(left))
    if not manifests:
        raise BadBag("bag_not_valid", "manifest")
    return paths


def _of_manifest(
    path: Path, encoding: str, version: tuple[int, int], of_tags: bool, warnings: list[str]
) -> Iterator[str]:
    hashes: dict[str, str] = {}
    for line in _lines(path, encoding):
        found = LISTED.fullmatch(line)
        if found is None:
            raise BadBag("bag_not_valid", path.name)
        if "*" in line[: found.start("path")] or found["path"].startswith("./"):
            warnings.append(f"{path.name}: {found['path']}")
        listed = _plain(found["path"])
        if OUTSIDE.match(listed) or ".." in listed.split("/") or _has_no_name(listed):
            raise BadBag("unsafe_name", listed)
        if listed.startswith("data/") == of_tags:
            raise BadBag("unsafe_name", listed)
        if listed in hashes:
            same = hashes[listed] == found["hash"].lower()
            if not same or version >= (1, 0):
                raise BadBag("duplicate_name", listed)
            warnings.append(f"{path.name}: {listed}")
        hashes[listed] = found["hash"].lower()
        yield listed


def _plain(path: str) -> str:
    """A listed path as the file is called: "./" left off, encoded line ends and per cent signs put back."""
    path = path.strip("\t\r\n").removeprefix("./")
    return ENCODED.sub(lambda found: chr(int(found[1], 16)), path)


def _has_no_name(path: str) -> bool:
    return not path or "\x00" in path


def _refuse_clashes(paths: set[str]) -> None:
    """Names that differ in case or in how accents are written are one file on many systems."""
    met: dict[str, str] = {}
    for path in sorted(paths):
        if met.setdefault(_alike(path).casefold(), path) != path:
            raise BadBag("duplicate_name", path)


def _alike(path: str) -> str:
    """Systems write accents in two ways; both are one name."""
    return unicodedata.normalize("NFC", path)


def _refuse_what_must_be_fetched(folder: Path, files: set[str], encoding: str) -> None:
    if "fetch.txt" not in files:
        return
    for line in _lines(folder / "fetch.txt", encoding):
        parts = line.split(None, 2)
        path = _plain(parts[2]) if len(parts) == 3 else ""
        if not path.startswith("data/") or ".." in path.split("/"):
            raise BadBag("unsafe_name", path or line)
        if path not in files:
            raise BadBag("bag_to_fetch", path)


def _first_detail(problem: bagit.BagValidationError) -> str:
    details = getattr(problem, "details", None) or []
    first = details[0] if details else None
    return str(getattr(first, "path", "") or first or problem)[:200]


def _without(folder: Path, problem: Exception) -> str:
    """What went wrong, without where the bag lies on our disk."""
    return str(problem).replace(f"{folder}/", "")[:200]
