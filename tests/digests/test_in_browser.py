"""The pages of digests, and the page on which moderators write a note and look at a preview, in a browser."""

import pytest

from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.digests.actions import write_note
from tests.digests.telling import accepted, again, answered, asked, discussed, on, replied, sent, subscribed
from tests.factories.content import form_on
from tests.factories.people import sign_in
from tests.house.conftest import HOST, browse  # noqa: F401
from tests.looking import NARROWEST, barriers, too_wide

LONG = "Which of the posts that our many channels brought in during the winter storms do we keep"


@pytest.fixture
def pages(client, world, folder):
    """Ann moderates, and was sent a digest with everything in it; where its pages are."""
    with on(20):
        subscribed(world.as_ann, world.group)
        with unit_of_work():
            write_note(
                world.as_ann,
                again(world.group),
                "Our next **meeting** is in *Perth*: see <https://example.org/>",
            )
        item = asked(world.as_cat, world.group, f"{LONG}, and for how long?", "We run one account. " * 20)
        accepted(world.as_cat, answered(world.as_bob, item, "Six years, in our schedule."))
        replied(world.as_bob, discussed(world.as_cat, world.group), "w" * 120)
        for number in range(18):
            asked(world.as_cat, world.group, f"Question {number}?")
    with on(21, 7):
        sent()
    sign_in(client, world.ann)
    drain()
    (token,) = {
        part.split('"')[0] for part in client.get("/me/mail/digests").text.split("/me/mail/digests/")[1:]
    }
    digest = f"/me/mail/digests/{token}"
    return [
        "/me/mail/digests",
        digest,
        f"{digest}?more=waiting-{world.group.slug}",
        f"{world.group.path}/digest-note",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_have_no_barriers_and_fit(client, world, pages, browse, scheme):  # noqa: F811
    page = browse(client, pages[0], scheme=scheme, width=NARROWEST)
    for path in pages:
        page.goto(HOST + path)
        assert barriers(page, colours_only=scheme == "dark") == ""
        assert too_wide(page) == [], path
    fields = form_on(client.get(pages[-1]), pages[-1]) | {
        "text": "A word to all.",
        "member": world.ann.handle,
    }
    page.set_content(client.post(pages[-1], data={**fields, "days": 7, "preview": 1}).text)
    assert page.get_by_role("heading", name="As Ann would see it").is_visible()
    assert barriers(page, colours_only=scheme == "dark") == ""
    assert too_wide(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_message_fits_a_phone_whatever_words_it_holds(client, world, folder, browse, scheme):  # noqa: F811
    with on(20):
        subscribed(world.as_ann, world.group)
        with unit_of_work():
            write_note(world.as_ann, again(world.group), f"See {'n' * 120}\n\n```\n{'line ' * 40}\n```")
        asked(world.as_cat, world.group, f"Why {'q' * 120}?", "w" * 200)
        replied(world.as_bob, discussed(world.as_cat, world.group), "r" * 200)
    with on(21, 7):
        sent()
    (message,) = [one for _token, one in folder.messages() if one["To"] == world.ann.email]
    page = browse(client, "/", scheme=scheme, width=NARROWEST)
    page.goto("about:blank")  # the site's pages allow no styles within elements
    page.set_content(message.get_body(("html",)).get_content())
    assert "n" * 120 in page.inner_text("body")
    assert too_wide(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
