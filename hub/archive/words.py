"""What the archive's codes are called on pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.core.pages import day, moment_with_zone

from .adapters import adapter_named
from .adapters.table_mapping import Mapping
from .happenings import BY_PERSON
from .models import (
    ATTACHED,
    DELETED,
    DETACHED,
    DISPOSED,
    DONE_BY_PEOPLE,
    EDITED,
    ERASED,
    EXPORTED,
    FIRST_SEEN,
    FOUND_AGAIN,
    HELD,
    MASKED,
    MET,
    NOT_FOUND,
    PUBLISHED,
    RELEASED,
    RESTORED,
    UNMASKED,
    WITHDRAWN,
    ArchiveEvent,
    Import,
)
from .platforms import platform_name
from .reasons import refusal_sentence

ACCOUNT_KINDS = {
    "organisation": _l("Organisation"),
    "office_holder": _l("Office holder"),
    "member": _l("Member of this hub, writing as such"),
    "agreed": _l("Private person who agreed to be named"),
    "private": _l("Private person"),
}

# What is always masked: by a keeper's mark.
PROTECTIONS = {
    "child": _l("A child"),
    "special": _l("Special category data: health, beliefs, politics, origin, sex life or a union"),
}

# What a post can be, one of it and many; by its form on the platform (hub.archive.filters.FORMS).
FORMS = {
    "post": _l("Post"),
    "reply": _l("Reply"),
    "comment": _l("Comment"),
    "article": _l("Article"),
    "page": _l("Page"),
    "message": _l("Message"),
    "picture": _l("Picture"),
    "film": _l("Film"),
    "pingback": _l("Mention on another site"),
}
FORMS_OF_MANY = {
    "post": _l("Posts"),
    "reply": _l("Replies"),
    "comment": _l("Comments"),
    "article": _l("Articles"),
    "page": _l("Pages"),
    "message": _l("Messages"),
    "picture": _l("Pictures"),
    "film": _l("Films"),
    "pingback": _l("Mentions on other sites"),
}

# What is known of posts, as one asks for it: hub.archive.filters.MARKS.
MARKS = {
    "deleted": _l("Deleted or gone"),
    "edited": _l("Edited"),
    "not_found": _l("Not found in a later export"),
    "answered": _l("Has replies"),
    "media": _l("With pictures or films"),
}

# For whom its author wrote it, where the platform says so.
AUDIENCES = {
    "public": _l("for everybody"),
    "unlisted": _l("for everybody, not listed"),
    "group": _l("for a group"),
    "friends": _l("for friends or followers"),
}

STATES = {
    "waiting": ("open", _l("Waiting for its turn")),
    "reading": ("open", _l("Being read")),
    "asks": ("due", _l("Needs columns")),
    "done": ("verified", _l("Done")),
    "failed": ("overdue", _l("Not imported")),
    "cancelled": ("closed", _l("Stopped")),
}

EVIDENCE = {
    "import": _l("The account's own export"),
    "capture": _l("Observed from outside"),
    # Of another hub's bag: which kind a post has, its own page says.
    "kept": _l("Each post keeps the kind of evidence that it had"),
}

# What it means that a post can no longer be had on the platform, by cause.
GONE = {
    "deleted": _l("Deleted"),
    "deactivated": _l("Gone with its account"),
    "protected": _l("No longer public"),
    "suspended": _l("Gone: account suspended"),
    "unknown": _l("Gone"),
}

TOLD_BY = {
    "own_export": _l("the account's own export says so"),
    "compliance": _l("the platform said so in a compliance file"),
    "stream": _l("the platform said so in its stream"),
    "watch": _l("the hub asked for it, and it was not there"),
    "by_hand": _l("somebody looked, and it was not there"),
    "import": _l("from the account's own export"),
    "capture": _l("observed from outside"),
    "kept": _l("from another hub"),
}

# What a sighting leans on, by the role of the further bytes.
CITATIONS = {
    "account": _l("Its author's bytes"),
    "media": _l("Its media's bytes"),
    "long_text": _l("Its full text's bytes"),
    "page": _l("Its page's bytes, or the way to them"),
    "page_list": _l("Its entry in the archive's list of pages"),
    "package": _l("The package's list of files and hashes"),
    "signature": _l("The package's signature"),
    "edit": _l("The bytes of its edit"),
}

COUNTS = {
    "likes": _l("Likes"),
    "reposts": _l("Reposts"),
    "replies": _l("Replies"),
    "quotes": _l("Quotes"),
}

# What people do with a post: (meaning for the house's colours, word, sentence).
ACTS = {
    ATTACHED: ("", _l("Attached"), _l("%(who)s attached it to a page as an example.")),
    DETACHED: ("", _l("Taken off"), _l("%(who)s took it off the page where it was an example.")),
    PUBLISHED: ("", _l("Published"), _l("%(who)s made it public, with all that is kept of it.")),
    EXPORTED: ("", _l("Handed over"), _l("%(who)s made an export that contains it.")),
    HELD: ("", _l("Held"), _l("%(who)s put it on hold: nothing of it may be deleted.")),
    RELEASED: ("", _l("Released"), _l("%(who)s ended a hold on it.")),
    WITHDRAWN: ("deleted", _l("Withdrawn"), _l("%(who)s took it out of sight where it was an example.")),
    RESTORED: ("", _l("Shown again"), _l("%(who)s let it be shown again where it is an example.")),
    MASKED: ("", _l("Masked"), _l("%(who)s had its author masked where it is an example.")),
    UNMASKED: ("edited", _l("Unmasked"), _l("%(who)s had its author named where it is an example.")),
    DISPOSED: ("deleted", _l("Disposed of"), _l("%(who)s had it disposed of; its words are kept no longer.")),
    ERASED: ("deleted", _l("Erased"), _l("%(who)s had it erased; only this fact is left.")),
}

TROUBLE = _l(
    "Something went wrong on our side, again and again, so we stopped. Nothing was changed. "
    "Tell an administrator the number of this import, then try the upload again."
)
UPLOAD_LOST = _l("The uploaded file is no longer there. Nothing was changed. Upload it again.")


def evidence_of_import(found: Import) -> str:
    """What kind of evidence an import brought; "" while nobody knows."""
    adapter = adapter_named(found.adapter)
    return str(EVIDENCE.get(adapter.evidence if adapter else found.evidence, ""))


def brings_histories(found: Import) -> bool:
    """Whether what an import told happened, and was written down, at another hub."""
    adapter = adapter_named(found.adapter)
    return adapter is not None and adapter.evidence == "kept"


def format_label(adapter: str) -> str:
    """The format's name: those of products are the same in every language."""
    found = adapter_named(adapter)
    return str(found.label) if found else adapter


def problem_sentence(reason: str, detail: str = "") -> str:
    """Why an import failed, for the person who uploaded it."""
    own = {"trouble": TROUBLE, "upload_lost": UPLOAD_LOST}
    return str(own[reason]) if reason in own else refusal_sentence(reason, detail)


def event_word(event: ArchiveEvent) -> tuple[str, str]:
    """(meaning, word) of an event: the meanings are those of the house's colours."""
    if event.kind == DELETED:
        return "deleted", str(GONE.get(event.cause, GONE["unknown"]))
    if event.kind in ACTS:
        meaning, word, _sentence = ACTS[event.kind]
        return meaning, str(word)
    return {
        FIRST_SEEN: ("", _("First kept")),
        MET: ("", _("Met again")),
        EDITED: ("edited", _("Edited")),
        NOT_FOUND: ("edited", _("Not found in a later export")),
        FOUND_AGAIN: ("", _("Found again")),
    }[event.kind]


def event_sentence(event: ArchiveEvent, masked: Callable[[str], str] = str) -> str:
    """What happened and how it came to be known, in words. masked: makes of what people typed what may be
    read."""
    if event.kind in DONE_BY_PEOPLE:
        return _done(event, masked)
    number = event.imported.number if event.imported else 0
    told = str(TOLD_BY.get(event.told_by, event.told_by))
    sentences = {
        FIRST_SEEN: lambda: _("Came in with import %(number)s, %(told)s.", number=number, told=told),
        MET: lambda: _("Import %(number)s met it again, %(told)s.", number=number, told=told),
        EDITED: lambda: _(
            "A differing text is kept as a version of its own; import %(number)s.", number=number
        ),
        NOT_FOUND: lambda: _not_found(event, number),
        FOUND_AGAIN: lambda: _("Import %(number)s holds it again.", number=number),
        DELETED: lambda: _deleted(event, told),
    }
    return sentences[event.kind]()


def _not_found(event: ArchiveEvent, number: int) -> str:
    if event.known_at:
        return _(
            "The account's export of %(day)s (import %(number)s) should hold this post and does not. That "
            "alone does not say that it was deleted.",
            day=day(event.known_at),
            number=number,
        )
    return _(
        "The account's export that came in as import %(number)s should hold this post and does not. That "
        "alone does not say that it was deleted.",
        number=number,
    )


def _done(event: ArchiveEvent, masked: Callable[[str], str]) -> str:
    """What somebody did, and why if they said so."""
    sentence = str(ACTS[event.kind][2]) % {"who": _who(event)}
    details = event.details or {}
    if event.kind == DISPOSED and (archive := details.get("transferred_to")):
        sentence = _(
            "%(who)s had it transferred to %(archive)s and disposed of; its words are kept no longer.",
            who=_who(event),
            archive=archive,
        )
    if event.imported:
        sentence += " " + _(
            "That was at %(hub)s, from where it came with import %(number)s.",
            hub=_where(event.imported),
            number=event.imported.number,
        )
    if authority := details.get("authority"):
        sentence += " " + _("Authority: %(authority)s.", authority=masked(str(authority)).rstrip("."))
    if reason := details.get("reason"):
        sentence += " " + _("Reason given: %(reason)s", reason=masked(str(reason)))
    return sentence


def _who(event: ArchiveEvent) -> str:
    """Whoever did it, by name; by the handle they had then when they have left."""
    if event.person:
        return str(event.person.name)
    handle = (event.details or {}).get("by")
    if handle:
        return f"@{handle}"
    # Who it was went with what is kept no longer, or with their account; or it was at another hub.
    if event.told_by == BY_PERSON:
        return _("Somebody")
    return _("The hub there") if event.imported else _("This hub")


def _where(bag: Import) -> str:
    """The hub whose bag an import was, as its log calls it."""
    origins = (origin for note, origin, _size in (bag.report or {}).get("noted", []) if note == "former_log")
    return next(origins, "").partition("/")[0] or _("another hub")


def gone_words(events: Iterable[ArchiveEvent]) -> tuple[str, str]:
    """(what became of a post that is kept no longer, a word; why it is not, a sentence), from its history."""
    # What is disposed of is erased with it: both stand in the history.
    event = max(events, key=lambda one: (one.kind == DISPOSED, one.kind == ERASED), default=None)
    disposed = event is not None and event.kind == DISPOSED
    if event is not None and event.imported and event.kind in (DISPOSED, ERASED):
        hub = _where(event.imported)
        word = _("Disposed of at %(hub)s", hub=hub) if disposed else _("Erased by law at %(hub)s", hub=hub)
        return word, _("It came from there as the fact that it was kept.")
    if event is not None and disposed:
        archive = (event.details or {}).get("transferred_to")
        word = _("Transferred to %(archive)s", archive=archive) if archive else _("Disposed of")
        return word, _("Its time here was over: its class says so, and two people agreed.")
    return _("Erased by law"), _("Two people agreed that the law asked for it.")


def _deleted(event: ArchiveEvent, told: str) -> str:
    if event.at:
        return _(
            "It is no longer to be seen on the platform since %(at)s; %(told)s.",
            at=moment_with_zone(event.at),
            told=told,
        )
    if event.known_at:
        return _("When is not said; known since %(day)s; %(told)s.", day=day(event.known_at), told=told)
    return _(
        "When is not said; known since import %(number)s; %(told)s.",
        number=event.imported.number if event.imported else 0,
        told=told,
    )


# What a column of a table can be: see adapters.table_mapping.
COLUMNS = {
    "text": _l("Words"),
    "time": _l("Posted"),
    "author": _l("Author's name"),
    "handle": _l("Author's handle"),
    "id": _l("Id"),
    "address": _l("Address"),
    "reply_to": _l("Answers"),
    "platform": _l("Platform"),
}
DATE_ORDERS = {"dmy": _l("Day first"), "mdy": _l("Month first"), "ymd": _l("Year first")}


def mapping_lines(found: Import) -> list[tuple[str, str]]:
    """What a keeper said of a table's columns, for the import's report."""
    if not found.mapping:
        return []
    mapping = Mapping.from_json(found.mapping)
    lines = [
        (str(COLUMNS[role]), mapping.names[at] or _("Column %(number)s", number=at + 1))
        for role, at in mapping.columns.items()
    ]
    if mapping.platform:
        lines.append((_("Platform of all rows"), platform_name(mapping.platform)))
    if "time" in mapping.columns:
        lines.append((_("Dates"), str(DATE_ORDERS[mapping.order])))
        lines.append((_("Time zone, where none is named"), mapping.zone.replace("_", " ")))
    return lines
