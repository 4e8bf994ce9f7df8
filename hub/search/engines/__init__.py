"""The engines behind ``hub.core.search``: Whoosh in files, or PostgreSQL full text."""

from pathlib import Path

from hub.core.search import Engine


def open_engine(url: str, folder: Path) -> Engine:
    """The engine at the PostgreSQL address, or without one the embedded engine in the folder."""
    if url:
        from hub.search.engines.postgres import PostgresEngine

        return PostgresEngine(url)
    from hub.search.engines.whoosh import WhooshEngine

    return WhooshEngine(folder)
