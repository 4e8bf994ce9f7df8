"""A browser whose every request is answered by the hub under test, in the same process, without a port."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

HOST = "http://localhost"

# Style sheets and scripts do not change during a run.
fixed: dict[str, tuple[int, dict[str, str], bytes]] = {}


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """browse(client, path, width=, scheme=, scripts=): the page as a browser shows it. `page.strangers` lists
    what was asked of other hosts."""
    contexts = []

    def show(
        client: FlaskClient, path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.strangers = []

        def answer(route: Route) -> None:
            address = urlsplit(route.request.url)
            if f"{address.scheme}://{address.netloc}" != HOST:
                page.strangers.append(route.request.url)
                route.abort()
                return
            if address.path not in fixed:
                response = client.get(f"{address.path}?{address.query}")
                told = (response.status_code, dict(response.headers), response.data)
                if "/static/" not in address.path:
                    return fulfil(route, *told)
                fixed[address.path] = told
            fulfil(route, *fixed[address.path])

        def fulfil(route: Route, status: int, headers: dict[str, str], body: bytes) -> None:
            route.fulfill(status=status, headers=headers, body=body)

        page.route("**/*", answer)
        page.goto(HOST + path)
        return page

    yield show
    for context in contexts:
        context.close()
