"""When something goes wrong the hub says so in plain English, and gives back what was typed."""

import pytest
from flask import render_template

from hub.core.errors import OWN_PAGE


def test_an_unknown_address_offers_a_visitor_to_sign_in(client):
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "There is no such page, or it is not open to you" in page.text
    assert 'href="/sign-in?next=/nowhere"' in page.text


def test_what_was_typed_is_given_back_but_no_secret(client):
    page = client.post("/nowhere", data={"text": "My <b>long</b> answer", "password": "hunter2"})
    assert page.status_code == 400
    assert "My &lt;b&gt;long&lt;/b&gt; answer" in page.text
    assert "hunter2" not in page.text


@pytest.mark.parametrize("status", sorted(OWN_PAGE))
def test_every_error_page_parses_and_says_what_to_do(app, client, status):
    with app.test_request_context("/"):
        page = render_template(f"errors/{status}.html", typed=[("text", "kept")], status=status)
    assert "<h1>" in page
    assert "kept" in page


@pytest.mark.parametrize("address", ["/sign-in", "/collections/bcdfghjkmnpq/import"])
def test_more_than_the_hub_takes_is_refused_in_plain_words(app, client, address, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000)
    page = client.post(address, data={"text": "x" * 2_000})
    assert page.status_code == 413
    assert "That is larger than the hub takes" in page.text
    assert "The hub takes files of up to 2,048 MB." in page.text


def test_a_page_for_when_the_session_ended_sends_what_was_typed_again(app):
    with app.test_request_context("/groups/x/questions?a=1", method="POST"):
        page = render_template("errors/expired.html", typed=[("text", "line one\nline two")])
    assert 'action="/groups/x/questions?a=1"' in page
    assert "line one\nline two</textarea>" in page
    assert 'name="csrf_token"' in page


def test_a_failure_page_asks_nothing_of_the_database(app):
    assert "site" not in (app.jinja_env.loader.get_source(app.jinja_env, "errors/_bare.html")[0])
