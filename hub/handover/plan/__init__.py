"""An organisation's social media beside the elements of the Model Records Management Plan (National Records
of Scotland, 2019): what the hub holds as evidence for each, and what it cannot tell."""

from .facts import Facts, facts_of
from .paper import plan_paper

__all__ = ["Facts", "facts_of", "plan_paper"]
