"""Pages of keeping, holds, schedules, disposal and approval in a browser: accessible, and readable at 320
pixels."""

import pytest

from hub.archive.keeping import handover
from hub.archive.models import Collection
from hub.archive.retention.schedules import begin_draft
from hub.core.database import db, unit_of_work
from tests.archive.retention.test_disposal import agree, filled, propose, propose_erasure, second
from tests.archive.retention.test_holds import post_saying, put_on_hold
from tests.archive.retention.test_schedules import ROWS, load, sheet
from tests.factories.people import person, sign_in
from tests.house.conftest import HOST, browse
from tests.looking import NARROWEST, barriers, too_wide

__all__ = ["browse", "filled", "second"]


@pytest.fixture
def paths(client, filled, second):
    """Every page of the room, each with something on it."""
    collection = filled.collection.path
    schedule = load(filled)
    done = agree(second, propose(filled))
    heir = person("Her Successor", handle="heir")
    with unit_of_work():
        held = db.session.get_one(Collection, filled.collection.id)
        handover.offer(filled.actor, held, heir.handle, "I retire in May", leaves=True)
    asked = propose_erasure(filled, post=post_saying("very month").token)
    hold = put_on_hold(filled, q="notice")
    sign_in(client, second)
    with unit_of_work():
        draft = begin_draft(
            db.session.get_one(Collection, filled.collection.id),
            "SCARRS",
            version="2026",
            file_name="scarrs.xlsx",
            data=sheet(ROWS),
        )
    return [
        "/collections",
        "/approvals",
        asked.approval.path,
        asked.path,
        done.path,
        hold.path,
        schedule.path,
        draft.path,
        f"{collection}/keepers",
        f"{collection}/handover",
        f"{collection}/transfer",
        f"{collection}/holds",
        f"{collection}/holds/new?q=notice",
        f"{collection}/retention",
        f"{collection}/class",
        f"{collection}/schedules/load",
        f"{collection}/schedules/entries/new",
        f"{collection}/disposals",
        f"{collection}/erasures/new?q=notice",
    ]


def test_pages_are_accessible_and_fit_the_narrowest_screen(client, paths, browse):
    page = browse(client, paths[0])
    narrow = browse(client, paths[0], width=NARROWEST)
    for path in paths:
        assert page.goto(HOST + path).status == 200, path
        assert barriers(page) == ""
        narrow.goto(HOST + path)
        assert too_wide(narrow) == [], path
