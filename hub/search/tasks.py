"""The worker keeps the index. It is the only writer; web processes only read."""

from collections.abc import Iterable
from datetime import timedelta

from hub.content.documents import items_opened_by
from hub.core.carrying import companions, finish_companions, heartbeat
from hub.core.database import unit_of_work
from hub.core.jobs import at_start, enqueue, job, scheduled
from hub.core.outbox import on
from hub.core.search import CHANGED
from hub.subscriptions.matching import finds_saved, reads_searches

from .engine import engine
from .index import AT_ONCE, index, rebuild
from .saved import find_saved
from .similar import relate
from .telling import read_asked

SERIAL = "search index"
finds_saved(find_saved)
reads_searches(read_asked)
# Waiting changes done in one go: an import or a busy hour costs one commit, not thousands.
TOGETHER = 500
# The lease that tidying takes: it cannot be interrupted to renew it.
LONGEST_TIDYING = timedelta(hours=1)


@on(CHANGED, serial=SERIAL, long=True)
def index_changed(keys: list[str]) -> None:
    """Index what changed, together with everything else that waits for it."""
    others = companions(TOGETHER)
    for some in _parts([keys, *(payload["keys"] for payload in others.values())]):
        index(some)
        heartbeat()
        with unit_of_work():
            if items := items_opened_by(some):
                enqueue("search.relate", items=items)
    finish_companions(others)


@job("search.relate", long=True)
def relate_items(items: list[int]) -> None:
    """Look for what these items are like, after they were indexed."""
    relate(items)


def _parts(lists: Iterable[list[str]]) -> Iterable[list[str]]:
    """The keys of all lists, each once, some at a time."""
    keys = list(dict.fromkeys(key for listed in lists for key in listed))
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


@on("disposal.finished")
def tidy_after_disposal(disposal_id: int) -> None:
    """Words that were erased by law do not stay in the index's files until the night."""
    tidy_in_turn()


@job("search.tidy")
def tidy_in_turn() -> None:
    """Once a day, when no change is being indexed."""
    enqueue("search.tidy_now", key="search.tidy_now", serial=SERIAL)


@job("search.tidy_now", long=True)
def tidy_index() -> None:
    """Drop from storage what was deleted, and make one piece of many. 29,000 documents took a minute."""
    heartbeat(LONGEST_TIDYING)
    engine().tidy()


@job("search.renew", long=True)
def renew_index() -> None:
    """Build the index anew where another version of the hub made it: nobody has to remember to."""
    if engine().outdated():
        rebuild(lambda _done: heartbeat())


at_start("search.renew")
scheduled("search.tidy", timedelta(days=1))
