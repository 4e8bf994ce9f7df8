"""What a batch of records added."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(slots=True)
class Tally:
    new: int = 0
    versions: int = 0
    sightings: int = 0
    events: int = 0
    unplaced: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))
