"""Archived social posts and their evidence.

A *collection* is held by named *keepers*. An *import* brings posts in through an *adapter*, one for each
format, from the account's own export (evidence *import*) or from what somebody observed (evidence
*capture*); the two are never mixed up. A post has *versions* (one for each differing content), *sightings*
(each time an import met it) and a *history*. Every sighting points at the exact bytes it was read from.

Nothing of an import can be seen until the whole of it can: rows carry the import that wrote them, and
count only once that import is revealed.
"""
