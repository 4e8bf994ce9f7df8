"""The page of somebody's mail in a browser: no barriers with all unfolded, and on the narrowest screen."""

import pytest

from hub.core.database import unit_of_work
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.searches import save_search
from tests.digests.telling import again, subscribed
from tests.factories.content import topic
from tests.factories.groups import group
from tests.factories.people import sign_in
from tests.house.conftest import HOST, browse  # noqa: F401 (a fixture)
from tests.looking import NARROWEST, barriers, too_wide

UNFOLD = "all => all.forEach(one => { one.open = true })"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_and_fit(client, world, browse, scheme):  # noqa: F811
    topic("Retention", world.group)
    group("Records and information management in the whole of Scotland and its islands", slug="long")
    subscribed(world.as_bob, world.group)
    with unit_of_work():
        search = {"q": "a" * 80, "kind": "question"}
        save_search(own_subscriber(again(world.bob)), f"“{'a' * 80}”, questions", search)
    page = browse(client, "/subscribe", width=NARROWEST, scheme=scheme, scripts=True)
    _looks_right(page, scheme)
    sign_in(client, world.bob)
    for path in ("/me/mail", "/search?topic=retention", "/search?q=tweets", "/groups/rims"):
        page.goto(HOST + path)
        _looks_right(page, scheme)


def _looks_right(page, scheme) -> None:
    page.eval_on_selector_all("main details", UNFOLD)
    assert barriers(page, colours_only=scheme == "dark") == ""
    assert too_wide(page) == [], page.url
