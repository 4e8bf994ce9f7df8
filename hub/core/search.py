"""The interface behind which the search engines stand, and the register of what can be found.

A lower room says how its rows become documents (``@documents("post")``) and when they changed
(``changed("post:7")``); the search room indexes them and answers queries. An engine ranks keys. It
is never trusted to say who may read: every hit is loaded again through ``Source``, which asks the
database, and its text comes from there, so what was withdrawn or edited goes dark at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from .outbox import emit

OPEN = "open"
"""The audience token of what anybody may read. Only such documents take part in ranking statistics."""

CHANGED = "search.changed"
"""The event that has documents indexed again: ``keys``, a list of str."""


@dataclass(frozen=True)
class Document:
    """One thing that can be found.

    key         "<kind of provider>:<id>", such as "post:7". Internal: never shown, never in an address.
    item        what it belongs to ("item:3"); one hit is shown for each.
    kind        "question", "discussion", "guidance", "example": what people filter by.
    audiences   tokens of who may read it: "open", "group:12", "collection:7". None: nobody finds it.
    people      names and handles to be found by, with "@" before handles.
    topics, applies_to, group   tokens to filter by.
    own_title   False for a reply: its title is its question's, shown but not what it is found by.
    part        what of its item it is: "answer", "reply", "comment"; "" for what stands by itself.
    url, byline, place, sample, part   shown beside a hit; not indexed.
    """

    key: str
    kind: str
    audiences: frozenset[str]
    title: str
    text: str
    created_at: datetime
    item: str = ""
    people: str = ""
    topics: frozenset[str] = frozenset()
    applies_to: str = ""
    group: str = ""
    own_title: bool = True
    url: str = ""
    byline: str = ""
    place: str = ""
    sample: bool = False
    part: str = ""

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when anything indexed changes; compared by ``hub check``."""
        shown = {"url", "byline", "place", "sample", "part"}
        parts = {name: _plain(value) for name, value in asdict(self).items() if name not in shown}
        packed = json.dumps(parts, sort_keys=True).encode()
        return hashlib.sha256(packed).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Query:
    """What to look for, and for whom.

    text         as typed; anything at all. "..." is a phrase, -word excludes, word* begins with.
    audiences    tokens that the actor may read; a document needs one of them.
    kinds, topics, applies_to, groups   empty means any.
    items        only documents of these (``Document.item``); empty means any.
    any_word     find documents with some of the words instead of all of them.
    as_you_type  the last word may be unfinished.
    leave_out    items that are not wanted, such as the one being looked at.
    first_only   no page follows the first: cheaper, where a few good hits are all that is shown.
    limit        hits on a page, 1 to 50.
    cursor       ``Results.next`` of the page before, or "".
    """

    text: str
    audiences: frozenset[str] = frozenset({OPEN})
    kinds: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    applies_to: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    any_word: bool = False
    as_you_type: bool = False
    leave_out: frozenset[str] = frozenset()
    first_only: bool = False
    limit: int = 20
    cursor: str = ""


@dataclass(frozen=True)
class Hit:
    """One result. ``title`` and ``excerpt`` are escaped, with only ``<mark>`` added.

    ``found`` counts the query's words that the document has, of ``Results.words``.
    """

    key: str
    score: float
    document: Document
    title: Markup
    excerpt: Markup
    found: int


@dataclass(frozen=True)
class Results:
    """A page of hits, and what was searched for: words used, words left out as too common or too many, and
    other names of the same things that were looked for too.

    ``number`` is how many hits all pages have together; there may be more where they are ``uncounted``.
    """

    hits: tuple[Hit, ...] = ()
    next: str = ""
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    number: int = 0
    uncounted: bool = False

    @property
    def more(self) -> bool:
        return bool(self.next)


@dataclass(frozen=True)
class Newest:
    """Keys of the newest documents that match, newest first. ``until``: the date of the last of them, where
    there may be older ones; None where these are all."""

    keys: tuple[str, ...] = ()
    until: datetime | None = None


class CannotSearch(Exception):
    """The query holds nothing to look for. ``reason`` is "nothing", "only_common" or "only_without"."""

    def __init__(self, reason: str, left_out: tuple[str, ...] = ()):
        super().__init__(reason)
        self.reason = reason
        self.left_out = left_out


class SearchUnavailable(Exception):
    """The index cannot be read now: absent, damaged, out of reach, or the query took too long."""


class Source(Protocol):
    """Where hits are read again, for one actor. Both take any number of keys in a few queries."""

    def permitted(self, keys: Sequence[str]) -> Collection[str]:
        """Those of ``keys`` that exist now and that the actor may read now."""

    def load(self, keys: Sequence[str]) -> Mapping[str, Document]:
        """The documents as they are now."""


class Rebuild(Protocol):
    """A new index in the making, unseen until ``finish``."""

    def add(self, documents: Iterable[Document]) -> None:
        """Put documents into the new index."""

    def finish(self, load: Callable[[Sequence[str]], Mapping[str, Document]]) -> None:
        """Catch up with what was indexed meanwhile (read anew with ``load``), then replace the old index."""


class Engine(Protocol):
    """A search engine. One process writes at a time; any number read.

    Scores use statistics of open documents only: what some may not see changes neither score, order
    nor presence of what they see. Nothing suggests words. Equal scores go by date, then key.
    """

    def add(self, documents: Iterable[Document]) -> None:
        """Index or replace, in one commit."""

    def remove(self, keys: Iterable[str]) -> None:
        """Forget, in one commit. Unknown keys are no error."""

    def search(self, query: Query, source: Source) -> Results:
        """A page of hits. Raises CannotSearch or SearchUnavailable."""

    def newest(self, query: Query, before: datetime | None, most: int) -> Newest:
        """What matches, by date and not by rank: at most ``most``, none created after ``before``.

        For lists that have an order of their own. The keys come from the index alone: whoever shows them
        reads them again through the policy. Raises CannotSearch or SearchUnavailable.
        """

    def keys(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of everything indexed, in no order."""

    def clear(self) -> None:
        """Forget everything."""

    def tidy(self) -> None:
        """Drop what was deleted from storage; run at night."""

    def rebuild(self) -> AbstractContextManager[Rebuild]:
        """Build anew beside the index in use; left without ``finish``, nothing changes."""

    def outdated(self) -> bool:
        """Whether what was indexed is of another version of the hub: a rebuild makes it of this one."""

    def close(self) -> None:
        """Let go of files and connections."""


class Provider(Protocol):
    """How one room's rows become documents.

    One whose documents say something of another room's (an example has its item's audience) also has
    ``follows(keys)``: its own keys that must be indexed again when those of the other room are.
    """

    def keys(self) -> Iterator[str]:
        """Every key that belongs in the index, in a stable order."""

    def load(self, keys: Sequence[str]) -> Iterable[Document]:
        """Documents of these keys as they are now, without those that are gone or that nobody may find."""

    def permitted(self, keys: Sequence[str], actor: Any) -> Collection[str]:
        """Those of ``keys`` that the actor may read now."""


AudienceRule = Callable[[Any], Iterable[str]]
"""From an actor to tokens of audiences that they belong to."""


@dataclass
class Register:
    """Providers by the part of the key before the colon, and who belongs to which audience."""

    providers: dict[str, Provider] = field(default_factory=dict)
    audience_rules: list[AudienceRule] = field(default_factory=list)
    opener: Callable[[], Engine] | None = None

    def with_followers(self, keys: Iterable[str]) -> list[str]:
        """The keys, and those of documents that say something of them; each once."""
        asked = list(dict.fromkeys(keys))
        for provider in self.providers.values():
            if follows := getattr(provider, "follows", None):
                asked += follows(asked)
        return list(dict.fromkeys(asked))

    def by_provider(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """Keys grouped by provider; keys of unknown providers are dropped (their room is not installed)."""
        grouped: dict[str, list[str]] = {}
        for key in keys:
            name = key.partition(":")[0]
            if name in self.providers:
                grouped.setdefault(name, []).append(key)
        return grouped


register = Register()


def documents(name: str) -> Callable[[type], type]:
    """Register a class as the provider of keys ``"<name>:<id>"``. It is created once, without arguments."""

    def keep(provider: type) -> type:
        register.providers[name] = provider()
        return provider

    return keep


def opens_engine(opener: Callable[[], Engine]) -> Callable[[], Engine]:
    """Register what opens the hub's one engine: rooms below the search ask it through here."""
    register.opener = opener
    return opener


def newest(query: Query, before: datetime | None = None, most: int = 1000) -> Newest:
    """See ``Engine.newest``; of the hub's own engine."""
    if register.opener is None:
        raise SearchUnavailable("No search engine is installed.")
    return register.opener().newest(query, before, most)


def audiences(rule: AudienceRule) -> AudienceRule:
    """Register which audiences an actor belongs to, beside "open"."""
    register.audience_rules.append(rule)
    return rule


def audiences_of_actor(actor: Any) -> frozenset[str]:
    """Every audience that the actor belongs to."""
    return frozenset({OPEN}).union(*(rule(actor) for rule in register.audience_rules))


def changed(*keys: str) -> None:
    """Say, in the current transaction, that these documents were written, edited, moved or removed.

    For very many at once (a group that changes who reads it), call it with some hundreds at a time.
    """
    if keys:
        emit(CHANGED, keys=list(keys))
