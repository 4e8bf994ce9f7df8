"""What templates are given to say things with."""

from hub.core.pages import handle


def test_a_handle_of_the_federated_web_breaks_where_people_would_break_it():
    assert handle("council@social.example.org") == "@council<wbr>@social.<wbr>example.<wbr>org"
    assert handle("strathtay") == "@strathtay"


def test_nothing_in_a_handle_is_taken_for_markup():
    assert handle("a<b@c<d.example") == "@a&lt;b<wbr>@c&lt;d.<wbr>example"
