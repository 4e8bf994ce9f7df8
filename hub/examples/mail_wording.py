"""How mail words a worked example: the lines of its cards, the same in HTML and in plain text."""

import textwrap
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.content.models import ANSWER, REPLY
from hub.content.wording import byline
from hub.core.markup import excerpt
from hub.core.pages import day, moment_with_zone

from .cards import Card
from .mailed import ShownExample

# Mail names a post's pictures; it loads none.
MEDIA_NAMED = 4
DESCRIPTION = 200
# As much of a fingerprint as pages show.
SHORT_HASH = 12
# Of plain text, beside its marks.
COLUMNS = 68


def title(example: ShownExample) -> str:
    """What it is, and under what it stands when that is not the item's own text."""
    who = byline(example.post.byline.get("name", ""), example.post.byline.get("organisation", ""))
    if example.post.kind == ANSWER:
        return _("Worked example, with the answer by %(who)s", who=who)
    if example.post.kind == REPLY:
        return _("Worked example, with the reply by %(who)s", who=who)
    return _("Worked example")


def who(card: Card) -> str:
    """On one line, whatever the name is made of."""
    if card.masked:
        return _("Private person, name not shown")
    name = " ".join(card.name.split())
    handle = _handles(card)
    if name and handle:
        return f"{name} ({handle})"
    return name or handle or _("Author not recorded")


def _handles(card: Card) -> str:
    """Both, where nobody knows which of the two it was then."""
    before, after = (f"@{' '.join(one.split())}" if one else "" for one in (card.handle, card.later_handle))
    return _("%(before)s or %(after)s", before=before, after=after) if after else before


def who_is_that(card: Card) -> str:
    if card.masked:
        return _("A member of the public")
    if card.later_handle:
        return _(
            "Known as @%(before)s before, and as @%(after)s after: nobody knows when it changed",
            before=card.handle,
            after=card.later_handle,
        )
    if card.met_on:
        return _first_recorded(card, day(card.met_on))
    if card.name and card.handle:
        return _("Name and handle as they were then")
    return (card.handle and _("Handle as it was then")) or (card.name and _("Name as it was then")) or ""


def _first_recorded(card: Card, on: str) -> str:
    if card.name and card.handle:
        return _("Name and handle as first recorded on %(day)s", day=on)
    if card.handle:
        return _("Handle as first recorded on %(day)s", day=on)
    return _("Name as first recorded on %(day)s", day=on) if card.name else ""


def where_and_when(card: Card) -> str:
    when = moment_with_zone(card.at) if card.at else _("Date not recorded")
    return f"{card.kind} · {card.platform} · {when}"


def happenings(card: Card) -> list[tuple[str, str]]:
    """What became of it: a meaning (deleted, edited, verified), and the words."""
    return [
        (meaning, f"{word} {words}" if meaning == "deleted" else f"{word}: {words}")
        for meaning, word, words in card.events
    ]


def media(card: Card) -> list[str]:
    """Its pictures and films, in words."""
    lines = [_medium(medium) for medium in card.media[:MEDIA_NAMED]]
    if rest := len(card.media) - len(lines):
        lines.append(ngettext("%(num)s more file", "%(num)s more files", rest))
    return lines


def _medium(medium: Mapping[str, Any]) -> str:
    if not medium["path"]:
        return _("A file (%(name)s) belonged to this post and is not held.", name=medium["filename"])
    what = {"image": _("Picture"), "video": _("Film")}.get(medium["kind"], _("File"))
    if medium["alt"]:
        return _("%(what)s, described as: %(words)s", what=what, words=excerpt(medium["alt"], DESCRIPTION))
    return _("%(what)s, which nobody described", what=what)


def provenance(card: Card) -> str:
    """Who keeps it, which version it is, and its fingerprint."""
    parts = [
        _("Kept by %(name)s", name=card.kept_by) if card.kept_by else "",
        card.version,
        f"SHA-256 {card.sha256[:SHORT_HASH]}…" if card.sha256 else "",
        _("Sample") if card.sample else "",
    ]
    return " · ".join(part for part in parts if part)


def further_posts(example: ShownExample) -> str:
    """How much of it is only on its evidence page."""
    count = example.further
    return ngettext("%(num)s more post in this example", "%(num)s more posts in this example", count)


def set_off(text: str, mark: str) -> str:
    """Each line after a mark, so that nobody takes what a post says for what the hub says; and no longer than
    mail programs show it, who would begin the next one without the mark."""
    lines = [
        short
        for line in text.splitlines()
        for short in textwrap.wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return "\n".join(f"{mark}{line}" for line in lines)
