"""Files in a real browser: with the keyboard, by axe, on the narrowest screen; with scripts and without."""

import pytest

from hub.content.actions import edit_post
from hub.content.files.hanging import FileChange
from hub.content.models import Item
from hub.content.queries import opening_post
from hub.core.database import unit_of_work
from tests.factories.content import discussion, fresh
from tests.factories.files import PDF, picture, waiting
from tests.factories.people import actor_of, sign_in
from tests.house.conftest import HOST, browse
from tests.looking import NARROWEST, barriers, too_wide

__all__ = ["browse"]


@pytest.fixture
def talk(place) -> Item:
    """A post with files, and others that wait for Ann's reply; names are as long as people make them."""
    made = discussion(place.ann, place.group)
    named = [
        waiting(place.ann, f"{'A-plan-of-everything-' * 5}.pdf"),
        waiting(place.ann, "bridge.png", picture(size=(2000, 900))),
    ]
    with unit_of_work():
        edit_post(
            actor_of(place.ann), opening_post(made), "Words", files=FileChange(tuple(map(fresh, named)))
        )
    waiting(place.ann, "notes.txt", b"Words", f"{made.path}/replies")
    waiting(place.ann, "tower.png", picture(size=(20, 900)), f"{made.path}/replies")
    return made


CHOSEN = [
    {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF},
    {"name": "map.png", "mimeType": "image/png", "buffer": picture()},
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_post_with_files_and_the_box_to_add_them_have_no_barriers_and_fit(
    client, browse, place, talk, scheme
):
    page = browse(sign_in(client, place.ann), talk.path, scheme=scheme, width=NARROWEST)
    page.set_input_files("#files", CHOSEN)
    assert page.locator(".files-held").count() == 2
    assert barriers(page, colours_only=scheme == "dark") == "" and too_wide(page) == []
    page.goto(f"{HOST}{talk.path}/posts/1/edit")
    assert barriers(page, colours_only=scheme == "dark") == "" and too_wide(page) == []
    client.delete_cookie("session")
    page.goto(HOST + talk.path)
    assert page.locator(".file-picture img").evaluate("image => image.decode().then(() => image.width)") > 100
    assert barriers(page, colours_only=scheme == "dark") == "" and page.strangers == []


def test_without_scripts_files_can_be_chosen(client, browse, place, talk):
    page = browse(sign_in(client, place.ann), talk.path, scripts=False)
    page.set_input_files("#files", CHOSEN)
    assert page.locator("input[type=file]").is_visible()
