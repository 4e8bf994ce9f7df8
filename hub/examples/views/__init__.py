"""Pages of examples: the library, the evidence of one, attaching. A module for each subject."""

from . import attaching, evidence, library, preparing
from .blueprint import bp

__all__ = ["attaching", "bp", "evidence", "library", "preparing"]
