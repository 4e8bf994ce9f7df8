"""What digests call things: subjects, headings, and one line for each thing that happened."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.content.models import DISCUSSION, GUIDANCE, QUESTION
from hub.content.wording import byline
from hub.subscriptions.links import address

from .gathering import ANSWERED, DISCUSSED, GUIDANCE_PAGES, WAITING, YOURS, Edition, Entry, Event
from .ranges import ATTACHED

# Of what was written under one item, this many are quoted; the rest is counted, and linked.
QUOTED = 3
# What the subject names; the rest is inside.
NAMED_IN_SUBJECT = 3


@dataclass(frozen=True)
class Told:
    """One line under an entry: who did what, the first words, and where to read on."""

    label: str
    line: str
    url: str


def section_title(name: str) -> str:
    return {
        YOURS: _("Answers to your questions"),
        WAITING: _("Questions waiting for an answer"),
        GUIDANCE_PAGES: _("Guidance"),
        ANSWERED: _("Questions and answers"),
        DISCUSSED: _("Discussions"),
    }[name]


def subject(edition: Edition) -> str:
    """What is inside: '2 questions, 1 answer and 1 guidance page in Digital in public services'."""
    inside = _joined(_counts(edition)[:NAMED_IN_SUBJECT])
    if len(edition.groups) == 1:
        return _("%(inside)s in %(group)s", inside=inside, group=edition.groups[0].group.name)
    return _("%(inside)s in %(count)s groups", inside=inside, count=len(edition.groups))


def _counts(edition: Edition) -> list[str]:
    new = [entry for entry in edition.entries if entry.is_new]
    questions = sum(entry.item.kind == QUESTION for entry in new)
    discussions = sum(entry.item.kind == DISCUSSION for entry in new)
    pages = sum(entry.item.kind == GUIDANCE for entry in edition.entries)
    kinds = [event.kind for event in edition.events]
    answers, replies, examples = (kinds.count(kind) for kind in ("answered", "replied", ATTACHED))
    said = [
        (questions, ngettext("%(num)s question", "%(num)s questions", questions)),
        (answers, ngettext("%(num)s answer", "%(num)s answers", answers)),
        (pages, ngettext("%(num)s guidance page", "%(num)s guidance pages", pages)),
        (discussions, ngettext("%(num)s discussion", "%(num)s discussions", discussions)),
        (replies, ngettext("%(num)s reply", "%(num)s replies", replies)),
        (examples, ngettext("%(num)s example", "%(num)s examples", examples)),
    ]
    counts = [words for count, words in said if count]
    others = len(edition.events)
    return counts or [ngettext("%(num)s thing new", "%(num)s things new", others)]


def _joined(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])


def foot(entry: Entry) -> str:
    """Under the title: who began it, or what became of it."""
    first = entry.of_kind("published")
    who = byline(first[0].name, first[0].organisation) if first else ""
    if entry.item.kind == QUESTION:
        return _("Asked by %(who)s", who=who) if first else _("Asked earlier")
    if entry.item.kind == GUIDANCE:
        return _guidance_foot(entry)
    return _("Started by %(who)s", who=who) if first else _("Started earlier")


def _guidance_foot(entry: Entry) -> str:
    if entry.is_new:
        return _("New guidance")
    if entry.of_kind("revised"):
        return _("Changed and published again")
    return _("Checked and still right") if entry.of_kind("checked") else _("Guidance")


def told(entry: Entry) -> list[Told]:
    """What was written under an item: its first words, as far as that is short."""
    url = address(entry.item.path)
    lines = [_accepted(event, url) for event in entry.of_kind("accepted")]
    lines += [_written(event, url) for event in _written_under(entry)[:QUOTED]]
    return lines


def counted(entry: Entry) -> list[Told]:
    """The rest of it, in numbers that lead there."""
    url = address(entry.item.path)
    lines = []
    if rest := _written_under(entry)[QUOTED:]:
        more = ngettext("%(num)s more", "%(num)s more", len(rest))
        lines.append(Told(more, "", f"{url}#post-{rest[0].position}"))
    if comments := entry.of_kind("commented"):
        words = ngettext("%(num)s comment", "%(num)s comments", len(comments))
        lines.append(Told(words, "", f"{url}#post-{comments[0].position}"))
    if further := entry.examples.further:
        words = ngettext("%(num)s further example", "%(num)s further examples", further)
        lines.append(Told(words, "", url))
    if others := [event for event in entry.events if event.kind not in KINDS]:
        lines.append(Told(ngettext("%(num)s change", "%(num)s changes", len(others)), "", url))
    return lines


# Kinds of activity that an entry has words for; another room's new kind is told as a change.
KINDS = frozenset(
    {"published", "revised", "checked", "accepted", "answered", "replied", "commented", ATTACHED}
)


def _written_under(entry: Entry) -> list[Event]:
    """Answers and replies; one that was accepted is told as such."""
    accepted = {event.position for event in entry.of_kind("accepted")}
    return [event for event in entry.of_kind("answered", "replied") if event.position not in accepted]


def _accepted(event: Event, url: str) -> Told:
    who = byline(event.name, event.organisation)
    return Told(_("Accepted: the answer by %(who)s", who=who), event.line, f"{url}#post-{event.position}")


def _written(event: Event, url: str) -> Told:
    who = byline(event.name, event.organisation)
    label = _("%(who)s answered", who=who) if event.kind == "answered" else _("%(who)s replied", who=who)
    return Told(label, event.line, f"{url}#post-{event.position}")


def of_the_group(events: list[Event]) -> str:
    """What happened in the group itself."""
    return ngettext(
        "%(num)s thing happened in the group.", "%(num)s things happened in the group.", len(events)
    )
