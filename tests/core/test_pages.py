"""What templates are given to say things with."""

import re

from hub.core.pages import handle


def test_a_handle_of_the_federated_web_breaks_where_people_would_break_it():
    assert handle("council@social.example.org") == "@council<wbr>@social.<wbr>example.<wbr>org"
    assert handle("strathtay") == "@strathtay"


def test_nothing_in_a_handle_is_taken_for_markup():
    assert handle("a<b@c<d.example") == "@a&lt;b<wbr>@c&lt;d.<wbr>example"


def test_forms_are_taken_over_https_from_pages_that_send_no_referrer(client):
    """Mailed links lead to such pages: none may fail because of what the browser keeps back."""
    secure = {"base_url": "https://localhost"}
    page = client.get("/register", **secure)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    assert client.post("/register", data={"csrf_token": token}, **secure).status_code == 422
    assert client.post("/register", data={"csrf_token": "another"}, **secure).status_code == 400
