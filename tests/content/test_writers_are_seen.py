"""A page about whoever wrote something opens to whoever reads it, and to nobody by that alone else."""

from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import person


def test_a_visitor_sees_who_wrote_what_is_open_to_all(client):
    public = group()
    writer, silent = member(None, public), member(None, public)
    question(writer, public)
    assert client.get(writer.path).status_code == 200
    assert client.get(silent.path).status_code == 404


def test_who_wrote_where_one_cannot_read_is_not_shown(client):
    hidden = group(visibility="hidden")
    writer = member(person(), hidden)
    question(writer, hidden)
    assert client.get(writer.path).status_code == 404
