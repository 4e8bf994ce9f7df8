"""The digest's own page: by the link in the mail, and for its recipient; asked anew who may see what."""

import re

from hub.core.database import db, new_token, unit_of_work
from hub.digests.composing import digest_message
from hub.digests.models import Digest
from hub.groups.actions import leave
from hub.subscriptions import headers
from hub.subscriptions.models import Subscriber
from tests.digests.telling import (
    again,
    answered,
    asked,
    digest_of,
    on,
    sent,
    subscribed,
    withdrawn,
)
from tests.factories.people import administrator, sign_in


def link_in(folder, address: str) -> str:
    text = digest_of(folder, address)[0]
    return re.search(r"http://localhost(/mail/digest/\S+)", text).group(1)


def told(world, folder, visibility="public") -> tuple[str, object]:
    """Bob is sent a digest on the 21st: the path of its page by link, and the question that it tells."""
    with unit_of_work():
        again(world.group).visibility = visibility
    with on(20):
        subscribed(world.as_bob, world.group)
        item = asked(world.as_cat, world.group, "A canary sings?", "Words of it.")
        answered(world.as_ann, item, "A wren answers.")
    with on(21, 7):
        assert sent().sent == 1
    return link_in(folder, world.bob.email), item


def test_the_link_shows_what_the_mail_said_without_signing_in(app, client, world, folder):
    link, _item = told(world, folder)
    answer = client.get(link)
    assert "A canary sings?" in answer.text and "A wren answers." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_was_withdrawn_since_is_left_out_and_said(app, client, world, folder):
    link, item = told(world, folder)
    withdrawn(world.as_ann, item)
    page = client.get(link).text
    assert "canary" not in page and "wren" not in page
    assert "2 things that this digest told of are left out" in page


def test_of_a_closed_group_the_link_shows_titles_and_its_recipient_the_words(app, client, world, folder):
    link, _item = told(world, folder, "listed")
    page = client.get(link).text
    assert "A canary sings?" in page
    assert "Words of it." not in page and "A wren answers." not in page
    sign_in(client, world.bob)
    page = client.get("/me/mail/digests").text
    own = re.search(r'href="(/me/mail/digests/[^"]+)"', page).group(1)
    assert "A wren answers." in client.get(own).text
    assert "/me/mail/digests" in client.get("/me/mail").text


def test_whoever_left_the_group_sees_nothing_of_it_any_more(app, client, world, folder):
    link, _item = told(world, folder, "listed")
    with unit_of_work():
        leave(world.as_bob, again(world.group))
    assert "canary" not in client.get(link).text


def test_nobody_else_sees_it_not_even_administrators(app, client, world, folder):
    told(world, folder)
    db.session.rollback()
    token = db.session.query(Digest).one().token
    for someone in (world.cat, administrator()):
        sign_in(client, someone)
        assert client.get(f"/me/mail/digests/{token}").status_code == 404
        assert "21 November" not in client.get("/me/mail/digests").text


def test_a_link_is_good_for_its_purpose_and_until_it_is_revoked(app, client, world, folder):
    link, _item = told(world, folder)
    text = digest_of(folder, world.bob.email)[0]
    leaving = re.search(r"http://localhost/mail/leave/(\S+)", text).group(1)
    assert client.get(f"/mail/digest/{leaving}").status_code == 404
    assert client.get(link[:-1]).status_code == 404
    with unit_of_work():
        db.session.query(Subscriber).one().token = new_token()
    assert client.get(link).status_code == 404


def test_looking_at_it_changes_nothing(app, client, world, folder):
    link, _item = told(world, folder)
    for _look in range(2):
        assert client.get(link).status_code == 200
    with on(22, 7):
        assert sent().sent == 0


# Headers


def test_it_is_named_by_its_window_and_says_which_list_it_is(app, world, folder):
    told(world, folder)
    _token, message = folder.messages()[0]
    assert message["List-Id"] == "<rims.digest.localhost>"
    assert message["Precedence"] == "bulk"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<digest\.[0-9a-f]{32}@\S+>", message["Message-ID"])
    digest = db.session.query(Digest).one()
    with unit_of_work():
        digest.told, digest.entries = [], []
        again_composed = digest_message(digest)
    assert again_composed.message_id in message["Message-ID"]


def test_where_mail_comes_in_one_can_leave_by_mail(app, world, folder, monkeypatch):
    monkeypatch.setattr(headers, "_by_mail", [lambda token: "hub+leave@example.org?subject=leave"])
    told(world, folder)
    written = folder.messages()[0][1]["List-Unsubscribe"]
    assert written.startswith("<http://localhost/mail/leave/")
    assert written.endswith(", <mailto:hub+leave@example.org?subject=leave>")
