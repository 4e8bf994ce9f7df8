"""Keeping the index as the database is: single changes, the whole anew, and the comparison of the two."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import select

from hub.core.database import db
from hub.core.jobs import Job
from hub.core.search import Document, register

from .engine import engine

# Documents loaded and indexed together: enough to spread the cost of a commit, few enough for memory.
AT_ONCE = 500


def current(keys: Sequence[str]) -> dict[str, Document]:
    """These documents as the database has them now. Those that nobody may find are absent."""
    found: dict[str, Document] = {}
    for name, theirs in register.by_provider(keys).items():
        for document in register.providers[name].load(theirs):
            if document.audiences:
                found[document.key] = document
    return found


def index(keys: Sequence[str]) -> None:
    """Bring the index up to date with the database, as far as it concerns these documents."""
    asked = register.with_followers(keys)
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        documents = current(some)
        db.session.rollback()  # what is read next must not be older than what was indexed
        gone = [key for key in some if key not in documents]
        if gone:
            engine().remove(gone)
        if documents:
            engine().add(documents.values())


def rebuild(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Index everything anew beside the index in use, then take its place; how many documents there are."""
    done = 0
    with engine().rebuild() as building:
        for documents in _everything():
            building.add(documents)
            done += len(documents)
            progress(done)
        building.finish(_current_and_done)
    return done


def _current_and_done(keys: Sequence[str]) -> Mapping[str, Document]:
    found = current(keys)
    db.session.rollback()
    return found


def _everything() -> Iterator[list[Document]]:
    """Every document that somebody may find, some at a time; no transaction stays open between."""
    for provider in register.providers.values():
        keys = list(provider.keys())
        for start in range(0, len(keys), AT_ONCE):
            documents = list(current(keys[start : start + AT_ONCE]).values())
            db.session.rollback()
            yield documents


def differences() -> Iterator[str]:
    """The keys whose documents are not in the index as they are in the database, in no order.

    What waits to be indexed is no difference.
    """
    indexed = dict(engine().keys())
    wrong: set[str] = set()
    for documents in _everything():
        for document in documents:
            if indexed.pop(document.key, "") != document.fingerprint():
                wrong.add(document.key)
    yield from (wrong | set(indexed)) - waiting()


def waiting() -> set[str]:
    """Keys of documents that are still to be indexed."""
    payloads = db.session.scalars(
        select(Job.payload).where(
            Job.kind.startswith("search.changed>"), Job.finished_at.is_(None), Job.failed_at.is_(None)
        )
    )
    return set(register.with_followers(key for payload in payloads for key in payload["keys"]))
