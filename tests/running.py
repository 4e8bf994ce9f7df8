"""A whole running hub for tests: the real command, its processes, a visitor with cookies; ways to kill it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# A cold start imports everything twice on a busy machine.
PATIENCE = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningHub:
    """`hub run` on a data folder of its own. Use it as a context manager."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "HUB_DATA": str(data),
            "HUB_PORT": str(self.port),
            "HUB_LOG_LEVEL": "warning",
            **{f"HUB_{name.upper()}": value for name, value in settings.items()},
        }
        self.log = data.parent / f"{data.name}.log"
        self.parent: subprocess.Popen[bytes] | None = None
        self.commands: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "RunningHub":
        self.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()

    def command(self, *arguments: str, check: bool = True) -> dict[str, Any]:
        """Run `hub ...` with --json; its result."""
        with subprocess.Popen(
            [sys.executable, "-m", "hub", *arguments, "--json"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self.commands.append(process)
            printed, errors = process.communicate(timeout=300)
        if check and process.returncode != 0:
            raise AssertionError(f"hub {' '.join(arguments)}: {printed}\n{errors[-3000:]}")
        return {"status": process.returncode, **json.loads(printed or "{}")}

    def plain_command(self, *arguments: str) -> str:
        """Run `hub ...` as a person would; what it printed. It must end well."""
        return subprocess.run(
            [sys.executable, "-m", "hub", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        ).stdout

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.parent = subprocess.Popen(
                [sys.executable, "-m", "hub", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.address}/sign-in", timeout=5) as answer:
                    answer.read()
                return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise AssertionError(f"the hub does not answer:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        if self.parent and self.parent.poll() is None:
            self.parent.terminate()
            try:
                self.parent.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.parent.pid, signal.SIGKILL)

    def kill(self, which: str) -> None:
        """kill -9 of everything that serves pages (`web`), of the worker, or of a command under way."""
        if which == "command":
            for process in self.commands:
                process.kill() if process.poll() is None else None
            return
        mark = b"gunicorn" if which == "web" else b"\0worker"
        for pid in self.children():
            try:
                if mark in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue

    def children(self) -> list[int]:
        """Every process under the parent."""
        assert self.parent is not None
        below, found = {self.parent.pid}, []
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text()
                except (FileNotFoundError, ProcessLookupError):
                    continue
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
        grown = True
        while grown:
            grown = False
            for pid, parent in parents.items():
                if parent in below and pid not in below:
                    below.add(pid)
                    found.append(pid)
                    grown = True
        return found

    def memory(self) -> int:
        """Resident bytes of all its processes, shared pages counted once for each."""
        total = 0
        for pid in self.children():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except FileNotFoundError:
                continue
            if found := re.search(r"VmRSS:\s+(\d+) kB", status):
                total += int(found[1]) * 1024
        return total


class Visitor:
    """A browser without a screen: cookies, forms, redirects."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self._opener.open(self.hub.address + path, timeout=30) as answer:
            return answer.read().decode()

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """(status, where it ended). Raises OSError when the hub died before it answered."""
        data = urllib.parse.urlencode(fields).encode()
        try:
            with self._opener.open(self.hub.address + path, data=data, timeout=60) as answer:
                answer.read()
                return answer.status, answer.url
        except urllib.error.HTTPError as problem:
            problem.read()
            return problem.code, path

    def form(self, path: str, action: str) -> dict[str, str]:
        """The hidden fields of the form on a page that is sent to `action`."""
        page = self.get(path)
        for form in re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", page, re.DOTALL):
            if f'action="{action}"' in form:
                hidden = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
                names = re.compile(r'name="([^"]+)"[^>]*value="([^"]*)"')
                return dict(found.groups() for field in hidden if (found := names.search(field)))
        raise AssertionError(f"no form on {path} is sent to {action}")

    def sign_in(self, email: str, password: str) -> None:
        fields = self.form("/sign-in", "/sign-in")
        status, where = self.post("/sign-in", {**fields, "email": email, "password": password})
        if status != 200 or "/sign-in" in where:
            raise AssertionError(f"{email} could not sign in: {status} at {where}")
