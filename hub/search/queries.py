"""Finding for an actor: what the index suggests is read again through the policy before it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.policy import Actor
from hub.core.search import Document, Query, Results, audiences_of_actor, register

from .engine import engine
from .index import current

HITS_A_PAGE = 20


@dataclass(frozen=True)
class As:
    """Where hits are read again, as one actor (``hub.core.search.Source``)."""

    actor: Actor

    def permitted(self, keys: Sequence[str]) -> set[str]:
        allowed: set[str] = set()
        for name, theirs in register.by_provider(keys).items():
            allowed.update(register.providers[name].permitted(theirs, self.actor))
        return allowed

    def load(self, keys: Sequence[str]) -> Mapping[str, Document]:
        return current(keys)


@dataclass(frozen=True)
class Found:
    """A page of results; ``some_words`` when no document has all of the words and these have some."""

    results: Results
    some_words: bool = False


def find(actor: Actor, query: Query) -> Found:
    """What the actor may read and looks for. Raises CannotSearch or SearchUnavailable."""
    query = replace(query, audiences=audiences_of_actor(actor))
    results = engine().search(query, As(actor))
    if results.hits or query.any_word or query.cursor or len(results.words) == 1:
        return Found(results, query.any_word)
    return Found(engine().search(replace(query, any_word=True), As(actor)), some_words=True)
