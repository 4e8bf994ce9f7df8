"""What is said of a message that came in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.content.files.refusing import reason
from hub.content.models import Item
from hub.groups.models import Group

from .enclosures import REFUSED
from .parts import FORWARDED, INVITATION, PICTURE


@dataclass(frozen=True)
class Words:
    """heading: what became of the message, in a sentence. said: why, and what to do. link, press: where, and
    what the button says."""

    heading: str
    said: Sequence[str]
    link: str = ""
    press: str = ""


def of(code: str, *, item: Item | None, group: Group | None, about: Mapping[str, Any]) -> Words:
    """Item and group are those that the reader may see; without them nothing is named."""
    if code == "posted":
        return _posted(item, about)
    if code in {"marked", "unproven"}:
        return _held(code, about)
    if code == "not_a_member":
        return _not_a_member(item, group)
    if code == "unknown":
        return Words(_("Your message was not posted"), _why(code), "/groups", _("See the groups"))
    said = _why(code)
    path = item.path if item is not None else group.path if group is not None else ""
    press = (
        _("Open %(title)s", title=item.title if item is not None else group.name if group else "")
        if path
        else ""
    )
    return Words(_("Your message was not posted"), said, path, press)


def left_out(things: Sequence[Sequence[str]]) -> list[str]:
    """In words, what of a message was not posted."""
    said: list[str] = []
    kinds = [kind for kind, *_name in things]
    said += [
        _("“%(name)s”. %(why)s", name=thing[1], why=reason(thing[2]))
        for thing in things
        if thing[0] == REFUSED
    ]
    if pictures := kinds.count(PICTURE):
        said.append(ngettext("A picture", "%(num)d pictures", pictures))
    if INVITATION in kinds:
        said.append(_("An invitation to an appointment"))
    if FORWARDED in kinds:
        said.append(_("A message that was attached"))
    return said


def why_not(code: str) -> Sequence[str]:
    """Why what was held cannot be posted, on its page."""
    if code == "not_a_member":
        return [_("You are not a member of the group any more, and only members write there.")]
    return _why(code)


def _posted(item: Item | None, about: Mapping[str, Any]) -> Words:
    return Words(
        _("Your message was posted, but not all of it"),
        [
            _("This was left out:"),
            *(f"- {thing}" for thing in left_out(about.get("left_out", []))),
            _("If others need it, edit the post in the hub and add it there, or say where it can be found."),
        ],
        item.path if item is not None else "",
        _("See what was posted") if item is not None else "",
    )


def _held(code: str, about: Mapping[str, Any]) -> Words:
    if code == "marked":
        why = _(
            "It carries the marking “%(marking)s”, so the hub has not shown it to anybody.",
            marking=about.get("marking", ""),
        )
    else:
        why = _(
            "Anybody can write a message in your name, and no mail server has shown that this one is from "
            "you. So the hub asks you."
        )
    return Words(
        _("Your message is held, and waits for you"),
        [
            why,
            *_without(about),
            _("You can post it or delete it. Only you can read it. After 14 days it is deleted by itself."),
        ],
        about.get("held", ""),
        _("Decide what happens to it"),
    )


def _without(about: Mapping[str, Any]) -> list[str]:
    things = left_out(about.get("left_out", []))
    return (
        [_("Without this, which the hub does not take:"), *(f"- {thing}" for thing in things)]
        if things
        else []
    )


def _not_a_member(item: Item | None, group: Group | None) -> Words:
    seen = group or (item.group if item is not None else None)
    if seen is None:
        return Words(_("Your message was not posted"), _why("gone"))
    return Words(
        _("Your message was not posted: members of the group write there"),
        [
            _("“%(group)s” is written by its members.", group=seen.name),
            _("Join it, and send your message again from the address of your account."),
        ],
        f"{seen.path}/join",
        _("How to join"),
    )


def _why(code: str) -> list[str]:
    return _WHY.get(code, _WHY["gone"])()


_WHY: dict[str, Callable[[], list[str]]] = {
    "gone": lambda: [
        _("What you wrote to is no longer there for you: it was removed, or you have left its group.")
    ],
    "closed": lambda: [_("What you answered has been closed to new posts. You can still read it.")],
    "not_yours": lambda: [_("You may not write there at the moment.")],
    "not_by_mail": lambda: [_("This cannot be answered by e-mail. Open it in the hub.")],
    "account_closed": lambda: [_("Your account is closed, so nothing can be posted from it.")],
    "revoked": lambda: [
        _("The address that you wrote to is no longer used."),
        _("Open what you wanted to answer in the hub, or reply to a newer message."),
    ],
    "other_address": lambda: [
        _("A reply came to an address that only you were given, but not from the address of your account."),
        _("If it was you, send it again from there. If it was not, there is nothing to do."),
    ],
    "empty": lambda: [
        _("The hub found no words of yours in it: only what you were sent, or a signature."),
        _("Write above the text that your program quotes, and send it again."),
    ],
    "encrypted": lambda: [
        _("It is encrypted, and the hub has no key to read it. Send it again without encryption."),
    ],
    "sealed": lambda: [
        _("It is signed in a form that only mail programs open."),
        _("Send it again with a signature in clear text, or without one."),
    ],
    "too_long": lambda: [
        _("It is longer than one post can be. Send it in parts, or put the text where others find it.")
    ],
    "too_large": lambda: [
        _("It is larger than the messages that the hub takes. Send it without attachments.")
    ],
    "unknown": lambda: [
        _("Nobody gets mail at the address that you wrote to: it may be mistyped, or of a digest."),
        _("Answer what came by itself, or use the addresses on the page of your group, or write in the hub."),
    ],
    "broken": lambda: [
        _("The hub could not read it. It is kept, and whoever runs the hub can see that something is wrong."),
        _("Open what you wanted to answer in the hub and write it there, or send it again as plain text."),
    ],
    "too_many": lambda: [_("You have posted very much by e-mail within the hour. Send it again later.")],
    "no_title": lambda: [
        _("The subject becomes the title, and yours is too short to tell others what it is about."),
        _("Send it again with a subject of at least five characters."),
    ],
    "long_title": lambda: [
        _("The subject becomes the title, and yours is too long for one. Shorten it, and send it again.")
    ],
    "group_off": lambda: [_("This group does not take questions by e-mail. Ask in the hub instead.")],
    "held_full": lambda: [
        _("Several messages of yours are held already. Decide what happens to them, and send this one again.")
    ],
}
