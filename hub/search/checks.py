"""What `hub check` asks of the index."""

from collections.abc import Iterator

from hub.core.checks import check
from hub.core.search import SearchUnavailable

from .index import differences

NAMED = 10  # of the documents that differ; the rest is counted


@check("search index")
def index_against_database() -> Iterator[str]:
    """Everything that somebody may find is in the index as it is in the database, and nothing else."""
    try:
        differing = sorted(differences())
    except SearchUnavailable as problem:
        yield f"The search index cannot be read: {problem}"
        return
    for key in differing[:NAMED]:
        yield f"{key} is not in the index as it is in the database: run `hub search rebuild`."
    if len(differing) > NAMED:
        yield f"{len(differing) - NAMED} more documents are not in the index as they are in the database."
