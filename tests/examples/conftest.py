"""What these tests begin from."""

from tests.factories.examples import scene

__all__ = ["scene"]
