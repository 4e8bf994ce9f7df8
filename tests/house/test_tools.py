"""The tests' own tools find what they are there to find."""

import os
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from hub.core.database import db
from hub.core.policy import MODERATOR
from hub.core.site import Site
from tests.budget import queries
from tests.client import assert_parses
from tests.factories import files, tars
from tests.factories.facebook import FacebookExport
from tests.factories.flickr import FlickrData
from tests.factories.groups import group, member
from tests.factories.mastodon import Mastodon
from tests.factories.people import actor_of, person, sign_in
from tests.factories.tiktok import TikTokFile
from tests.factories.x_archive import XArchive


def test_a_page_that_does_not_parse_is_found():
    assert_parses("<!doctype html><html lang=en><title>Fine</title><p>Fine</p></html>", "/fine")
    with pytest.raises(AssertionError, match="/broken does not parse"):
        assert_parses("<!doctype html><title>Broken</title><p><b>Broken</p>", "/broken")


def test_statements_are_counted_without_what_begins_and_ends_transactions(app):
    db.session.rollback()
    with queries() as sent:
        db.session.scalar(select(Site).limit(1))
        db.session.scalar(select(Site.name).limit(1))
        db.session.rollback()
    assert sent.count == 2, sent


def test_a_person_of_the_factory_acts_with_their_roles(app):
    someone = person()
    records = group("Records")
    member(someone, records, MODERATOR)
    actor = actor_of(someone)
    assert actor.person_id == someone.id
    assert actor.moderates(records.id)


def test_requests_of_a_test_do_not_share_who_is_signed_in(app):
    someone = sign_in(app.test_client(), person())
    assert someone.get("/settings").status_code == 200
    assert app.test_client().get("/settings").status_code == 404


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="Only where tests run side by side.")
@pytest.mark.xdist_group("seeded")
def test_tests_that_share_what_is_costly_to_make_run_in_one_process(request):
    assert request.node.nodeid.endswith("@seeded")


FILES = {
    "office": lambda path: path.write_bytes(files.office()),
    "tar": lambda path: tars.write(path, tars.plain({"a": b"b"}), packed=True),
    **{
        made.__name__: lambda path, made=made: made().write(path)
        for made in (XArchive, FacebookExport, FlickrData, Mastodon, TikTokFile)
    },
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_made_again_later_is_the_same_file(kind, tmp_path):
    made = []
    for at in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)):
        with time_machine.travel(at):
            FILES[kind](tmp_path / "made")
        made.append((tmp_path / "made").read_bytes())
    assert made[0] == made[1]
