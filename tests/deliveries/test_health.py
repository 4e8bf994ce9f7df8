"""How mail goes, for administrators: over time, by provider, and where something is wrong."""

import re
from datetime import timedelta

from sqlalchemy import select

from hub.core import clock
from hub.core.addressees import HARD, SOFT, Failure, MailAddress, note_complaint, note_failure
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.mail_days import BOUNCED, COUNTED, DEFERRED, DELIVERED, ENDED, REFUSED, count
from hub.deliveries.health import MOST_PROVIDERS, health, lost_share
from hub.deliveries.rules import masked, without_address
from hub.subscriptions.actions import choose, leave, own_subscriber
from tests.budget import queries
from tests.factories.content import form_on
from tests.factories.people import administrator, sign_in

PAGE = "/admin/deliveries/health"


def counted(what: str, address: str = "a@example.org", times: int = 1, days_ago: int = 0) -> None:
    with clock.at(clock.now() - timedelta(days=days_ago)), unit_of_work():
        count(what, address, times)


def test_each_thing_is_a_strip_over_the_same_days(app, client):
    counted(DELIVERED, times=1200)
    counted(DELIVERED, times=600, days_ago=1)
    counted(BOUNCED, times=2, days_ago=29)
    counted(DELIVERED, times=5000, days_ago=30)  # too long ago
    strips = {strip.what: strip for strip in health("days").strips}
    assert list(strips) == list(COUNTED)
    assert (strips[DELIVERED].total, strips[DELIVERED].most) == (1800, 1200)
    half, whole = strips[DELIVERED].bars
    assert whole.height == 2 * half.height
    assert half.x < whole.x
    (bounced,) = strips[BOUNCED].bars
    assert bounced.x < half.x
    assert bounced.height == whole.height  # each has a scale of its own
    assert strips[ENDED].bars == []


def test_a_year_is_shown_by_weeks(app, client):
    for days_ago in (0, 6, 7, 363):
        counted(DELIVERED, days_ago=days_ago)
    (strip, *_others) = health("weeks").strips
    assert [bar.number for bar in strip.bars] == [1, 1, 2]
    sign_in(client, administrator())
    assert "Week from" in client.get(f"{PAGE}?by=weeks").text


def test_numbers_can_be_read_without_the_picture(app, client):
    counted(DELIVERED, times=1234)
    counted(ENDED, times=7)
    sign_in(client, administrator())
    page = client.get(PAGE).text
    table = page[page.index("Mail by day") :]
    assert "1,234" in table
    assert ">7<" in table
    assert 'aria-label="Delivered: 1,234 over this time"' in page


def test_providers_stand_beside_each_other_and_the_small_ones_together(app, client):
    for number in range(MOST_PROVIDERS + 5):
        counted(DELIVERED, f"a@d{number:02}.example", times=100 - number)
    counted(REFUSED, "a@d00.example", times=25)
    counted(DEFERRED, "a@d00.example", times=3)
    providers = health("days").providers
    assert len(providers) == MOST_PROVIDERS + 1
    assert (providers[0].domain, providers[0].counts[DEFERRED]) == ("d00.example", 3)
    assert lost_share(providers[0].counts) == 0.2
    assert (providers[-1].domain, providers[-1].counts[DELIVERED]) == ("", sum(range(76, 81)))


def test_addresses_with_problems_are_masked_and_say_what_was_said(app, client, world):
    with unit_of_work():
        note_failure("reader@example.com", Failure(HARD, "550 5.1.1 <Reader@example.com>: unknown"))
        note_failure(world.bob.email, Failure(SOFT, "552 full"))
        note_complaint("other@example.net")
    sign_in(client, administrator())
    page = client.get(PAGE).text
    assert "r…@example.com" in page
    assert "reader@example.com" not in page.lower()
    assert "No such mailbox" in page
    assert "Failed lately" in page
    assert world.bob.name in page
    assert "Called our mail unwanted" in page


def test_an_address_can_be_tried_again_and_that_is_on_record(app, client):
    with unit_of_work():
        note_failure("reader@example.com", Failure(HARD, "550 unknown"))
    sign_in(client, administrator())
    page = client.get(PAGE)
    action = re.search(r'action="(/admin/deliveries/addresses/\w+/another-try)"', page.text).group(1)
    client.post(action, data=form_on(page, action))
    db.session.rollback()
    assert db.session.scalars(select(MailAddress)).all() == []
    assert "mail.address_tried_again" in db.session.scalars(select(AuditEntry.action)).all()


def test_subscriptions_that_are_ended_are_counted(app, world):
    with unit_of_work():
        subscriber = own_subscriber(world.bob)
        choose(subscriber, world.group, "daily")
        leave(subscriber)
        leave(subscriber)
    assert health("days").total[ENDED] == 1


def test_before_the_first_message_the_page_says_what_will_be_here(app, client):
    sign_in(client, administrator())
    page = client.get(PAGE).text
    assert "No mail left in this time" in page
    assert "No address has a problem" in page


def test_a_mailbox_that_cannot_be_read_is_said_to_be(app, client):
    from hub.inbox.polling import note_reading
    from tests.imap import mailbox_server
    from tests.inbox.messages import settings_with

    note_reading("OSError: no route")
    sign_in(client, administrator())
    with (
        mailbox_server() as server,
        settings_with(app, mail_in_address="hub+*@hub.example.org", mail_in_url=server.url),
    ):
        page = client.get(PAGE).text
    assert "The mailbox cannot be read" in page
    assert "no route" in page


def test_nobody_else_sees_how_mail_goes(app, client, world):
    assert client.get(PAGE).status_code == 404
    sign_in(client, world.ann)
    assert client.get(PAGE).status_code == 404
    assert client.post("/admin/deliveries/addresses/x/another-try").status_code in {400, 404}


def test_the_page_costs_the_same_however_much_was_sent(app, client):
    def cost() -> int:
        with queries() as spent:
            client.get(PAGE)
        return spent.count

    sign_in(client, administrator())
    for number in range(3):
        counted(DELIVERED, f"a@d{number}.example")
        with unit_of_work():
            note_failure(f"a{number}@example.org", Failure(HARD, "550 unknown"))
    three = cost()
    for number in range(3, 18):
        counted(DELIVERED, f"a@d{number}.example", days_ago=number)
        with unit_of_work():
            note_failure(f"a{number}@example.org", Failure(HARD, "550 unknown"))
    assert cost() == three <= 10


def test_an_address_is_masked_also_in_what_a_server_said():
    assert masked("a@example.org") == "a…@example.org"
    assert without_address("550 <A.B@Example.org> no", "a.b@example.org") == "550 <a…@example.org> no"
