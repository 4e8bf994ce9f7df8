"""The small community, and a folder where mail goes."""

import pytest

from hub.core import mail_sending
from hub.core.delivery import Folder
from tests.factories.examples import scene
from tests.factories.worlds import world

__all__ = ["scene", "world"]


@pytest.fixture
def folder(app, tmp_path, monkeypatch) -> Folder:
    """Where mail goes."""
    kept = Folder(tmp_path / "mail")
    kept.connect()
    monkeypatch.setattr(mail_sending, "delivery", lambda _app: kept)
    return kept
