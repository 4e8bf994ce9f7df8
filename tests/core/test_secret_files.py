"""Secrets that the hub makes for itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hub.core.secret_files import kept_secret


def test_a_secret_is_made_once_and_closed_to_others(tmp_path):
    path = tmp_path / "secret"
    assert kept_secret(path, lambda: "first") == "first"
    assert kept_secret(path, lambda: "second") == "first"
    assert path.stat().st_mode & 0o777 == 0o600


def test_whoever_begins_at_once_gets_the_same(tmp_path):
    """Pages that the web processes sign are read by the worker too, from the first one on."""
    together = Barrier(2)

    def make(name: str) -> str:
        together.wait(5)
        return name

    for number in range(20):
        with ThreadPoolExecutor() as threads:
            path = tmp_path / f"secret-{number}"
            found = set(threads.map(lambda name, at=path: kept_secret(at, lambda: make(name)), "ab"))
        assert len(found) == 1
        assert found <= {"a", "b"}
    assert len(list(tmp_path.iterdir())) == 20
