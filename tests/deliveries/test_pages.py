"""What administrators see of the hub's mail: that something was sent, not what it said."""

import re

from sqlalchemy import select

from hub.core.database import db, unit_of_work
from hub.core.mail import UNCERTAIN, Mail, _composers, post_mail
from hub.core.words import WORDS
from tests.budget import queries
from tests.digests.telling import asked, on, sent, subscribed
from tests.factories.content import form_on
from tests.factories.people import administrator, sign_in


def test_an_administrator_sees_that_something_was_sent_not_what_it_said(app, client, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "A canary sings")
    with on(21, 7):
        sent()
    sign_in(client, administrator())
    page = client.get("/admin/deliveries")
    assert world.bob.email in page.text
    assert "Digest" in page.text
    assert "canary" not in page.text


def test_every_message_of_the_hub_has_a_name(app):
    purposes = {name for name, compose in _composers.items() if compose.__module__.startswith("hub.")}
    assert purposes == set(WORDS["mail"])


def test_what_is_uncertain_is_shown_with_what_can_be_done(app, client, world, folder):
    with unit_of_work():
        post_mail("digest.confirm", "a@example.org", key="k", subscriber_id=0, subjects=[], frequency="daily")
        db.session.scalars(select(Mail)).one().state = UNCERTAIN
    sign_in(client, administrator())
    page = client.get("/admin/deliveries?state=uncertain")
    action = re.search(r'action="(/admin/deliveries/\w+/second-sending)"', page.text).group(1)
    client.post(action, data=form_on(page, action))
    db.session.rollback()
    assert db.session.scalars(select(Mail.state)).one() == "queued"


def test_nobody_else_sees_deliveries(app, client, world):
    assert client.get("/admin/deliveries").status_code == 404
    assert client.post("/admin/deliveries/x/second-sending").status_code in {400, 404}
    sign_in(client, world.ann)
    assert client.get("/admin/deliveries").status_code == 404


def test_pages_cost_the_same_for_many(app, client, world):
    def cost() -> int:
        with queries() as spent:
            client.get("/admin/deliveries")
        return spent.count

    sign_in(client, administrator())
    for number in range(3):
        with unit_of_work():
            post_mail("digest", f"a{number}@example.org", key=f"k{number}")
    three = cost()
    for number in range(3, 30):
        with unit_of_work():
            post_mail("digest", f"a{number}@example.org", key=f"k{number}")
    assert cost() == three <= 8


def test_how_far_a_run_has_come_is_shown_while_some_of_it_waits(app, client, world, folder):
    with unit_of_work():
        for number in range(5):
            post_mail("digest", f"a{number}@example.org", key=f"k{number}")
    with unit_of_work():
        for row in db.session.scalars(select(Mail).limit(2)):
            row.state = "sent"
    sign_in(client, administrator())
    page = client.get("/admin/deliveries")
    assert "Digest: 2 of 5 done, 3 waiting." in page.text
    assert '<progress max="5" value="2"' in page.text
    with unit_of_work():
        for row in db.session.scalars(select(Mail)):
            row.state = "sent"
    assert "<progress" not in client.get("/admin/deliveries").text
