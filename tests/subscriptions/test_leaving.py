"""Out with one click; and links that were mailed are made useless."""

from hub.accounts.actions import change_email
from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.subscriptions import links
from hub.subscriptions.actions import renew_links
from tests.digests.telling import again, asked, on, sent, subscribed, visitor
from tests.factories.people import sign_in

from .choosing import choices_path, frequencies, leave_path, link_in_mail


def test_one_click_leaves_without_a_session_and_a_look_changes_nothing(app, client, world, folder):
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
    message = folder.messages()[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message["List-Unsubscribe"].split(",")[0].strip(" <>").removeprefix("http://localhost")
    for method in (client.get, client.head):
        assert method(url).status_code == 200
    assert frequencies() == {"group-rims": "daily"}
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert frequencies() == {"group-rims": "never"}
    with on(22, 7):
        asked(world.as_cat, world.group)
        assert sent().subscribers == 0


def test_a_member_who_leaves_is_still_told_what_concerns_them(app, client, world):
    client.post(leave_path(subscribed(world.as_bob, world.group)))
    assert frequencies() == {"group-rims": "mentions"}


def test_who_left_by_mistake_chooses_again(app, client, world):
    subscriber = visitor(world.group)
    assert choices_path(subscriber) in client.post(leave_path(subscriber)).text
    client.submit(choices_path(subscriber), {"group-rims": "weekly"}, button="Keep these choices")
    assert frequencies() == {"group-rims": "weekly"}


def test_all_is_stopped_from_the_page_of_ones_mail(app, client, world):
    sign_in(client, world.dan)
    subscribed(world.as_dan, world.group)
    client.submit("/me/mail", button="Stop all digests")
    assert frequencies() == {"group-rims": "never"}


def test_a_link_is_no_good_when_it_is_changed_or_of_another_purpose(app, client, world):
    subscriber = visitor(world.group)
    leaving = links.leave_link(subscriber.token).rsplit("/", 1)[1]
    assert client.get(f"/mail/choices/{leaving}").status_code == 404
    assert client.get(f"/mail/leave/{leaving[:-1]}").status_code == 404
    assert client.get("/mail/leave/%00").status_code == 404


def test_new_links_make_all_earlier_ones_useless(app, client, world):
    sign_in(client, world.bob)
    subscriber = subscribed(world.as_bob, world.group)
    earlier = [choices_path(subscriber), leave_path(subscriber)]
    client.submit("/me/mail", button="Make new links")
    for path in earlier:
        assert client.get(path).status_code == 410
        assert client.post(path).status_code == 410
    assert "The newest message that you got" in client.get(earlier[0]).text
    assert frequencies() == {"group-rims": "daily"}


def test_links_that_went_to_an_earlier_address_open_nothing(app, client, world):
    """Others may read that mailbox by now."""
    subscriber = subscribed(world.as_bob, world.group)
    earlier = [choices_path(subscriber), leave_path(subscriber)]
    with unit_of_work():
        change_email(again(world.bob), "bob@new.example")
    drain()
    for path in earlier:
        page = client.get(path)
        assert (page.status_code, "bob@new.example" in page.text) == (410, False)
    page = client.get(choices_path(again(subscriber)))
    assert page.status_code == 200 and frequencies() == {"group-rims": "daily"}


def test_by_a_link_the_new_one_goes_to_the_address_and_not_to_who_holds_the_old(app, client, world, folder):
    earlier = choices_path(visitor(world.group))
    page = client.submit(earlier, button="Make new links")
    assert "We have mailed you a new one" in page.text
    assert "/mail/choices/" not in page.text
    assert client.get(earlier).status_code == 410
    drain()
    assert folder.messages()[0][1]["To"] == "visitor@example.org"
    assert client.get(link_in_mail(folder, "choices")).status_code == 200


def test_a_new_link_is_not_mailed_once_a_newer_one_was_made(app, client, world, folder):
    subscriber = visitor(world.group)
    client.submit(choices_path(subscriber), button="Make new links")
    with unit_of_work():
        renew_links(again(subscriber))
    drain()
    assert client.get(link_in_mail(folder, "choices")).status_code == 200
