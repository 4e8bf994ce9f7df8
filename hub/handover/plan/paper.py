"""The summary as a paper: each element, what the hub holds for it, what it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.archive.retention.disposal_models import Disposal
from hub.archive.rules import KEEPERS_OF_AN_ORGANISATION
from hub.core.pages import day, figure, moment_with_zone

from ..paper import Heading, Paper, Steps, Text
from ..words import SHORT
from .elements import ELEMENTS
from .facts import Facts

# Of more hand-overs only the latest are named.
NAMED = 5


def plan_paper(facts: Facts, hub: str, at: datetime) -> Paper:
    name = facts.organisation.name
    paper = Paper(
        _("Social media records of %(name)s", name=name),
        hub,
        _(
            "What %(hub)s holds on %(at)s as evidence for a records management plan, beside the fifteen "
            "elements of the Keeper's model plan (Public Records (Scotland) Act 2011). It counts "
            "%(posts)s in %(collections)s. "
            "It is no assessment: whoever writes the plan judges what it is worth.",
            hub=hub,
            at=moment_with_zone(at),
            posts=ngettext("%(count)s post", "%(count)s posts", facts.posts, count=figure(facts.posts)),
            collections=ngettext("%(num)d collection", "%(num)d collections", len(facts.collections)),
        ),
    )
    paper.add(Heading(_("Its collections")), Steps(tuple(_collections(facts)), numbered=False))
    for element in ELEMENTS:
        paper.add(Heading(_("%(number)s. %(name)s", number=element.number, name=element.name)))
        held = [one for one in HELD[element.number](facts) if one]
        paper.add(Steps(tuple(held), numbered=False) if held else Text(_("The hub holds nothing for this.")))
        paper.add(Text(_("What it cannot tell: %(what)s", what=element.cannot_tell)))
    return paper


def _collections(facts: Facts) -> list[str]:
    told = []
    for one in facts.collections:
        keepers = ", ".join(keeper.person.name for keeper in one.keepers)
        sealed = _(" (sealed)") if one.sealed else ""
        told.append(
            _("%(name)s%(sealed)s, kept by %(keepers)s", name=one.name, sealed=sealed, keepers=keepers)
        )
    return told


def _responsible(facts: Facts) -> list[str]:
    approvers = {one.approver.name for one in facts.collections if one.approver}
    if not approvers:
        return []
    return [_("Nothing leaves without its approver: %(names)s.", names=", ".join(sorted(approvers)))]


def _managers(facts: Facts) -> list[str]:
    told = [
        _("%(person)s has kept “%(collection)s” since %(day)s.", person=keeper.person.name,
          collection=one.name, day=day(keeper.since))
        for one in facts.collections
        for keeper in one.keepers
    ]  # fmt: skip
    lone = [one.name for one in facts.collections if len(one.keepers) < KEEPERS_OF_AN_ORGANISATION]
    if lone:
        told.append(_("Wanting a second keeper: %(names)s.", names=", ".join(lone)))
    return told


def _policy(facts: Facts) -> list[str]:
    return [_("“%(name)s” says of itself: %(about)s", name=one.name, about=one.about)
            for one in facts.collections if one.about]  # fmt: skip


def _classes(facts: Facts) -> list[str]:
    if not facts.entries:
        return []
    return [
        ngettext("%(count)s class is loaded.", "%(count)s classes are loaded.", facts.entries,
                 count=figure(facts.entries)),
        ngettext("%(count)s of %(all)s post has a class; %(none)s has none.",
                 "%(count)s of %(all)s posts have a class; %(none)s have none.", facts.posts,
                 count=figure(facts.posts - facts.without_class), all=figure(facts.posts),
                 none=figure(facts.without_class)),
    ]  # fmt: skip


def _schedules(facts: Facts) -> list[str]:
    return [
        _("“%(name)s”%(version)s, loaded on %(day)s.", name=one.name,
          version=f", {one.version}" if one.version else "", day=day(one.loaded_at))
        for one in facts.schedules
    ]  # fmt: skip


def _destruction(facts: Facts) -> list[str]:
    return [
        ngettext("%(count)s post was disposed of, with the approval of a second person.",
                 "%(count)s posts were disposed of, each with the approval of a second person.",
                 facts.disposed, count=figure(facts.disposed))
        if facts.disposed else _("No post was disposed of. That needs the approval of a second person."),
        _erased(facts) or _("No post was erased by law."),
        ngettext("%(num)d hold stops disposal.", "%(num)d holds stop disposal.", facts.holds)
        if facts.holds else _("No hold stops disposal."),
    ]  # fmt: skip


def _erased(facts: Facts) -> str:
    """ "" where none was."""
    if not facts.erased:
        return ""
    return ngettext("%(count)s post was erased by law; the proof that it was kept stands without it.",
                    "%(count)s posts were erased by law; the proof that they were kept stands without them.",
                    facts.erased, count=figure(facts.erased))  # fmt: skip


def _transfer(facts: Facts) -> list[str]:
    made = facts.hand_overs
    told = [_transferred(one) for one in facts.transfers[:NAMED]]
    told.append(
        ngettext("%(num)d hand-over was made.", "%(num)d hand-overs were made.", len(made))
        if made
        else _("No hand-over was made.")
    )
    for one in made[:NAMED]:
        to = _(" for %(recipient)s", recipient=one.recipient) if one.recipient else ""
        told.append(ngettext("%(day)s: %(format)s%(to)s, %(posts)s post.",
                             "%(day)s: %(format)s%(to)s, %(posts)s posts.", one.posts or 0,
                             day=day(one.asked_at), format=SHORT[one.format], to=to,
                             posts=figure(one.posts or 0)))  # fmt: skip
    if facts.bags:
        told.append(
            ngettext("%(num)d bag of another hub came in.", "%(num)d bags of other hubs came in.", facts.bags)
        )
    return told


def _transferred(one: Disposal) -> str:
    return ngettext(
        "%(posts)s post was transferred to %(archive)s and disposed of here. Its receipt: %(receipt)s",
        "%(posts)s posts were transferred to %(archive)s and disposed of here. Its receipt: %(receipt)s",
        one.number,
        posts=figure(one.number),
        archive=one.transferred_to,
        receipt=one.receipt,
    )


def _security(facts: Facts) -> list[str]:
    sealed = sum(one.sealed for one in facts.collections)
    told = [_("Collections are private: their keepers alone see them.")]
    if sealed:
        told.append(ngettext("%(num)d collection of private messages is sealed.",
                             "%(num)d collections of private messages are sealed.", sealed))  # fmt: skip
    return told


def _protection(facts: Facts) -> list[str]:
    return [
        ngettext("%(count)s account is taken for a private person's: masked where a post is shown outside.",
                 "%(count)s accounts are taken for private people's: masked where a post is shown outside.",
                 facts.private_accounts, count=figure(facts.private_accounts)),
        _("E-mail addresses, IP addresses and the like of imports are never shown, and never searched."),
        _erased(facts),
    ]  # fmt: skip


def _continuity(facts: Facts) -> list[str]:
    if facts.backup is None:
        return [_("No backup is known of. An administrator can take one while the hub is in use.")]
    return [_("The hub was last backed up on %(at)s.", at=moment_with_zone(facts.backup))]


def _audit(facts: Facts) -> list[str]:
    told = [
        _(
            "%(count)s events of posts are sealed in logs that show any change.",
            count=figure(facts.sealed_events),
        ),
        _(
            "%(count)s acts on the collections themselves are in the hub's audit.",
            count=figure(facts.audited),
        ),
    ]
    if facts.checkpoint:
        told.append(_("The last checkpoint was signed on %(at)s.", at=moment_with_zone(facts.checkpoint)))
    return told


def _competency(_facts: Facts) -> list[str]:
    return []


def _review(facts: Facts) -> list[str]:
    names = {one.id: one.name for one in facts.collections}
    told = [
        _("“%(name)s” was verified on %(at)s: %(result)s.", name=names[one.collection_id],
          at=moment_with_zone(one.finished_at),
          result=_("nothing was changed") if not one.fault_count else ngettext(
              "%(num)d fault was found", "%(num)d faults were found", one.fault_count))
        for one in facts.checks
    ]  # fmt: skip
    told.append(
        _(
            "Each of %(count)s imports has a report of what was left out, and why.",
            count=figure(facts.imports),
        )
    )
    return told


def _shared(facts: Facts) -> list[str]:
    return [
        _(
            "Posts were shown as examples %(count)s times, private people masked.",
            count=figure(facts.attached),
        ),
        _("Posts left in hand-overs %(count)s times.", count=figure(facts.exported)),
    ]


def _third_parties(facts: Facts) -> list[str]:
    return [
        ngettext("%(count)s post is of an account that nobody has said to be the authority's: a reply, a "
                 "comment, a mention.",
                 "%(count)s posts are of accounts that nobody has said to be the authority's: replies, "
                 "comments, mentions.", facts.others_posts, count=figure(facts.others_posts)),
        ngettext("%(count)s sighting was observed from outside, the others come from accounts' exports.",
                 "%(count)s sightings were observed from outside, the others come from accounts' exports.",
                 facts.captured, count=figure(facts.captured)),
    ]  # fmt: skip


HELD: dict[int, Callable[[Facts], list[str]]] = {
    1: _responsible, 2: _managers, 3: _policy, 4: _classes, 5: _schedules, 6: _destruction, 7: _transfer,
    8: _security, 9: _protection, 10: _continuity, 11: _audit, 12: _competency, 13: _review, 14: _shared,
    15: _third_parties,
}  # fmt: skip
