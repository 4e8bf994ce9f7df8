"""A seeded hub, running for real, and people with browsers of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.looking import barriers
from tests.running import RunningHub


@dataclass
class Reader:
    """Somebody at a browser. axe looks at every page that they come to; what it finds is told at the end."""

    page: Page
    hub: RunningHub
    barriers: dict[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        self.page.goto(self.hub.address + path if path.startswith("/") else path)
        self.look()

    def look(self) -> None:
        """Note what axe finds on the page as it is now."""
        if found := barriers(self.page):
            self.barriers[self.page.url] = found

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button of the page (else follow a link) by its words, and look where it leads."""
        main = self.page.locator("main")
        buttons = main.get_by_role("button", name=name, exact=exact)
        target = buttons if buttons.count() else main.get_by_role("link", name=name, exact=exact)
        target.first.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=False).first.select_option(label=option)

    def sees(self, text: str) -> None:
        assert text in self.page.locator("body").inner_text(), f"{self.page.url} does not say: {text}"

    def sign_in(self, email: str, password: str) -> None:
        self.goto("/sign-in")
        self.fill("E-mail", email)
        self.page.locator("input[type=password]").fill(password)
        self.press("Sign in")


@pytest.fixture(scope="session")
def seeded(quick_folder) -> Iterator[tuple[RunningHub, dict[str, Any]]]:
    """`hub upgrade`, `hub seed`, `hub run`; the hub, and the sign-ins of its samples by role."""
    data: Path = quick_folder("journey") / "data"
    hub = RunningHub(data, mail_in_address="hub+*@hub.example.org")
    hub.plain_command("upgrade")
    sign_ins = hub.command("seed")["sign_ins"]
    with hub:
        yield hub, sign_ins


@pytest.fixture
def somebody(chromium: Browser, seeded):
    """Makes readers: each has cookies and a screen of their own."""
    contexts = []

    def make(width: int = 1280, scheme: str = "light", scripts: bool = True) -> Reader:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        reader = Reader(context.new_page(), seeded[0])
        home = reader.hub.address
        context.on("request", lambda r: None if r.url.startswith(home) else reader.strangers.append(r.url))
        return reader

    yield make
    for context in contexts:
        context.close()
