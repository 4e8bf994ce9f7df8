"""How long a test waits for what would else never end: long enough for the slowest machine, so that none
measures how fast it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds. What these keep out (work that grows with the square of a message) takes many minutes.
PATIENCE = 60


@contextmanager
def does_not_hang() -> Iterator[None]:
    """Of the processor's seconds: other work beside does not count."""
    began = time.process_time()
    yield
    assert time.process_time() - began < PATIENCE
