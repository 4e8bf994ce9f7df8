"""What other systems are told, how they know that it is true, and what happens when nobody takes it."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.policy import OWNER
from hub.groups.models import Membership
from hub.webhooks import actions
from hub.webhooks.models import Webhook, WebhookDelivery
from hub.webhooks.rules import KINDS, MOST_OF_A_GROUP, PAUSES
from hub.webhooks.signing import headers
from hub.webhooks.tasks import forget
from tests.budget import queries
from tests.conftest import DATABASES
from tests.digests.telling import accepted, again, answered, asked, discussed, withdrawn
from tests.factories.content import form_on
from tests.factories.files import PDF, waiting
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of, sign_in
from tests.mail import the_mail

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def owner(world):
    """Ann owns the group."""
    with unit_of_work():
        db.session.scalars(
            select(Membership).where(
                Membership.person_id == world.ann.id, Membership.group_id == world.group.id
            )
        ).one().role = OWNER
    return actor_of(again(world.ann))


@pytest.fixture
def hook(owner, world, other):
    return _hook(owner, world.group, other)


def _hook(owner, group, other, **said) -> Webhook:
    with unit_of_work():
        return actions.set_up(
            owner,
            again(group),
            **{"name": "Our chat", "address": other.address, "kinds": list(KINDS), **said},
        )


def _membership(person) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.person_id == person.id)).one()


def _kept(webhook) -> Webhook:
    db.session.rollback()
    return db.session.get(Webhook, webhook.id, populate_existing=True)


def _log() -> list[WebhookDelivery]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(WebhookDelivery).order_by(WebhookDelivery.id).execution_options(populate_existing=True)
        )
    )


# What is told


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_what_happens_in_the_group_is_told_once_with_where_to_read_it(app, world, hook, other):
    item = asked(world.as_cat, world.group, "How long do we keep posts?", "We run one account.")
    accepted(world.as_cat, answered(world.as_bob, item, "Six years."))
    drain()
    drain()
    assert [message["type"] for message in other.messages] == [
        "question.published", "question.answered", "question.accepted",
    ]  # fmt: skip
    told = other.messages[1]["data"]
    assert told["item"] == {
        "kind": "question",
        "number": item.number,
        "title": "How long do we keep posts?",
        "url": f"http://localhost{again(item).path}",
    }
    assert told["post"]["author"] == again(world.bob).name
    assert told["post"]["excerpt"] == "Six years."
    assert [delivery.state for delivery in _log()] == ["taken"] * 3


def test_only_what_it_was_set_up_for_is_told(world, owner, other):
    _hook(owner, world.group, other, kinds=["guidance"])
    asked(world.as_cat, world.group)
    discussed(world.as_cat, world.group)
    asked(actor_of(member(world.cat, a_group("Elsewhere"))), again(world.group))
    drain()
    assert other.got == []


def test_files_are_named_with_where_they_are(client, world, hook, other):
    file = waiting(world.cat, "Plan.pdf")
    asked(world.as_cat, world.group, files=[again(file)])
    drain()
    (told,) = other.messages[0]["data"]["post"]["files"]
    assert (told["name"], told["type"], told["size"]) == ("Plan.pdf", "application/pdf", len(PDF))
    assert client.get(told["url"].removeprefix("http://localhost")).data == PDF


def test_a_group_that_is_not_open_tells_titles_only(world, hook, other):
    with unit_of_work():
        again(world.group).visibility = "listed"
    asked(world.as_cat, world.group, "A title", "A canary sings.", files=[again(waiting(world.cat))])
    drain()
    assert other.messages[0]["data"]["item"]["title"] == "A title"
    assert "plan.pdf" not in other.got[0][1].decode()
    assert "canary" not in other.got[0][1].decode()
    assert again(world.cat).name not in other.got[0][1].decode()


@pytest.mark.parametrize("hides", ["withdrawn", "moved away", "unpublished"])
def test_what_may_not_be_told_when_it_is_sent_is_not_sent(world, hook, other, hides):
    item = asked(world.as_cat, world.group)
    if hides == "withdrawn":
        withdrawn(world.as_ann, item)
    with unit_of_work():
        if hides == "moved away":
            again(item).group_id = a_group("Another", visibility="hidden").id
        if hides == "unpublished":
            again(item).published_at = None
    drain()
    assert [one for one in other.messages if one["type"] == "question.published"] == []
    assert _log()[0].state == "dropped"


def test_whoever_set_it_up_must_still_own_the_group(world, hook, other):
    with unit_of_work():
        db.session.scalars(
            select(Membership).where(Membership.person_id == world.ann.id)
        ).one().role = "member"
    asked(world.as_cat, world.group)
    drain()
    assert other.got == []
    assert _kept(hook).paused == "maker"
    drain()
    told = the_mail(again(world.ann).email).get_body(("plain",)).get_content()
    assert "Our chat" in told
    assert hook.token not in told  # nor where it is, which is the owners'


# How the other side knows


def test_a_message_is_signed_as_the_specification_says():
    """The example of the specification's own libraries."""
    made = headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made["Webhook-Signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_try_has_the_same_id_and_a_signature_of_its_very_bytes(world, hook, other):
    other.answers = 503
    with clock.at(NOON):
        asked(world.as_cat, world.group)
        drain()
    with clock.at(NOON + PAUSES[0]):
        drain()
    (first, body), (second, again_body) = other.got
    assert first["webhook-id"] == second["webhook-id"]
    assert second["webhook-timestamp"] == str(int((NOON + PAUSES[0]).timestamp()))
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    for sent, bytes_of_it in ((first, body), (second, again_body)):
        signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + bytes_of_it
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert sent["webhook-signature"] == f"v1,{made}"


# When nobody takes it


def test_it_is_tried_again_with_growing_pauses_until_it_is_taken(world, hook, other):
    other.answers = 500
    with clock.at(NOON):
        asked(world.as_cat, world.group)
        drain()
        drain()
        assert len(other.got) == 1
    moment = NOON
    for pause in PAUSES[:2]:
        moment += pause
        with clock.at(moment):
            drain()
    assert len(other.got) == 3
    other.answers = 204
    with clock.at(moment + PAUSES[2]):
        drain()
    assert (_log()[0].state, _log()[0].tries) == ("taken", 4)
    assert _kept(hook).failing_since is None


def test_it_is_paused_when_nothing_was_taken_for_three_days_and_its_owner_is_told(world, hook, other):
    other.answers = 500
    with clock.at(NOON):
        asked(world.as_cat, world.group)
        drain()
    with clock.at(NOON + timedelta(days=4)):
        drain()
        drain()
    assert _kept(hook).paused == "failing"
    assert the_mail(again(world.ann).email)["Subject"] == "The webhook “Our chat” is paused"
    with clock.at(NOON + timedelta(days=4)):
        asked(world.as_cat, world.group, "Another?")
        drain()
    assert len(other.got) == 2


def test_an_address_that_says_it_is_gone_is_asked_no_more(world, hook, other):
    other.answers = 410
    asked(world.as_cat, world.group)
    drain()
    assert _kept(hook).paused == "gone"
    assert _log()[0].state == "failed"


def test_a_redirect_is_not_followed(world, hook, other):
    other.answers = 302
    asked(world.as_cat, world.group)
    drain()
    assert len(other.got) == 1
    assert (_log()[0].state, _log()[0].status) == ("waiting", 302)


@pytest.mark.parametrize("address", ["https://127.0.0.1/", "https://10.0.0.1/x", "https://[::1]/"])
def test_what_only_this_network_reaches_is_never_asked(world, hook, other, address):
    with unit_of_work():
        again(hook).address = address  # judged when it was typed; names may lead elsewhere later
    asked(world.as_cat, world.group)
    drain()
    assert "public internet" in _log()[0].problem
    assert other.got == []


def test_with_fetching_switched_off_nothing_is_sent(app, world, hook, other, monkeypatch):
    settings = app.extensions["settings"].model_copy(update={"fetching": "off"})
    monkeypatch.setitem(app.extensions, "settings", settings)
    asked(world.as_cat, world.group)
    drain()
    assert other.got == []
    assert "switched off" in _log()[0].problem


def test_the_log_is_forgotten_after_a_month(world, hook, other):
    with clock.at(NOON):
        asked(world.as_cat, world.group)
        drain()
    with clock.at(NOON + timedelta(days=29)), unit_of_work():
        forget()
    assert len(_log()) == 1
    with clock.at(NOON + timedelta(days=31)), unit_of_work():
        forget()
    assert _log() == []


# Its pages


def _submit(client, page, action="", **fields):
    shown = client.get(page)
    return client.post(action or page, data={**form_on(shown, action or page), **fields})


def test_an_owner_sets_one_up_tests_it_and_sees_what_came_of_it(client, world, owner, other):
    sign_in(client, world.ann)
    assert f"{world.group.path}/webhooks" in client.get(f"{world.group.path}/settings").text
    page = f"{world.group.path}/webhooks/new"
    answer = _submit(client, page, name="Our chat", address=other.address, kinds=["question"])
    assert answer.status_code == 303
    one = answer.headers["Location"]
    assert "whsec_" in client.get(one).text
    _submit(client, one, f"{one}/test")
    drain()
    assert other.messages[0]["type"] == "hub.test"
    assert "Taken" in client.get(one).text
    secret = db.session.scalars(select(Webhook.secret)).one()
    _submit(client, one, f"{one}/secret")
    assert secret not in client.get(one).text
    _submit(client, one, f"{one}/pause")
    assert "An owner paused it" in client.get(one).text
    _submit(client, one, f"{one}/work")
    assert _submit(client, f"{one}/removal").status_code == 303
    assert client.get(one).status_code == 404


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://example.org/hook", "must begin with https://"),
        ("https://192.168.0.1/hook", "If it is your own, an administrator can allow it"),
        ("https://user:secret@example.org/", "user name or a password"),
        ("https://example.org:8443/", "usual ports"),
        ("nonsense", "must begin with https://"),
    ],
)
def test_a_bad_address_is_refused_beside_the_field_and_kept(client, world, owner, address, says):
    sign_in(client, world.ann)
    page = f"{world.group.path}/webhooks/new"
    answer = _submit(client, page, name="Our chat", address=address, kinds=["question"])
    assert answer.status_code == 422
    assert says in answer.text
    assert address in answer.text


def test_a_group_has_so_many_at_most(client, world, owner, other):
    for number in range(MOST_OF_A_GROUP):
        _hook(owner, world.group, other, name=f"Number {number}")
    sign_in(client, world.ann)
    page = f"{world.group.path}/webhooks/new"
    answer = _submit(client, page, name="One more", address=other.address, kinds=["question"])
    assert answer.status_code == 422
    assert "10 webhooks at most" in answer.text


def test_nobody_but_owners_sees_them(client, world, hook):
    for person in (None, world.bob, world.dan):
        if person is not None:
            sign_in(client, person)
        for page in (f"{world.group.path}/webhooks", f"{world.group.path}/webhooks/new", hook.path):
            assert client.get(page).status_code == 404, page


def test_pages_cost_the_same_for_many(client, world, owner, other):
    sign_in(client, world.ann)
    hook = _hook(owner, world.group, other)

    def cost(page: str) -> int:
        with queries() as spent:
            assert client.get(page).status_code == 200
        return spent.count

    pages = (f"{world.group.path}/webhooks", hook.path)
    few = [cost(page) for page in pages]
    for number in range(5):
        _hook(owner, world.group, other, name=str(number))
    with unit_of_work():
        for _ in range(25):
            actions.send_test(again(hook))
    assert [cost(page) for page in pages] == few
    assert max(few) <= 14
