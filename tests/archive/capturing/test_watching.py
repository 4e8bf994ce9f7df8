"""An address that is watched: what is new comes in, edits and disappearances are noticed, and nothing is
claimed that was not seen."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import current_app
from sqlalchemy import select

from hub.archive import storage
from hub.archive.capturing import actions, looking
from hub.archive.capturing.models import WatchedAddress, WatchedPost
from hub.archive.capturing.tasks import begin_what_is_due
from hub.archive.capturing.watching import look_again
from hub.archive.models import (
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    Import,
    PostVersion,
    Sighting,
    SourceSlice,
)
from hub.core import carrying
from hub.core.database import db, unit_of_work
from hub.core.fetching import Fetcher
from hub.core.jobs import Job
from tests.archive.adapters.test_bluesky_api import view
from tests.archive.conftest import carry_through, count
from tests.conftest import DATABASES
from tests.factories.fediverse import Account
from tests.factories.people import person, sign_in
from tests.factories.web_server import web_server

DAY = timedelta(days=1)
TELLING = ["archive.watch_silent>archive.capturing.tasks.tell_that_nothing_is_seen", "mail.send"]


@pytest.fixture
def server():
    with web_server() as served:
        yield served


@pytest.fixture
def council(server):
    account = Account(server)
    account.say(1, "Bins are late", "2024-06-01T08:00:00Z")
    account.say(2, "Bins are on their way", "2024-06-01T09:00:00Z")
    account.say(3, "Bins are emptied", "2024-06-01T10:00:00Z")
    return account


def fetcher(server, **more) -> Fetcher:
    return Fetcher(also=frozenset({f"127.0.0.1:{server.port}"}), **more)


def watch(kept, address: str, hours: int = 24) -> WatchedAddress:
    with unit_of_work():
        return actions.watch_address(kept.actor, kept.collection, address, hours)


def look(server, watch: WatchedAddress, **more) -> Import | None:
    """One look, and the import it led to, carried through; None when it led to none."""
    before = set(db.session.scalars(select(Import.id)))
    look_again(watch.id, fetcher(server, **more))
    db.session.rollback()
    db.session.expire_all()
    made = set(db.session.scalars(select(Import.id))) - before
    assert len(made) <= 1
    return carry_through(db.session.get(Import, made.pop())) if made else None


def events() -> list[str]:
    kinds = ("edited", "deleted", "not_found")
    return list(
        db.session.scalars(
            select(ArchiveEvent.kind).where(ArchiveEvent.kind.in_(kinds)).order_by(ArchiveEvent.id)
        )
    )


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_a_public_account_is_found_by_its_name_and_its_posts_come_in(kept, server, council):
    watched = watch(kept, f"@council@{council.host}")
    done = look(server, watched)
    assert (done.state, done.new, done.evidence) == ("done", 3, "capture")
    assert (watched.kind, watched.problem) == ("activitypub", "")
    texts = db.session.scalars(select(PostVersion.text).order_by(PostVersion.id)).all()
    assert sorted(texts) == ["Bins are emptied", "Bins are late", "Bins are on their way"]
    assert set(db.session.scalars(select(Sighting.evidence))) == {"capture"}


def test_each_post_was_seen_at_the_moment_of_the_look_and_keeps_its_exact_bytes(kept, server, council):
    with time_machine.travel(datetime(2024, 6, 2, 12, tzinfo=UTC), tick=False):
        look(server, watch(kept, council.actor))
    assert set(db.session.scalars(select(Sighting.captured_at))) == {datetime(2024, 6, 2, 12, tzinfo=UTC)}
    answer = server.pages["/users/council/outbox?page=true"][2]
    for raw in db.session.scalars(select(SourceSlice.raw)):
        assert raw in answer


def test_a_look_that_shows_nothing_new_leaves_no_import(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    first = watched.looked_at
    assert look(server, watched) is None
    assert watched.looked_at > first
    assert count(Import) == 1


def test_an_edit_is_noticed(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.edit(2, "Bins are NOT on their way", "2024-06-01T11:00:00Z")
    done = look(server, watched)
    assert (done.new, done.versions, events()) == (0, 1, ["edited"])
    event = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "edited")).one()
    assert event.at == datetime(2024, 6, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(("tombstone", "cause"), [(True, "deleted"), (False, "unknown")])
def test_a_post_that_is_gone_is_asked_for_before_it_is_said(kept, server, council, tombstone, cause):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.delete(2, tombstone=tombstone)
    done = look(server, watched)
    assert done.state == "done"
    event = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "deleted")).one()
    assert (event.told_by, event.cause, event.at) == ("watch", cause, None)
    assert event.known_at is not None
    told = json.loads(db.session.scalar(select(SourceSlice.raw).where(SourceSlice.id == event.slice_id)))
    assert told["status"] == (410 if tombstone else 404)
    assert look(server, watched) is None  # and is not asked for again


def test_a_post_that_is_no_longer_listed_but_there_is_not_called_gone(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.unlist(2)
    look(server, watched)
    assert events() == []


def test_the_oldest_post_of_all_is_missed_as_any_other(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.delete(1)
    look(server, watched)
    assert events() == ["deleted"]


def test_a_post_that_a_newer_one_pushes_off_the_list_is_not_asked_for(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.say(4, "Bins are full", "2024-06-02T10:00:00Z")
    council.unlist(1)
    look(server, watched)
    council.delete(2)  # and what was pushed off is not missed at later looks either
    look(server, watched)
    assert events() == ["deleted"]
    assert not any("statuses/1" in path for path, _ in server.asked)


def test_a_post_of_which_nobody_answers_is_asked_for_again(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.delete(2)
    answer = server.pages["/users/council/statuses/2"]
    server.page("/users/council/statuses/2", "down", 503)
    look(server, watched)
    assert events() == []
    server.pages["/users/council/statuses/2"] = answer
    look(server, watched)
    assert events() == ["deleted"]


def test_of_a_list_that_is_suddenly_empty_each_post_is_asked_for(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.delete(1)
    council.delete(2)
    council.unlist(3)
    look(server, watched)
    assert events() == ["deleted", "deleted"]


def test_a_post_that_is_there_again_is_gone_no_longer_and_may_go_once_more(kept, browser, server, council):
    watched = watch(kept, council.actor)

    def told() -> list[str]:
        look(server, watched)
        kinds = ("deleted", "found_again")
        return list(
            db.session.scalars(
                select(ArchiveEvent.kind).where(ArchiveEvent.kind.in_(kinds)).order_by(ArchiveEvent.id)
            )
        )

    def page() -> str:
        address = council.post_id(2)
        post = db.session.scalars(select(ArchivedPost).where(ArchivedPost.platform_id == address)).one()
        return browser.get(post.path).text

    look(server, watched)
    for times in (1, 2):
        council.delete(2, tombstone=False)
        assert told() == ["deleted", "found_again"] * (times - 1) + ["deleted"]
        assert "on the platform on" in page()
        council.say(2, "Bins are on their way", "2024-06-01T09:00:00Z")
        assert told() == ["deleted", "found_again"] * times
        assert "on the platform on" not in page()
        assert "holds it again" in page()


def test_whoever_did_not_answer_is_asked_again_although_the_list_does_not_change(kept, server, council):
    path = "/users/council/outbox?page=true"
    watched = watch(kept, council.actor)
    look(server, watched)
    council.delete(2)
    server.page("/users/council/statuses/2", "down", 503)
    server.pages[path][1]["ETag"] = '"same"'
    look(server, watched)
    assert watched.etag == ""
    council.serve()
    server.pages[path][1]["ETag"] = '"same"'
    server.pages.pop("/users/council/statuses/2")
    look(server, watched)
    assert (events(), watched.etag) == (["deleted"], '"same"')


def test_an_unchanged_address_need_not_be_sent_again(kept, server, council):
    path = "/users/council/outbox?page=true"
    body = server.pages[path][2]

    def answer(request):
        known = request.headers.get("If-None-Match") == '"1"'
        request.send_response(304 if known else 200)
        request.send_header("ETag", '"1"')
        request.send_header("Content-Type", "application/activity+json")
        request.send_header("Content-Length", "0" if known else str(len(body)))
        request.end_headers()
        if not known:
            request.wfile.write(body)

    server.pages[path] = answer
    watched = watch(kept, council.actor)
    look(server, watched)
    assert look(server, watched) is None
    assert server.asked[-1][1]["if-none-match"] == '"1"'
    assert (watched.failures, watched.problem) == (0, "")


def test_a_page_leads_to_the_account_that_it_names(kept, server, council):
    link = f'<link rel="alternate" type="application/activity+json" href="{council.actor}">'
    server.page("/@council", f"<html><head>{link}</head></html>", Content_Type="text/html")
    watched = watch(kept, f"{server.address}/@council")
    assert look(server, watched).new == 3


def test_a_page_leads_to_its_feed(kept, server):
    entry = "<entry><id>urn:1</id><title>Roads</title><updated>2024-06-01T08:00:00Z</updated></entry>"
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><title>News</title>{entry}</feed>'
    server.page("/feed.xml", feed, Content_Type="application/atom+xml")
    link = '<link rel="alternate" type="application/atom+xml" href="/feed.xml">'
    server.page("/news", f"<html><head>{link}</head></html>", Content_Type="text/html; charset=utf-8")
    watched = watch(kept, f"{server.address}/news")
    assert look(server, watched).new == 1
    assert watched.target == f"{server.address}/feed.xml"


def test_an_account_on_bluesky_is_asked_for_at_its_public_interface(kept, server, monkeypatch):
    monkeypatch.setattr(looking, "BLUESKY_INTERFACE", server.address)
    views = [view("3k2a"), view("3k2b", "Sorry", createdAt="2024-05-01T10:00:00.000Z"),
             view("3k2c", "Emptied", createdAt="2024-05-01T11:00:00.000Z")]  # fmt: skip
    serve_bluesky(server, views)
    watched = watch(kept, "https://bsky.app/profile/council.example")
    assert look(server, watched).new == 3
    assert "actor=council.example" in server.asked[0][0]
    serve_bluesky(server, [views[0], views[2]])
    done = look(server, watched)
    event = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == "deleted")).one()
    assert (done.events, event.told_by, event.cause) == (1, "watch", "deleted")


def serve_bluesky(server, views: list) -> None:
    feed = json.dumps({"feed": [{"post": one} for one in reversed(views)]})
    server.page("/xrpc/app.bsky.feed.getAuthorFeed", feed, Content_Type="application/json")
    server.page("/xrpc/app.bsky.feed.getPosts", json.dumps({"posts": []}), Content_Type="application/json")


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        ("<html><body>Nothing here</body></html>", "text/html", "no_feed"),
        ("just words", "text/plain", "not_understood"),
        ("<rss><broken", "application/rss+xml", "not_understood"),
        ("{", "application/activity+json", "not_understood"),
        ('{"type": "Person"}', "application/activity+json", "no_outbox"),
    ],
)
def test_an_address_without_posts_says_so(kept, server, body, kind, problem):
    server.page("/", body, Content_Type=kind)
    watched = watch(kept, server.address)
    assert look(server, watched) is None
    assert watched.problem == problem


def test_trouble_is_told_and_asked_about_less_and_less_often(kept, server):
    watched = watch(kept, f"{server.address}/gone", hours=1)
    pauses = []
    for _ in range(10):
        before = datetime.now(UTC)
        look(server, watched)
        pauses.append(round((watched.next_at - before) / timedelta(hours=1)))
    assert watched.problem == "gone"
    assert pauses == [1, 2, 4, 8, 16, 32, 32, 32, 32, 32]


def test_what_a_hostile_server_sends_costs_only_itself(kept, server, council):
    watched = watch(kept, council.actor)
    for body in (b"\xff\xfe", b"[" * 100_000, b'{"orderedItems": 3}', b"null", b""):
        server.page("/users/council/outbox?page=true", body, Content_Type="application/activity+json")
        look(server, watched)
        assert count(ArchivedPost) == 0
    server.page("/users/council/outbox?page=true", b"x" * 50_000, Content_Type="application/activity+json")
    look(server, watched, largest=10_000)
    assert watched.problem == "too_large"


BROKEN = "http://[broken/feed.xml"


@pytest.mark.parametrize("kind", ["application/atom+xml", "application/activity+json"])
def test_a_page_that_names_what_is_no_address_names_no_feed(kept, server, kind):
    link = f'<link rel="alternate" type="{kind}" href="{BROKEN}">'
    server.page("/", f"<html><head>{link}</head></html>", Content_Type="text/html")
    watched = watch(kept, server.address)
    assert look(server, watched) is None
    assert watched.problem == "no_feed"


def test_a_redirect_to_what_is_no_address_is_told(kept, server):
    server.page("/", b"", 302, Location=BROKEN)
    watched = watch(kept, server.address)
    assert look(server, watched) is None
    assert watched.problem == "not_an_address"


def test_an_outbox_that_goes_on_at_what_is_no_address_ends_there(kept, server, council):
    path = "/users/council/outbox?page=true"
    told = json.dumps(json.loads(server.pages[path][2]) | {"next": BROKEN})
    server.page(path, told, Content_Type="application/activity+json")
    assert look(server, watch(kept, council.actor)).new == 3


def test_an_account_cannot_lead_the_hub_to_its_own_network(kept, server, council):
    server.page(
        "/users/council",
        json.dumps({"type": "Person", "outbox": "http://169.254.169.254/latest/meta-data/"}),
        Content_Type="application/activity+json",
    )
    watched = watch(kept, council.actor)
    assert look(server, watched) is None
    assert watched.problem == "not_public"


def test_a_post_s_page_says_when_it_was_last_there(browser, kept, server, council):
    with time_machine.travel(datetime(2024, 6, 2, 12, tzinfo=UTC), tick=False):
        watched = watch(kept, council.actor)
        look(server, watched)
    with time_machine.travel(datetime(2024, 6, 5, 12, tzinfo=UTC), tick=False):
        assert look(server, watched) is None
    page = browser.get(db.session.scalars(select(ArchivedPost)).first().path)
    assert 'datetime="2024-06-05T12:00:00' in page.text


# When.


def test_looks_are_begun_when_they_are_due_and_only_once(kept, server, council):
    watched = watch(kept, council.actor)
    with unit_of_work():
        begin_what_is_due()
        begin_what_is_due()
    assert count(Job, Job.kind == "archive.watch", Job.finished_at.is_(None)) == 1
    look(server, watched)
    assert timedelta(hours=23) < watched.next_at - datetime.now(UTC) <= DAY


def test_a_paused_watch_is_not_looked_at(kept, server, council):
    watched = watch(kept, council.actor)
    with unit_of_work() as session:
        actions.pause(kept.actor, session.get(WatchedAddress, watched.id))
    assert look(server, watched) is None
    assert server.asked == []


def test_stopping_keeps_what_came_in(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    with unit_of_work() as session:
        actions.stop_watching(kept.actor, session.get(WatchedAddress, watched.id))
    assert (count(WatchedAddress), count(WatchedPost), count(ArchivedPost)) == (0, 0, 3)
    assert count(AccountName) > 0


def test_a_watch_removed_while_somebody_else_s_server_thinks_ends_its_look_quietly(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.say(4, "Bins are late again", "2024-06-02T08:00:00Z")
    remove_while_answering(kept, server, watched)
    assert look(server, watched) is None
    assert (count(WatchedAddress), count(WatchedPost), count(ArchivedPost)) == (0, 0, 3)
    assert list(storage.uploads_folder().iterdir()) == []


def test_one_removed_during_a_look_that_comes_to_nothing_ends_quietly_too(kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    server.page("/users/council/outbox?page=true", status=500)
    remove_while_answering(kept, server, watched)
    assert look(server, watched) is None
    assert count(WatchedAddress) == 0


def remove_while_answering(kept, server, watched):
    """The next answer of the account's list is given once a keeper has removed the watch."""
    path, app, watch_id = "/users/council/outbox?page=true", current_app._get_current_object(), watched.id
    status, headers, body = server.pages[path]

    def answer(request):
        with app.app_context(), unit_of_work() as session:
            actions.stop_watching(kept.actor, session.get(WatchedAddress, watch_id))
        request.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    server.pages[path] = answer


# Who is told, and the pages.


def test_keepers_are_told_by_mail_of_what_was_noticed(app, kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    council.edit(2, "Bins are NOT on their way", "2024-06-01T11:00:00Z")
    council.delete(3)
    council.say(4, "Sorry", "2024-06-01T12:00:00Z")
    look(server, watched)
    carrying.drain()
    mail = "".join(path.read_text() for path in app.extensions["settings"].folder("mail").iterdir())
    assert mail.count("Subject: Noticed at") == 1
    assert "A post was edited" in mail
    assert "A post is gone" in mail


def test_keepers_are_told_once_that_an_address_shows_nothing_any_more(app, kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    server.page("/users/council", status=410)
    server.page("/users/council/outbox?page=true", status=410)
    look(server, watched)
    carrying.drain(kinds=TELLING)
    assert told(app, "Nothing is seen at") == 0  # it may be being mended
    for _ in range(3):
        look(server, watched)
        carrying.drain(kinds=TELLING)
    assert told(app, "Nothing is seen at") == 1


def test_nobody_is_told_of_an_address_that_answers_again(app, kept, server, council):
    watched = watch(kept, council.actor)
    look(server, watched)
    answer = server.pages["/users/council/outbox?page=true"]
    server.page("/users/council/outbox?page=true", status=410)
    look(server, watched)
    look(server, watched)
    server.pages["/users/council/outbox?page=true"] = answer
    look(server, watched)
    carrying.drain(kinds=TELLING)
    assert told(app, "Nothing is seen at") == 0


def told(app, subject: str) -> int:
    mails = [path.read_text() for path in app.extensions["settings"].folder("mail").iterdir()]
    return sum(f"Subject: {subject}" in mail for mail in mails)


def test_a_keeper_watches_an_address_and_sees_how_it_goes(browser, kept, server, council):
    page = f"{kept.collection.path}/watches"
    assert browser.submit(page, {"address": "council", "every_hours": "6"}).status_code == 422
    assert browser.submit(page, {"address": council.actor, "every_hours": "6"}).status_code == 303
    watched = db.session.scalars(select(WatchedAddress)).one()
    look(server, watched)
    shown = browser.get(page)
    assert council.actor in shown.text
    assert "every six hours" in shown.text
    assert browser.submit(page, button="Pause").status_code == 303
    assert db.session.scalars(select(WatchedAddress.state)).one() == "paused"
    assert browser.submit(page, button="Go on watching").status_code == 303
    assert browser.submit(page, button="Watch no more").status_code == 303
    assert count(WatchedAddress) == 0


def test_the_same_address_is_watched_once(browser, kept, council):
    page = f"{kept.collection.path}/watches"
    browser.submit(page, {"address": council.actor})
    again = browser.submit(page, {"address": f" {council.actor} "})
    assert again.status_code == 422
    assert "watches that address already" in again.text
    assert count(WatchedAddress) == 1


def test_nobody_else_sees_or_changes_what_is_watched(browser, kept, council):
    watched = watch(kept, council.actor)
    other = sign_in(browser, person("Other"))
    assert other.get(f"{kept.collection.path}/watches").status_code == 404
    assert other.post(f"{watched.path}/remove").status_code in (400, 404)
    assert count(WatchedAddress) == 1
