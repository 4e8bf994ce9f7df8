"""From a message to what its sender wrote."""

import re
from dataclasses import dataclass, field

from flask import current_app

from hub.accounts.models import Person
from hub.core.addressing import mail_comes_in
from hub.core.markup import plain_text, tidy
from hub.core.site import address

from . import parts
from .addresses import is_reply_address
from .authenticity import FORGED, PROVEN, judged
from .enclosures import meant, unmatched
from .flowed import rejoined
from .markings import marking_of
from .posting import NotPosted
from .reading import Arrived
from .trimming import trimmed
from .unwrapping import unwrapped


@dataclass(frozen=True)
class Understood:
    """source: what they wrote, in Markdown. marking: the protective marking that it carries, or nothing.
    enclosed: the files that they sent with it."""

    source: str
    marking: str = ""
    left_out: list[tuple[str, ...]] = field(default_factory=list)
    enclosed: list[parts.Enclosed] = field(default_factory=list)


def understood(
    arrived: Arrived, person: Person, *, answered_html: str = "", answered_title: str = ""
) -> Understood:
    """Raises NotPosted for what has to be sent otherwise."""
    raw = arrived.incoming.raw or b""
    try:
        letter = parts.letter_of(raw)
    except parts.Unreadable as unreadable:
        raise NotPosted(unreadable.code) from unreadable
    text = tidy(letter.text)
    own = trimmed(text, names=[person.name], quotable=plain_text(answered_html))
    source, marks = parts.without_picture_marks(own.text)
    source = _without_keys(unwrapped(rejoined(_shallow(source))))
    marking = marking_of(arrived, text, known_subject=answered_title)
    if not source.strip() and not marking:
        raise NotPosted("empty")
    left_out = [*letter.left_out, *[(parts.PICTURE, "")] * min(unmatched(letter.enclosed, marks), 20)]
    return Understood(source.strip(), marking, left_out, meant(letter.enclosed, marks))


def proof(arrived: Arrived) -> str:
    """What our own mail server found out about its sender: see `authenticity`."""
    settings = current_app.extensions["settings"]
    return judged(parts.headers(arrived.incoming.raw or b""), arrived.from_address, settings.mail_in_authserv)


def may_go_on(found: str, *, signed_address: bool) -> bool:
    """Whether it is posted at once; else it is held until its sender confirms it."""
    unproven = current_app.extensions["settings"].mail_in_unproven
    return found == PROVEN or (
        found != FORGED and (unproven == "all" or (unproven == "replies" and signed_address))
    )


def _shallow(text: str) -> str:
    """Without the indentation that Markdown would take for code, outside of fences."""
    lines, fenced = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        bare = line.lstrip(" \t")
        deep = not fenced and len(line) - len(bare) > 3
        lines.append(f"   {bare}" if deep else line)
    return "\n".join(lines)


def _without_keys(text: str) -> str:
    """Without the links and addresses that let in whoever has them: a program may have quoted them."""
    keys = address("/mail/")
    lines = [line for line in text.split("\n") if keys not in line]
    if mail_comes_in():
        lines = [" ".join(_without_reply_address(word) for word in line.split(" ")) for line in lines]
    return "\n".join(lines)


def _without_reply_address(word: str) -> str:
    bare = re.sub(r"^\W*(?:mailto:)?|\W+$", "", word)
    return "…" if "@" in bare and is_reply_address(bare) else word
