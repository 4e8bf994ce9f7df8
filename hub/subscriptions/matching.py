"""What a saved search finds: said by the room that searches, which lies above this one."""

from collections.abc import Callable, Collection

from hub.core.policy import Actor

from .models import SavedSearch

Finder = Callable[[Actor, SavedSearch, Collection[int]], set[int]]
_finders: list[Finder] = []


def finds_saved(find: Finder) -> Finder:
    """Register what says which of some items a saved search finds, as the actor would find them."""
    _finders.append(find)
    return find


def found_by(actor: Actor, search: SavedSearch, item_ids: Collection[int]) -> set[int]:
    """Of these items the ids of those that the search finds now."""
    if not item_ids:
        return set()
    return {item_id for find in _finders for item_id in find(actor, search, item_ids)}
