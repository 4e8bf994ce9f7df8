"""The small community that these tests begin from."""

from tests.factories.worlds import world

__all__ = ["world"]
