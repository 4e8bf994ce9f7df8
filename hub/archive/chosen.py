"""What a list is narrowed to, in words, each with the way to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from hub.core.pages import day

from .filters import Filters
from .models import SocialAccount
from .platforms import platform_name
from .words import FORMS_OF_MANY, MARKS


@dataclass(frozen=True)
class Chosen:
    """`words`: what was chosen. `without`: the same list, but for this."""

    words: str
    without: Filters


def called(account: SocialAccount) -> str:
    """An account in a list to choose from: its latest handle, name or number."""
    handles = [one.handle for one in account.names if one.handle]
    names = [one.name for one in account.names if one.name]
    told = f"@{handles[-1]}" if handles else names[-1] if names else account.platform_id
    return f"{told} ({platform_name(account.platform)})"


def chosen(filters: Filters, accounts: Sequence[SocialAccount]) -> list[Chosen]:
    """Everything that was chosen, in the order in which the page offers it."""
    found = []
    if filters.words:
        found.append(Chosen(f"“{filters.words}”", filters.but(words="")))
    if filters.account:
        names = [called(one) for one in accounts if one.token == filters.account]
        found.append(Chosen(names[0] if names else _("One account"), filters.but(account="")))
    if filters.platform:
        found.append(Chosen(platform_name(filters.platform), filters.but(platform="")))
    if filters.form:
        found.append(Chosen(str(FORMS_OF_MANY[filters.form]), filters.but(form="")))
    if filters.since or filters.until:
        found.append(Chosen(_while(filters), filters.but(since=None, until=None)))
    return [*found, *(Chosen(str(MARKS[mark]), filters.without(mark)) for mark in filters.marks)]


def _while(filters: Filters) -> str:
    if filters.since and filters.until:
        if filters.since == filters.until:
            return day(filters.since)
        return _("%(first)s to %(last)s", first=day(filters.since), last=day(filters.until))
    if filters.since:
        return _("From %(day)s", day=day(filters.since))
    return _("Up to %(day)s", day=day(filters.until))
