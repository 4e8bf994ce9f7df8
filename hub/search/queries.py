"""Finding for an actor: what the index suggests is read again through the policy before it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.policy import Actor
from hub.core.search import Document, Query, Results, audiences_of_actor, register

from .engine import engine
from .index import current
from .parsing import MOST_CLAUSES

MOST_WORDS = 8  # of a long question; more make it slower and no better

# Words in which questions are put, which say nothing of what they are about.
_ASKING = frozenset(
    {
        *("about", "all", "any", "anybody", "anyone", "been", "but", "can", "could", "did", "do", "does"),
        *("else", "get", "had", "has", "have", "how", "if", "into", "like", "long", "many", "may", "me"),
        *("much", "must", "my", "need", "not", "one", "other", "our", "own", "people", "should", "so"),
        *("some", "somebody", "someone"),
        *("their", "them", "there", "they", "us", "use", "used", "using", "we"),
        *("what", "when", "where", "which", "while", "who", "whose", "why", "will", "would", "you", "your"),
    }
)


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


def what_matters(words: str) -> str:
    """The words of a question that say what it is about, at most MOST_WORDS; "" if none does."""
    told = [word for word in words.split() if word.strip("?!.,:;").lower() not in _ASKING]
    return " ".join(told[:MOST_WORDS])


@dataclass(frozen=True)
class Found:
    """A page of results; ``some_words`` when no document has all of the words and these have some."""

    results: Results
    some_words: bool = False

    @property
    def too_long(self) -> bool:
        """Whether words were left out because there were too many, and not only common ones."""
        return len(self.results.words) + len(self.results.without) >= MOST_CLAUSES


def find(actor: Actor, query: Query) -> Found:
    """What the actor may read and looks for. Raises CannotSearch or SearchUnavailable."""
    query = replace(query, audiences=audiences_of_actor(actor))
    if query.any_word:
        query = replace(query, text=what_matters(query.text) or query.text)
    results = engine().search(query, As(actor))
    if results.hits or query.any_word or query.cursor or len(results.words) == 1:
        return Found(results, query.any_word)
    some = replace(query, text=what_matters(query.text) or query.text, any_word=True)
    return Found(engine().search(some, As(actor)), some_words=True)
