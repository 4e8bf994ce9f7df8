"""Settings are read once and mean the same wherever the hub is started from."""

from pathlib import Path

import pytest

from hub.core.settings import Settings


@pytest.mark.parametrize("given", [{}, {"data": Path("elsewhere/data")}, {"data": Path("~/hub")}])
def test_the_data_folder_is_one_place_however_it_was_named(given):
    """Flask sends files from its package's folder when their path is relative: no picture was found."""
    data = Settings(**given).data
    assert data.is_absolute()
    assert "~" not in str(data)


def test_a_relative_data_folder_is_where_the_hub_was_started(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUB_DATA", raising=False)
    assert Settings().data == tmp_path / "instance"
