"""All that an editor can change at once, and two such changes brought together."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _

from hub.content.models import Revision
from hub.core.differences import merge

from .models import Filing

Files = tuple[int, ...]

# Over what two people wrote in the same place.
MINE, THEIRS = _("What you wrote"), _("What was saved meanwhile")


def holds_marks(text: str) -> bool:
    """Whether somebody has left the marks of a clash in a text."""
    marks = {f"[{MINE}]", f"[{THEIRS}]"}
    return any(line.strip() in marks for line in text.splitlines())


@dataclass(frozen=True)
class Wording:
    """A page's wording. topics, files: their ids; sources: (title, address or nothing) pairs."""

    title: str
    summary: str
    source: str
    applies_to: str = ""
    law_date: date | None = None
    topics: tuple[int, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class Met:
    """Two edits brought together. `conflicts` names the parts that both changed: of the text both versions
    stand in it, each under its label; of the others mine stands."""

    wording: Wording
    conflicts: tuple[str, ...]


def wording_of(revision: Revision, filing: Filing | None) -> Wording:
    """What a revision says. Without a filing it says nothing of where it applies."""
    filing = filing or Filing(applies_to="", law_date=None, topic_ids=[], sources=[])
    return Wording(
        title=revision.title,
        summary=revision.summary,
        source=revision.source,
        applies_to=filing.applies_to,
        law_date=filing.law_date,
        topics=tuple(sorted(filing.topic_ids)),
        sources=tuple((source["title"], source["url"]) for source in filing.sources),
        files=tuple(file.id for file in revision.files),
    )


def _all_files(base: Files, mine: Files, theirs: Files) -> Files:
    """What either took away is gone, what either added is there: there is nothing to disagree about."""
    gone = (set(base) - set(mine)) | (set(base) - set(theirs))
    return tuple(dict.fromkeys(file for file in (*theirs, *mine) if file not in gone))


def bring_together(base: Wording, mine: Wording, theirs: Wording) -> Met:
    """Both edits of `base` in one wording."""
    merged = merge(base.source, mine.source, theirs.source, mine_label=str(MINE), theirs_label=str(THEIRS))
    conflicts = ["source"] if merged.conflicts else []
    taken: dict[str, Any] = {}
    for part in fields(Wording):
        if part.name == "source":
            continue
        if part.name == "files":
            taken["files"] = _all_files(base.files, mine.files, theirs.files)
            continue
        was, one, other = (getattr(wording, part.name) for wording in (base, mine, theirs))
        taken[part.name] = other if one == was else one
        if one not in (was, other) and other != was:
            conflicts.append(part.name)
    return Met(replace(mine, source=merged.text, **taken), tuple(conflicts))
