"""How the list of a collection is narrowed: what its address says, and addresses that say something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

LONGEST_WORDS = 200
LONGEST_CODE = 24

# What may be known of a post; several may be asked for at once, and all of them must be so.
GONE, CHANGED, MISSED, ANSWERED, PICTURED = "deleted", "edited", "not_found", "answered", "media"
MARKS = (GONE, CHANGED, MISSED, ANSWERED, PICTURED)

# What a post can be. A plain post and a reply have no form of their own on the platform.
POST, REPLY = "post", "reply"
FORMS = (POST, REPLY, "comment", "article", "page", "message", "picture", "film", "pingback")


@dataclass(frozen=True)
class Filters:
    """What is asked for; "" and None: anything. `account` is a token; `since` and `until` are whole days, in
    UTC, both of them within; `marks` are some of MARKS."""

    words: str = ""
    account: str = ""
    platform: str = ""
    form: str = ""
    since: date | None = None
    until: date | None = None
    marks: tuple[str, ...] = ()

    @classmethod
    def of(cls, arguments: MultiDict[str, str]) -> Filters:
        """From an address. What nobody could have chosen is as if it were not there."""
        form = arguments.get("form", "")
        marks = arguments.getlist("is")
        return cls(
            words=_plain(arguments.get("q", ""), LONGEST_WORDS).strip(),
            account=_plain(arguments.get("account", ""), LONGEST_CODE),
            platform=_plain(arguments.get("platform", ""), LONGEST_CODE),
            form=form if form in FORMS else "",
            since=_day(arguments.get("from", "")),
            until=_day(arguments.get("to", "")),
            marks=tuple(mark for mark in MARKS if mark in marks),
        )

    @property
    def narrowed(self) -> bool:
        return self != Filters()

    @property
    def backwards(self) -> bool:
        """Whether the last day comes before the first, so that nothing can fit."""
        return self.since is not None and self.until is not None and self.until < self.since

    def but(self, **changes: object) -> Filters:
        """The same with something else asked for."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def without(self, mark: str) -> Filters:
        return replace(self, marks=tuple(one for one in self.marks if one != mark))

    def query(self, after: str | None = None) -> str:
        """What follows the path, with its "?"; "" where nothing is asked for."""
        parts = [
            ("q", self.words),
            ("account", self.account),
            ("platform", self.platform),
            ("form", self.form),
            ("from", self.since.isoformat() if self.since else ""),
            ("to", self.until.isoformat() if self.until else ""),
            *(("is", mark) for mark in self.marks),
            ("after", after or ""),
        ]
        asked = [(name, value) for name, value in parts if value]
        return f"?{urlencode(asked)}" if asked else ""


def _plain(typed: str, longest: int) -> str:
    return typed.replace("\x00", "")[:longest]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
