"""A person's page shows what they wrote, to those who may read it."""

from hub.core.database import unit_of_work
from hub.questions.actions import answer
from tests.budget import queries
from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import actor_of, sign_in


def test_what_somebody_wrote_is_listed_where_it_may_be_read(app, client):
    public, hidden = group(), group(visibility="hidden")
    writer = member(member(None, public), hidden)
    asker = member(None, public)
    question(writer, public, "How long do we keep posts?")
    question(writer, hidden, "Whom do we dismiss?")
    asked = question(asker, public, "Who owns the account?")
    actor = actor_of(writer)
    with unit_of_work():
        answer(actor, asked, "The council does.")
    page = client.get(writer.path).text
    assert "How long do we keep posts?" in page and "Who owns the account?" in page
    assert "Whom do we dismiss?" not in page
    inside = sign_in(app.test_client(), member(None, hidden)).get(writer.path).text
    assert "Whom do we dismiss?" in inside


def test_a_persons_page_stays_within_its_budget(client):
    public = group()
    writer = member(None, public)
    counts = []
    for number in range(2):
        for each in range(3):
            question(writer, public, f"How long do we keep posts of kind {number} {each}?")
        with queries() as sent:
            client.get(writer.path)
        counts.append(sent.count)
    assert counts[0] == counts[1] <= 4, sent
