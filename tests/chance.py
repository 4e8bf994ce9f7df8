"""What chance picks in tests: the same in each `make test`, so that none fails by bad luck one day and passes
the next; drawn anew in each `make soak`, which says CHANCE=drawn."""

import os
import secrets
from random import Random

import hypothesis

# What a property is tried on is luck, too; and how fast that goes is no property of the hub.
hypothesis.settings.register_profile("the same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("drawn", deadline=None)
hypothesis.settings.load_profile("drawn" if os.environ.get("CHANCE") == "drawn" else "the same")


def chance(what: str) -> Random:
    """For one use. The seed is printed: CHANCE=<seed> draws the same again."""
    seed = os.environ.get("CHANCE", "1")
    if seed == "drawn":
        seed = str(secrets.randbelow(10**9))
    print(f"CHANCE={seed} of {what}")
    return Random(f"{what} {seed}")
