"""The examples room's scene serves here too: a question with a keeper's collection beside it."""

from tests.examples.conftest import scene  # noqa: F401
