"""The small community, and a question with examples."""

from tests.factories.examples import scene
from tests.factories.worlds import world

__all__ = ["scene", "world"]
