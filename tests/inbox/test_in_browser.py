"""The pages of writing by mail have no barriers, and fit into 320 pixels, in light and in dark."""

import pytest
from sqlalchemy import select

from hub.core.database import db, unit_of_work
from hub.groups.models import Group
from hub.inbox.actions import let_write_by_mail
from hub.inbox.models import HeldMessage
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person, sign_in
from tests.house.conftest import HOST, browse  # noqa: F401
from tests.inbox import letters
from tests.inbox.test_replying import bring
from tests.looking import NARROWEST, barriers, too_wide


@pytest.fixture
def pages(client, incoming):
    records = group("Records and information management Scotland", slug="records-and-information-management")
    owner = member(person("Ann Ross", email="ann@example.org"), records, "owner")
    with unit_of_work():
        let_write_by_mail(actor_of(owner), db.session.get_one(Group, records.id), True)
    to, by = f"hub+{records.slug}@hub.example.org", "Ann <ann@example.org>"
    bring(letters.plain(to, "One.", subject="OFFICIAL-SENSITIVE: an inquiry", by=by, message_id="<1@x>"))
    bring(letters.plain(to, "w" * 200, subject="Whose drafts?", by=by, message_id="<2@x>"))
    db.session.rollback()
    held = [one.path for one in db.session.scalars(select(HeldMessage))]
    sign_in(client, owner)
    return [f"{records.path}/mail", records.path, "/me/held-mail", *held]


def test_axe_finds_nothing_and_nothing_is_too_wide(pages, client, browse):  # noqa: F811
    for scheme in ("light", "dark"):
        page = browse(client, pages[0], scheme=scheme, width=NARROWEST)
        for path in pages:
            page.goto(HOST + path)
            assert barriers(page, colours_only=scheme == "dark") == ""
            assert too_wide(page) == [], path
