"""What digests call things: subjects, headings, and one line for each thing that happened."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from hub.accounts.models import Person
from hub.content.files.shown import ShownFile
from hub.content.models import DISCUSSION, GUIDANCE, QUESTION, SHOWN
from hub.content.wording import byline
from hub.core.site import address
from hub.guidance.models import DOUBTED, DUE, SUPERSEDED

from .entries import (
    ACCEPTED,
    ANSWERED,
    DISCUSSED,
    EXAMPLES,
    GUIDANCE_PAGES,
    MAY_KNOW,
    MENTIONED,
    WAITING,
    YOURS,
    Came,
    Edition,
    Entry,
    Event,
)
from .models import DigestNote
from .ranges import OF_EXAMPLES

# What the subject names; the rest is inside.
NAMED_IN_SUBJECT = 3
# What a list of messages shows under the subject.
PREHEADER = 140
# As wide as plain text is read well, also in a narrow window.
COLUMNS = 74


@dataclass(frozen=True)
class Told:
    """One line under an entry: who did what, the words, by paragraphs, what hangs on them, and where to read
    on."""

    label: str
    url: str
    paragraphs: Sequence[str] = field(default_factory=tuple)
    files: Sequence[ShownFile] = ()


SECTION_TITLES = {
    YOURS: lazy_gettext("Answers to your questions"),
    MENTIONED: lazy_gettext("Where you are mentioned"),
    MAY_KNOW: lazy_gettext("Questions that you may be able to answer"),
    WAITING: lazy_gettext("Questions waiting for an answer"),
    GUIDANCE_PAGES: lazy_gettext("Guidance"),
    ACCEPTED: lazy_gettext("Accepted answers"),
    ANSWERED: lazy_gettext("Questions and answers"),
    DISCUSSED: lazy_gettext("Discussions"),
    EXAMPLES: lazy_gettext("New examples"),
}


def section_title(name: str) -> str:
    return str(SECTION_TITLES[name])


def more(count: int) -> str:
    return ngettext("and %(num)s more", "and %(num)s more", count)


def subject(edition: Edition) -> str:
    """What is inside: '2 questions, 1 answer and 1 guidance page in Digital in public services'."""
    groups = edition.groups_with_news
    inside = _joined(_counts(edition)[:NAMED_IN_SUBJECT])
    if len(groups) == 1:
        return _("%(inside)s in %(group)s", inside=inside, group=groups[0].name)
    return _("%(inside)s in %(count)s groups", inside=inside, count=len(groups))


def preheader(edition: Edition) -> str:
    """What is first in it, for the line under the subject."""
    titles = ""
    for entry in edition.entries:
        if len(titles) + len(entry.item.title) > PREHEADER:
            break
        titles = f"{titles} · {entry.item.title}" if titles else entry.item.title
    return titles


def _counts(edition: Edition) -> list[str]:
    entries = edition.entries
    new = [entry for entry in entries if entry.is_new]
    questions = sum(entry.item.kind == QUESTION for entry in new)
    discussions = sum(entry.item.kind == DISCUSSION for entry in new)
    pages = sum(entry.item.kind == GUIDANCE for entry in entries)
    kinds = [event.kind for event in edition.events]
    answers, replies = kinds.count("answered"), kinds.count("replied")
    examples = sum(kind in OF_EXAMPLES for kind in kinds)
    notes = len(edition.notes)
    said = [
        (notes, ngettext("%(num)s note", "%(num)s notes", notes)),
        (questions, ngettext("%(num)s question", "%(num)s questions", questions)),
        (answers, ngettext("%(num)s answer", "%(num)s answers", answers)),
        (pages, ngettext("%(num)s guidance page", "%(num)s guidance pages", pages)),
        (discussions, ngettext("%(num)s discussion", "%(num)s discussions", discussions)),
        (replies, ngettext("%(num)s reply", "%(num)s replies", replies)),
        (examples, ngettext("%(num)s example", "%(num)s examples", examples)),
    ]
    counts = [words for count, words in said if count]
    others = max(1, len(kinds))
    return counts or [ngettext("%(num)s thing new", "%(num)s things new", others)]


def _joined(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s", first=", ".join(parts[:-1]), last=parts[-1])


def note_title(note: DigestNote) -> str:
    who = byline(note.byline.get("name", ""), note.byline.get("organisation", ""))
    return _("A note from %(who)s, for %(group)s", who=who, group=note.group.name)


def foot(entry: Entry) -> str:
    """Under the title: who began it, or what became of it."""
    if entry.item.kind == GUIDANCE:
        return _guidance_foot(entry)
    first = entry.of_kind("published")
    if not first and any(event.kind == SHOWN and event.position < 2 for event in entry.events):
        return _("Back: it was out of sight for a while")
    if entry.titles_only:
        return _new_or_not(entry)
    who = byline(first[0].name, first[0].organisation) if first else ""
    if entry.item.kind == QUESTION:
        return _("Asked by %(who)s", who=who) if first else _("Asked earlier")
    return _("Started by %(who)s", who=who) if first else _("Started earlier")


def _new_or_not(entry: Entry) -> str:
    if entry.item.kind == QUESTION:
        return _("New question") if entry.is_new else _("Asked earlier")
    return _("New discussion") if entry.is_new else _("Started earlier")


def _guidance_foot(entry: Entry) -> str:
    if entry.of_kind(DUE):
        return _("You look after this page, and it is due to be checked")
    if entry.of_kind(DOUBTED):
        return _("Not to be relied on until it is checked")
    if entry.of_kind(SUPERSEDED):
        return _("Another page takes its place")
    if entry.is_new:
        return _("New guidance")
    if entry.of_kind("revised"):
        return _("Changed and published again")
    return _("Checked and still right") if entry.of_kind("checked") else _("Guidance")


def told(entry: Entry) -> list[Told]:
    """What was written under an item: its first words, as far as that is short."""
    if entry.titles_only:
        return []
    url = address(entry.item.path)
    lines = [_accepted(event, url) for event in entry.of_kind("accepted")]
    lines += [_written(event, url) for event in entry.quoted]
    return lines


def counted(entry: Entry) -> list[Told]:
    """The rest of it, in numbers that lead there."""
    url = address(entry.item.path)
    lines = _counts_of_words(entry, url) if entry.titles_only else _rest(entry, url)
    if comments := entry.of_kind("commented"):
        words = ngettext("%(num)s comment", "%(num)s comments", len(comments))
        lines.append(Told(words, f"{url}#post-{comments[0].position}"))
    if further := 0 if entry.titles_only else entry.examples.further:
        words = ngettext("%(num)s further example", "%(num)s further examples", further)
        lines.append(Told(words, url))
    if others := [event for event in entry.events if event.kind not in KINDS]:
        lines.append(Told(ngettext("%(num)s change", "%(num)s changes", len(others)), url))
    return lines


def _rest(entry: Entry, url: str) -> list[Told]:
    if rest := entry.unquoted:
        words = ngettext("%(num)s more", "%(num)s more", len(rest))
        return [Told(words, f"{url}#post-{rest[0].position}")]
    return []


def _counts_of_words(entry: Entry, url: str) -> list[Told]:
    """Of a closed group: how much was written, not what, and not by whom."""
    lines = []
    if answers := entry.of_kind("answered"):
        words = ngettext("%(num)s answer", "%(num)s answers", len(answers))
        lines.append(Told(words, f"{url}#post-{answers[0].position}"))
    if accepted := entry.of_kind("accepted"):
        lines.append(Told(_("An answer was accepted"), f"{url}#post-{accepted[-1].position}"))
    if replies := entry.of_kind("replied", SHOWN):
        words = ngettext("%(num)s reply", "%(num)s replies", len(replies))
        lines.append(Told(words, f"{url}#post-{replies[0].position}" if replies[0].post else url))
    if examples := entry.of_kind(*OF_EXAMPLES):
        words = ngettext("%(num)s example", "%(num)s examples", len(examples))
        lines.append(Told(words, url))
    return lines


# Kinds of activity that an entry has words for; another room's new kind is told as a change.
KINDS = frozenset(
    {"published", "revised", "checked", "accepted", "answered", "replied", "commented"}
    | {SHOWN, DUE, DOUBTED, SUPERSEDED, *OF_EXAMPLES}
)


def _accepted(event: Event, url: str) -> Told:
    who = byline(event.name, event.organisation)
    label = _("Accepted: the answer by %(who)s", who=who)
    return Told(label, f"{url}#post-{event.position}", event.paragraphs, event.files)


def _written(event: Event, url: str) -> Told:
    who = byline(event.name, event.organisation)
    labels = {
        "answered": _("%(who)s answered", who=who),
        "replied": _("%(who)s replied", who=who),
        SHOWN: _("Back: what %(who)s wrote", who=who),
    }
    return Told(labels[event.kind], f"{url}#post-{event.position}", event.paragraphs, event.files)


def which_member(found: Sequence[Person]) -> str:
    """What to write instead of what several members, or none, are called."""
    if not found:
        return _("Nobody in this group has this name or handle. Write it as the list of members has it.")
    handles = ", ".join(f"{person.name} (@{person.handle})" for person in found)
    return _("Several members may be meant. Write the handle of one: %(handles)s.", handles=handles)


def came(joined: Came) -> str:
    """Who joined, by name as far as names are told."""
    if not joined.names:
        return ngettext("%(num)s person joined.", "%(num)s people joined.", joined.count)
    others = joined.count - len(joined.names)
    who = joined.names
    if others:
        who = [*who, ngettext("%(num)s more", "%(num)s more", others)]
    return _("%(who)s joined.", who=_joined(who))


def opened() -> str:
    return _("More people may read this group now: see who, beside its page.")


def wrapped(text: str, indent: str = "") -> str:
    """For plain text: within its columns, each line after the indent, links and long words left whole."""
    lines = text.splitlines() or [""]
    return "\n".join(
        textwrap.fill(
            line,
            COLUMNS,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines
    )
