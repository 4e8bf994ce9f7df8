"""What a paper is made of: plain values, no markup, so that what people wrote can only ever be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2  # 2 or 3: the title is 1
    kind: str = "heading"


@dataclass(frozen=True)
class Text:
    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Notice:
    """Something that must not be overlooked."""

    title: str
    text: str
    kind: str = "notice"


@dataclass(frozen=True)
class Facts:
    """Names with their values; `code`: those values that are hashes, addresses or names of files."""

    rows: tuple[tuple[str, str], ...]
    code: frozenset[str] = frozenset()
    kind: str = "facts"


@dataclass(frozen=True)
class Run:
    """A stretch of quoted text; `taken_out`: it stands where something was redacted."""

    text: str
    taken_out: bool = False


@dataclass(frozen=True)
class Quote:
    """Somebody's words, as they wrote them."""

    runs: tuple[Run, ...]
    language: str = ""
    kind: str = "quote"

    @classmethod
    def of(cls, text: str, language: str = "") -> Quote:
        return cls((Run(text),), language)


@dataclass(frozen=True)
class Picture:
    """A picture by its file's path; `about` stands in for it, `named` under it. `url`: where the hub shows
    it."""

    path: str
    about: str
    named: str = ""
    url: str = ""
    kind: str = "picture"


@dataclass(frozen=True)
class Table:
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # How wide the columns are beside each other.
    widths: tuple[int, ...] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Steps:
    """Things to be done one after another; `numbered=False`: things beside each other."""

    items: tuple[str, ...]
    numbered: bool = True
    kind: str = "steps"


@dataclass(frozen=True)
class Signature:
    """Lines to be filled in by hand."""

    title: str
    lines: tuple[str, ...]
    kind: str = "signature"


Block = Heading | Text | Notice | Facts | Quote | Picture | Table | Steps | Signature


@dataclass
class Paper:
    title: str
    by: str  # who made it
    lead: str
    blocks: list[Block] = field(default_factory=list)
    language: str = "en"

    def add(self, *blocks: Block) -> None:
        self.blocks += blocks

    def as_plain(self) -> dict[str, Any]:
        """The paper as JSON; `Paper.from_plain` makes it again."""
        plain = asdict(self)
        for block in plain["blocks"]:
            if block["kind"] == "facts":
                block["code"] = sorted(block["code"])
        return plain
