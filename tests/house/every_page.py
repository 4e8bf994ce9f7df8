"""Walks through a whole hub as its people would: follows every link, sends every form empty and filled in.

Each person meets each address a few times (`TIMES`), so that the walk stays short however much there is. Of
each page the walk keeps the HTML, for whoever wants to judge it.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

HOST = "http://localhost"
# How often one person meets one address with the same questions put to it.
TIMES = 2
FILLED_IN = {
    "date": "2027-03-01",
    "datetime-local": "2026-03-01T12:00",
    "email": "somebody@example.org",
    "number": "1",
    "url": "https://example.org/post/1",
}
FILE = b"Date,Words,Author\n2026-03-01,A post of a table,Ailsa\n"
WORDS = "Words that were typed"
# These end a walk.
LEFT_ALONE = {"accounts.sign_out", "security.login", "security.logout"}


@dataclass(frozen=True)
class Page:
    """One page, as somebody saw it."""

    who: str
    address: str
    status: int
    text: str

    @property
    def told(self) -> str:
        return f"{self.address} as {self.who} ({self.status})"


@dataclass
class Walk:
    app: Flask
    pages: list[Page] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    _times: Counter[Any] = field(default_factory=Counter)

    def addresses(self) -> list[str]:
        """Those that hold nothing to be filled in."""
        rules = self.app.url_map.iter_rules()
        return [rule.rule for rule in rules if not rule.arguments and "GET" in (rule.methods or ())]

    def read(self, client: FlaskClient, who: str, starts: Iterable[str]) -> None:
        """Follow every link from these addresses on."""
        waiting = deque(starts)
        while waiting:
            address = waiting.popleft()
            if self._is_new("GET", who, address):
                waiting.extend(self._see(client.get(address), who, address))

    def write(self, client: FlaskClient, who: str, *, filled: bool) -> None:
        """Send every form of the pages that they have read, and read what that leads to. Not filled: what is
        typed is left out."""
        token = _token_of(client)
        for page in [page for page in self.pages if page.who == who and page.status == 200]:
            for action, method, fields in _forms(page, filled):
                if method == "POST" and self._is_new(f"POST {filled} {sorted(fields)}", who, action):
                    answer = client.post(action, data={**fields, "csrf_token": token})
                    self.read(client, who, self._see(answer, who, action))

    def _is_new(self, method: str, who: str, address: str) -> bool:
        """Whether it is an address of the hub that they have not met often enough."""
        parts = urlsplit(address)
        try:
            rule, _values = self.app.url_map.bind("localhost").match(
                parts.path, method.split(maxsplit=1)[0], return_rule=True
            )
        except HTTPException:
            endpoint = ""
        else:
            endpoint = rule.endpoint
        if endpoint.endswith("static") or endpoint in LEFT_ALONE:
            return False
        if not endpoint.strip() and method != "GET":
            return False
        shape = (method, who, endpoint, tuple(sorted(parse_qs(parts.query))))
        self._times[method, who, address] += 1
        self._times[shape] += 1
        return self._times[method, who, address] == 1 and self._times[shape] <= TIMES

    def _see(self, answer: TestResponse, who: str, address: str) -> Iterator[str]:
        """Keep the page; the addresses of the hub that it leads to."""
        assert answer.status_code < 500, f"{address} as {who} answers {answer.status_code}"
        self.met.add(self._endpoint(address))
        if 300 <= answer.status_code < 400:
            return iter([_within(address, answer.headers["Location"])])
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if not text.strip():
            return iter(())
        self.pages.append(Page(who, address, answer.status_code, text))
        return _links(text, address)

    def _endpoint(self, address: str) -> str:
        try:
            return self.app.url_map.bind("localhost").match(urlsplit(address).path)[0]
        except HTTPException:
            return ""


def _token_of(client: FlaskClient) -> str:
    """A token for forms: signing in or out on the way has made those of earlier pages worthless."""
    return html.fromstring(client.get("/appearance").get_data(as_text=True)).xpath(
        "//@value[../@name='csrf_token']"
    )[0]


def _within(base: str, link: str) -> str:
    """An address of the hub as a path, without its fragment; empty when it is elsewhere."""
    parts = urlsplit(urljoin(HOST + base, link))
    if f"{parts.scheme}://{parts.netloc}" != HOST:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _links(text: str, base: str) -> Iterator[str]:
    tree = html.fromstring(text)
    for link in tree.xpath("//a/@href | //iframe/@src | //form[not(@method) or @method='get']/@action"):
        if address := _within(base, link):
            yield address


def _forms(page: Page, filled: bool) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each form by each of its buttons: where it goes, how, and what it holds."""
    for form in html.fromstring(page.text).forms:
        action = _within(page.address, form.get("action") or page.address)
        fields = dict(form.form_values())
        for box in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            if (typed := _typed(box, filled)) is not None and (filled or not fields.get(box.name)):
                fields[box.name] = typed
        named = form.xpath(".//button[@name]") or [None]
        for button in named if action else ():
            pressed = {button.get("name"): button.get("value", "")} if button is not None else {}
            yield action, form.method, {name: _to_send(one) for name, one in {**fields, **pressed}.items()}


def _to_send(value: Any) -> Any:
    """What was typed; a file is opened anew for each button, since what sends it closes it."""
    return (BytesIO(value), "posts.csv") if value is FILE else value


def _typed(box: Any, filled: bool) -> Any:
    """What is typed into a box or chosen in it; nothing, when it is left as it is."""
    kind = box.get("type", "text") if box.tag == "input" else box.tag
    if kind in {"hidden", "submit", "button", "checkbox"}:
        return None
    if kind == "file":
        return FILE if filled else None
    if kind == "radio":
        return box.get("value") if filled and not box.get("disabled") else None
    if kind == "select":
        return box.value_options[-1] if filled and not box.multiple else None
    return FILLED_IN.get(kind, WORDS) if filled else ""
