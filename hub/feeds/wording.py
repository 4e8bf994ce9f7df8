"""What feeds are called."""

from flask_babel import gettext as _

from hub.core.site import site
from hub.core.words import words

from .subjects import (
    ATOM,
    CALENDAR,
    DISCUSSIONS,
    EVERYTHING,
    EXAMPLES,
    GUIDANCE,
    ICS,
    ITEM,
    JSON,
    QUESTIONS,
    RSS,
    SEARCH,
    UNANSWERED,
    Subject,
)

# What programs call the formats, and people.
FORMAT_NAMES = {ATOM: "Atom", RSS: "RSS", JSON: "JSON Feed", ICS: "iCalendar"}
MEDIA_TYPES = {
    ATOM: "application/atom+xml",
    RSS: "application/rss+xml",
    JSON: "application/feed+json",
    ICS: "text/calendar",
}


def kind_words() -> dict[str, str]:
    return {
        EVERYTHING: _("Everything new"),
        QUESTIONS: _("Questions"),
        UNANSWERED: _("Questions waiting for an answer"),
        DISCUSSIONS: _("Discussions"),
        GUIDANCE: _("Guidance: new, changed and checked"),
        EXAMPLES: _("Worked examples"),
        CALENDAR: _("Calendar: consultations, and when guidance is to be checked"),
    }


def about_kinds() -> dict[str, str]:
    """A sentence on what each holds."""
    return {
        EVERYTHING: _("Each question, discussion and guidance page."),
        QUESTIONS: _("Every question that is asked."),
        UNANSWERED: _("Questions without an answer yet; each goes when it gets one."),
        DISCUSSIONS: _("Every discussion that is started."),
        GUIDANCE: _("A page comes up again whenever it is changed, checked or needs review."),
        EXAMPLES: _("Archived social posts as worked examples, with what became of them."),
        CALENDAR: _("The last day of each consultation, and the day by which each page is to be checked."),
    }


def name_of(subject: Subject) -> str:
    """What it is of, without whose hub it is."""
    if subject.item is not None:
        return subject.item.title
    if subject.kind == SEARCH:
        return _name_of_search(subject)
    words_of_kind = kind_words()[subject.kind]
    if subject.group is None:
        return words_of_kind
    return f"{subject.group.name}: {words_of_kind}"


def _name_of_search(subject: Subject) -> str:
    wanted = subject.wanted
    parts = [
        f"“{wanted.words}”" if wanted.words else "",
        words(wanted.kind, "kinds") if wanted.kind else "",
        subject.topic.name if subject.topic is not None else "",
        subject.group.name if subject.group is not None else "",
        words(wanted.place, "place") if wanted.place else "",
    ]
    named = ", ".join(part for part in parts if part)
    return _("Search: %(words)s", words=named) if wanted.words else named[:1].upper() + named[1:]


def title_of(subject: Subject) -> str:
    return f"{name_of(subject)} – {site().name}"


def about(subject: Subject) -> str:
    """A sentence on what the feed holds."""
    if subject.kind == ITEM:
        return _("What is written here, the newest first.")
    if subject.kind == SEARCH:
        return _("What this search finds, the newest first.")
    return about_kinds()[subject.kind]
