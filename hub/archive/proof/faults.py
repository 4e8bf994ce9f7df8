"""Faults: what a verification finds wrong, each named as precisely as it can be, with its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _


@dataclass(frozen=True)
class Fault:
    """`about`: JSON. seq: the entry (from 0); post: its address; what, where: see `sentence`."""

    code: str
    about: dict[str, Any]

    def __str__(self) -> str:
        return sentence(self.code, self.about)


def sentence(code: str, about: dict[str, Any]) -> str:
    """A fault in words."""
    entry = _("Entry %(number)s", number=about["seq"]) if "seq" in about else ""
    return SENTENCES[code](entry, about)


def _post(about: dict[str, Any]) -> str:
    """The address of the post that a fault is about."""
    return about["post"] or _("no post")


def _posts(about: dict[str, Any]) -> str:
    """Those of every post that needs some bytes."""
    return ", ".join(about["posts"]) or _("no post")


def _rows(entry: str, about: dict[str, Any]) -> str:
    return _(
        "%(entry)s (%(kind)s, post %(post)s): what the hub holds is no longer what was sealed. It differs "
        "in: %(fields)s. Rows: %(rows)s.",
        entry=entry,
        kind=about["kind"],
        post=about["post"],
        fields=", ".join(field_words(one) for one in about["fields"]),
        rows=", ".join(f"{table} {row}" for table, row in about["rows"]),
    )


SENTENCES: dict[str, Callable[[str, dict[str, Any]], str]] = {
    # The chain.
    "missing": lambda _entry, about: _(
        "Entries %(first)s to %(last)s are missing from the log.", first=about["first"], last=about["last"]
    ),
    "link": lambda entry, about: _(
        "%(entry)s (%(post)s) does not follow from the one before it: it, or its place in the log, was "
        "changed.",
        entry=entry,
        post=_post(about),
    ),
    "links": lambda _entry, about: _(
        "Entries %(first)s to %(last)s do not follow from those before them: from entry %(first)s on, what "
        "is in the log or where it stands was changed.",
        first=about["first"],
        last=about["last"],
    ),
    "tile": lambda _entry, about: _(
        "The stored hash over entries %(first)s to %(last)s is not the hash over them.",
        first=about["first"],
        last=about["last"],
    ),
    "head": lambda _entry, about: _(
        "The log says that it has %(said)s entries; it has %(found)s.",
        said=about["said"],
        found=about["found"],
    ),
    # Statements.
    "commitment": lambda entry, about: _(
        "%(entry)s (%(post)s): its statement or its salt is not the one that was sealed.",
        entry=entry,
        post=_post(about),
    ),
    "statement_gone": lambda entry, about: _(
        "%(entry)s (%(post)s): its statement is gone, and no lawful erasure names it.",
        entry=entry,
        post=_post(about),
    ),
    "event_gone": lambda entry, about: _(
        "%(entry)s: the event that it seals (number %(event)s) is gone.", entry=entry, event=about["event"]
    ),
    "rows": _rows,
    # What is in no log.
    "unlogged_event": lambda _entry, about: _(
        "An event (number %(event)s, %(kind)s, post %(post)s) stands in the history and not in the log: it "
        "was put there from outside.",
        event=about["event"],
        kind=about["kind"],
        post=about["post"],
    ),
    "unlogged_row": lambda _entry, about: _(
        "%(table)s %(row)s belongs to no event of the log: it was put there from outside.",
        table=about["table"],
        row=about["row"],
    ),
    # Bytes.
    "slice": lambda _entry, about: _(
        "The exact bytes kept as %(sha256)s (%(posts)s) are no longer those bytes.",
        sha256=about["sha256"],
        posts=_posts(about),
    ),
    "media_gone": lambda _entry, about: _(
        "The file of picture or film %(sha256)s (%(posts)s) is not in the data folder.",
        sha256=about["sha256"],
        posts=_posts(about),
    ),
    "media": lambda _entry, about: _(
        "The file of picture or film %(sha256)s (%(posts)s) is no longer what it was.",
        sha256=about["sha256"],
        posts=_posts(about),
    ),
    # Checkpoints.
    "signature": lambda _entry, about: _(
        "The checkpoint over %(size)s entries carries no valid signature of this hub.", size=about["size"]
    ),
    "checkpoint": lambda _entry, about: _(
        "The stored checkpoint over %(size)s entries does not say what was signed.", size=about["size"]
    ),
    "timestamp": lambda _entry, about: _(
        "The time stamp of the checkpoint over %(size)s entries is not one of that checkpoint.",
        size=about["size"],
    ),
    "truncated": lambda _entry, about: _(
        "A checkpoint covers %(size)s entries; the log has %(found)s. The last %(lacking)s were cut off.",
        size=about["size"],
        found=about["found"],
        lacking=about["size"] - about["found"],
    ),
    "fork": lambda _entry, about: _(
        "The log is not the one that was signed: the checkpoint over %(agrees)s entries agrees with it, the "
        "one over %(differs)s does not. Something between entries %(first)s and %(last)s was changed.",
        agrees=about["agrees"],
        differs=about["differs"],
        first=about["agrees"],
        last=about["differs"] - 1,
    ),
    "other_log": lambda _entry, about: _(
        "The checkpoint of %(origin)s is not of a collection of this hub.", origin=about["origin"]
    ),
}

# What a difference between a statement and the rows is called: by part, and by part and field.
FIELDS: dict[str, Callable[[], str]] = {
    "about": lambda: _("the event itself"),
    "about.at": lambda: _("when it happened"),
    "about.known_at": lambda: _("when it was known"),
    "about.recorded_at": lambda: _("when it was written down"),
    "about.kind": lambda: _("what happened"),
    "about.platform": lambda: _("the platform"),
    "act": lambda: _("what the act says of itself"),
    "author": lambda: _("its author"),
    "author.handle": lambda: _("its author's handle"),
    "author.name": lambda: _("its author's name"),
    "author.names": lambda: _("the names that its author ever had"),
    "bytes": lambda: _("the bytes it was read from"),
    "bytes.captured_at": lambda: _("when it was seen"),
    "source.cited": lambda: _("the further bytes that it leans on"),
    "media": lambda: _("its pictures and films"),
    "post": lambda: _("the post's own facts"),
    "post.posted_at": lambda: _("when it was posted"),
    "post.url": lambda: _("its address"),
    "said": lambda: _("this version"),
    "words": lambda: _("its words"),
    "said.details": lambda: _("its links and mentions"),
    "said.written_at": lambda: _("when it was written"),
    "source": lambda: _("where it came from"),
    "source.counts": lambda: _("its counts"),
    "source.import": lambda: _("the import that brought it"),
    "unreadable": lambda: _("everything: its rows cannot be read"),
    "place": lambda: _("the collection or import that it is filed under"),
}


def field_words(field: str) -> str:
    found = FIELDS.get(field)
    if found is not None:
        return found()
    part = FIELDS.get(field.partition(".")[0])
    return f"{part()} ({field})" if part else field
