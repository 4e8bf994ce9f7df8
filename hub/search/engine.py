"""The engine of this hub, opened when it is first needed."""

from flask import current_app

from hub.core.search import Engine, opens_engine
from hub.search.engines import open_engine

_NAME = "search_engine"


@opens_engine
def engine() -> Engine:
    """The one engine of this process."""
    extensions = current_app.extensions
    if _NAME not in extensions:
        settings = extensions["settings"]
        extensions[_NAME] = open_engine(settings.search_url, settings.folder("search"))
    found: Engine = extensions[_NAME]
    return found


def forget_engine() -> None:
    """Empty the index and close the engine, if it was opened: tests begin with a new database."""
    opened = current_app.extensions.pop(_NAME, None)
    if opened is not None:
        opened.clear()
        opened.close()
