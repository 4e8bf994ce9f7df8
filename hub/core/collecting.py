"""When Python looks for objects that only hold each other: not while much is made that holds no cycles, and
never in what stays as long as the process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New objects between two searches, where rows are made by the hundred thousand; Python's usual is 700.
BETWEEN_SEARCHES = 50_000


@contextmanager
def for_good() -> Iterator[None]:
    """What is loaded within stays: no search interrupts it, which would take a fifth of every start, and none
    goes through it later, which would take up to 0.1 s from some request. Forked processes go on sharing its
    memory."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def rarely() -> Iterator[None]:
    """Records and rows go without being searched for: they hold no cycles. With its usual threshold Python
    would go through all of them time and again, for up to a sixth of an import's time."""
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], BETWEEN_SEARCHES), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
