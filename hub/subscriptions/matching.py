"""What a search is, and what a saved one finds: said by the room that searches, which lies above this one."""

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


Reader = Callable[[Actor, str], SavedSearch | None]
_readers: list[Reader] = []


def reads_searches(read: Reader) -> Reader:
    """Register what makes a search, named and not kept yet, of the query of the search page's address; None
    where there is nothing to hear of."""
    _readers.append(read)
    return read


def search_asked(actor: Actor, query: str) -> SavedSearch | None:
    """The search that the query of an address asks for, as the actor would search. It is not kept."""
    return next((found for read in _readers if (found := read(actor, query)) is not None), None)
