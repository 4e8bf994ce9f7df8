"""What only a browser can tell of the look: accessible, and readable at 320 pixels, in light and in dark."""

import pytest

from hub.archive.models import Collection
from hub.archive.retention.due import uses
from hub.archive.retention.queries import of_due
from hub.archive.retention.schedule_models import TRANSFER
from hub.core.database import db, unit_of_work
from hub.handover import actions, choosing
from hub.handover.models import CERTIFICATE, DISCLOSURE, PASSAGE
from tests.archive.retention.test_due import entry, set_class
from tests.house.conftest import HOST, browse  # noqa: F401
from tests.looking import NARROWEST, barriers, too_wide

from .conftest import carried_through, filled, made


@pytest.fixture
def pages(kept):
    """Every page of handing over, with something on it."""
    filled(kept)
    done = made(kept, CERTIFICATE, recipient="A tribunal with a rather long name " * 4, reason="A case")
    bag = made(kept)
    with unit_of_work():
        draft = actions.hand_over(kept.actor, kept.collection, DISCLOSURE, choosing.WHOLE, reason="FOI")
        actions.redact(kept.actor, draft, PASSAGE, "Wrong channel", "FOISA s.38(1)(b)")
        paths = [draft.path, f"{draft.path}/redactions"]
    pictured = transfer_under_way(kept)
    post = kept.collection.path
    plan = f"/collections/of/{kept.collection.organisation.slug}/records-plan"
    return [f"{post}/hand-overs", done.path, f"{done.path}/paper", bag.path, *paths, plan, *pictured]


def transfer_under_way(kept) -> list[str]:
    """The pages of a transfer whose bag is made."""
    entry(kept, months=1, action=TRANSFER)
    set_class(kept, "SM1")
    with unit_of_work():
        collection = db.session.get_one(Collection, kept.collection.id)
        use = uses(collection)[0]
        posts = of_due(collection, use, None)
        asked = actions.transfer(kept.actor, collection, use, posts, to="An archive", reason="Due")
    bag = carried_through(asked.id)
    listed = f"{kept.collection.path}/due?class=default"
    return [listed, f"{kept.collection.path}/due/transfer?class=default&all=1", bag.path, bag.disposal.path]


def test_axe_finds_nothing_and_nothing_is_too_wide(pages, browser, browse):  # noqa: F811
    for scheme, width in (("light", 1280), ("dark", NARROWEST)):
        page = browse(browser, pages[0], scheme=scheme, width=width)
        for path in pages:
            page.goto(HOST + path)
            assert barriers(page) == ""
            assert too_wide(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
