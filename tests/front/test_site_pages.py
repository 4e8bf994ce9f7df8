"""The pages at the foot of every page: there from the start, marked until somebody makes them true."""

import pytest

from hub.front.site_pages import TITLES
from tests.factories.content import form_on
from tests.factories.people import administrator, person, sign_in

SAVE = {"source": "## Who we are\n\nStrathlennan Council.", "complete": "y"}


def save(client, name="privacy", **changed):
    """Send the form as the page shows it."""
    tokens = form_on(client.get(f"/about/{name}/edit"))
    return client.post(f"/about/{name}/edit", data={**tokens, **SAVE, **changed})


@pytest.mark.parametrize("name", TITLES)
def test_each_page_is_there_for_anybody_and_says_that_it_is_not_complete(client, name):
    page = client.get(f"/about/{name}")
    assert page.status_code == 200
    assert "This page is not complete" in page.text


@pytest.mark.parametrize("name", TITLES)
def test_the_foot_of_every_page_leads_to_it(client, name):
    assert f'href="/about/{name}"' in client.get("/").text


def test_an_administrator_is_warned_until_all_are_complete(client):
    sign_in(client, administrator())
    assert "are not completed" in client.get("/").text
    for name in TITLES:
        assert save(client, name).status_code == 303
    assert "are not completed" not in client.get("/").text


def test_nobody_else_is_warned(client):
    assert "are not completed" not in client.get("/").text
    assert "are not completed" not in sign_in(client, person()).get("/").text


def test_what_an_administrator_writes_is_read_by_all_and_is_safe(app, client):
    sign_in(client, administrator())
    save(client, source="## Who we are\n\n<script>alert(1)</script>")
    page = app.test_client().get("/about/privacy").text
    assert "Who we are</h" in page
    assert "<script>alert" not in page
    assert "This page is not complete" not in page


def test_a_page_saved_unfinished_stays_marked(client):
    sign_in(client, administrator())
    save(client, complete="")
    assert "This page is not complete" in client.get("/about/privacy").text


def test_an_empty_page_is_refused_beside_the_field(client):
    sign_in(client, administrator())
    answer = save(client, source="")
    assert answer.status_code == 422
    assert "Write the text of this page." in answer.text


@pytest.mark.parametrize("path", ["/about/edit", "/about/privacy/edit", "/gallery"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_only_administrators_reach_what_is_theirs(client, path, signed_in):
    if signed_in:
        sign_in(client, person())
    assert client.get(path).status_code == 404


def test_an_unknown_page_is_not_there(client):
    assert client.get("/about/nonsense").status_code == 404


def test_the_gallery_shows_every_component(client):
    assert "Gallery of components" in sign_in(client, administrator()).get("/gallery").text


@pytest.mark.parametrize("name", ["privacy", "terms", "complaints", "accessibility"])
def test_the_texts_that_come_with_the_hub_do_not_break_within_a_sentence(client, name):
    assert "<br" not in client.get(f"/about/{name}").text
