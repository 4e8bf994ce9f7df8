"""One parent: it restarts what dies, does not race, and refuses a port that is taken."""

import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from hub.cli import main
from hub.core import supervisor
from hub.core.settings import Settings
from hub.core.supervisor import Child, PortTaken


def test_a_taken_port_is_refused_before_anything_starts(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"HUB_PORT={port + 1}"):
            supervisor.run(Settings(data=tmp_path, port=port))


def test_what_dies_is_started_again_with_longer_and_longer_pauses(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: moment[0])
    child = Child("short-lived", [sys.executable, "-c", ""])
    pauses = []
    for _ in range(9):
        child.see_to()
        child.process.wait()
        child.see_to()  # notices that it died
        assert child.process is None
        pauses.append(child.resting_until - moment[0])
        moment[0] = child.resting_until
    assert pauses[:3] == [1.0, 2.0, 4.0]
    assert pauses[-1] == supervisor.LONGEST_PAUSE


def test_what_lived_long_is_started_again_soon(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: moment[0])
    child = Child("old", [sys.executable, "-c", ""], pause=supervisor.LONGEST_PAUSE)
    child.see_to()
    child.process.wait()
    moment[0] += supervisor.OF_AGE + 1
    child.see_to()
    assert child.resting_until - moment[0] == supervisor.PAUSE


def test_mail_is_taken_in_by_lmtp_where_it_is_asked_for(tmp_path):
    def names(**more) -> list[str]:
        return [child.name for child in supervisor.children_of(Settings(data=tmp_path, **more))]

    assert names() == ["web", "worker"]
    assert names(lmtp="127.0.0.1:8024") == ["web", "worker", "lmtp"]


def test_the_parent_is_begun_without_the_rooms():
    """It only looks after others: it is there at once, and takes little memory as long as the hub runs."""
    asked = (
        "import sys, hub.cli; hub.cli.main(['run', '--help'], standalone_mode=False); "
        "print(*(one for one in ('sqlalchemy', 'hub.factory', 'hub.content') if one in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == ""


def test_settings_that_cannot_be_used_are_told_before_anything_starts(monkeypatch):
    monkeypatch.setenv("HUB_PORT", "a lot")
    told = CliRunner().invoke(main, ["run"])
    assert told.exit_code == 1
    assert "HUB_PORT" in told.output
