"""What browsers and proxies may keep: open pages with a validator, personal ones not at all."""

from tests.factories.people import person, sign_in


def test_an_open_page_carries_a_validator_and_is_not_sent_twice(client):
    first = client.get("/about/terms")
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in first.headers["Vary"]
    again = client.get("/about/terms", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_changed_page_is_sent_again(client):
    answer = client.get("/about/terms", headers={"If-None-Match": '"another"'})
    assert answer.status_code == 200
    assert answer.data


def test_a_personal_page_is_stored_nowhere(client):
    page = sign_in(client, person()).get("/about/terms")
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers


def test_a_page_with_a_visitors_form_is_stored_nowhere(client):
    assert client.get("/appearance").headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept_for_good(client):
    assert "max-age=31536000" in client.get("/static/css/tokens.css").headers["Cache-Control"]
