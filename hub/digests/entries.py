"""The parts of an edition, in the words of the templates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.content.files.shown import ShownFile
from hub.content.models import SHOWN
from hub.groups.models import Group

from .examples import NO_EXAMPLES, ExamplesOfItem
from .happenings import Happening, ToldGroup, ToldItem, ToldPost
from .models import DigestNote

# The order of worth: first what concerns the reader, of all groups together; then group by group.
YOURS, MENTIONED, MAY_KNOW = "yours", "mentioned", "may_know"
WAITING, GUIDANCE_PAGES, ACCEPTED, ANSWERED = "waiting", "guidance", "accepted", "answered"
DISCUSSED, EXAMPLES = "discussed", "examples"
OF_THE_READER = (YOURS, MENTIONED, MAY_KNOW)
OF_A_GROUP = (WAITING, GUIDANCE_PAGES, ACCEPTED, ANSWERED, DISCUSSED, EXAMPLES)

# How much of an entry the message has: all that is said of one, its title, or that it is one more.
IN_FULL, TITLE, COUNTED = "full", "title", "counted"

# Of what was written under one item, this many posts are quoted; the rest is counted, and linked.
QUOTED = 3

# Whom an event concerns: it mentions the reader, others did it, or the reader did it themselves.
MENTIONING, OF_OTHERS, OWN = 0, 1, 2


@dataclass
class Event:
    """One thing that happened: an activity, and what was written, if something was."""

    number: int
    kind: str
    person_id: int | None = None
    post: ToldPost | None = None
    # Whether what was written mentions the reader.
    mentions: bool = False
    paragraphs: list[str] = field(default_factory=list)
    files: Sequence[ShownFile] = ()
    weight: int = OF_OTHERS

    @classmethod
    def of(cls, happened: Happening) -> "Event":
        return cls(happened.number, happened.kind, happened.person_id, happened.post, happened.mentions)

    @property
    def name(self) -> str:
        return self.post.name if self.post else ""

    @property
    def organisation(self) -> str:
        return self.post.organisation if self.post else ""

    @property
    def position(self) -> int:
        return self.post.position if self.post else 0


@dataclass
class Entry:
    """An item with what happened to it in the range, oldest first."""

    item: ToldItem
    events: list[Event] = field(default_factory=list)
    examples: ExamplesOfItem = NO_EXAMPLES
    level: str = IN_FULL
    # Whether its words stay in its group.
    titles_only: bool = False

    def of_kind(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    @property
    def written(self) -> list[Event]:
        """Answers and replies; one that was accepted is told as such."""
        accepted = {event.position for event in self.of_kind("accepted")}
        written = self.of_kind("answered", "replied", SHOWN)
        return [event for event in written if event.position not in accepted | {0, 1}]

    @property
    def quoted(self) -> list[Event]:
        """Those whose words are told: what concerns the reader most, in the order of the page."""
        chosen = sorted(self.written, key=lambda event: event.weight)[:QUOTED]
        return sorted(chosen, key=lambda event: event.number)

    @property
    def unquoted(self) -> list[Event]:
        quoted = {event.number for event in self.quoted}
        return [event for event in self.written if event.number not in quoted]

    @property
    def is_new(self) -> bool:
        return bool(self.of_kind("published"))

    @property
    def opening(self) -> list[str]:
        """Its first words, when it is new, by paragraphs; a summary where it has one."""
        first = self.of_kind("published", "revised")
        return first[-1].paragraphs if first else []

    @property
    def opening_files(self) -> Sequence[ShownFile]:
        """What hangs on it, when its words are told."""
        first = self.of_kind("published", "revised")
        return first[-1].files if first else ()


@dataclass
class Section:
    """Entries of one worth, of one group or (what concerns the reader) of all."""

    name: str
    entries: list[Entry]
    group: ToldGroup | None = None

    @property
    def place(self) -> str:
        """What the digest's page calls it."""
        return self.name if self.group is None else f"{self.name}-{self.group.slug}"

    def at(self, level: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.level == level]

    @property
    def in_full(self) -> list[Entry]:
        return self.at(IN_FULL)

    @property
    def titles(self) -> list[Entry]:
        return self.at(TITLE)

    @property
    def more(self) -> int:
        """How many only the digest's page names."""
        return len(self.at(COUNTED))


@dataclass
class Came:
    """Who joined a group. names: some of them, where the group's words may be mailed."""

    count: int = 0
    names: list[str] = field(default_factory=list)


@dataclass
class GroupNews:
    group: Group | ToldGroup
    sections: list[Section] = field(default_factory=list)
    opened: bool = False
    came: Came | None = None


@dataclass
class Edition:
    notes: list[DigestNote] = field(default_factory=list)
    personal: list[Section] = field(default_factory=list)
    groups: list[GroupNews] = field(default_factory=list)
    # The numbers of every activity that it tells, or that is told by one of them.
    covered: set[int] = field(default_factory=set)

    @property
    def sections(self) -> Iterator[Section]:
        """In the order of the message."""
        yield from self.personal
        for news in self.groups:
            yield from news.sections

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.sections for entry in section.entries]

    @property
    def events(self) -> list[Event]:
        return [event for entry in self.entries for event in entry.events]

    @property
    def groups_with_news(self) -> list[Group | ToldGroup]:
        """The groups whose news it tells, by name; not those of which it only says who joined."""
        told: dict[int, Group | ToldGroup] = {}
        told |= {entry.item.group.id: entry.item.group for entry in self.entries}
        told |= {news.group.id: news.group for news in self.groups if news.opened}
        told |= {note.group.id: note.group for note in self.notes}
        return sorted(told.values(), key=lambda group: group.name)

    @property
    def is_news(self) -> bool:
        """Who joined, and what the reader did themselves, is told beside something else."""
        of_others = any(event.weight != OWN for event in self.events)
        return bool(self.notes or of_others or any(news.opened for news in self.groups))
