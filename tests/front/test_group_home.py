"""A group's home shows the latest of what its reader may read, and how to begin what is missing."""

from tests.budget import queries
from tests.factories.content import discussion, question, topic
from tests.factories.groups import group, member
from tests.factories.people import sign_in


def test_a_groups_home_shows_its_latest(client):
    records, other = group(), group()
    writer = member(member(None, records), other)
    topic("Retention", records)
    question(writer, records, "How long do we keep posts?")
    discussion(writer, records, "Shared drives at the end")
    question(writer, other, "Somewhere else entirely")
    page = client.get(records.path).text
    assert "How long do we keep posts?" in page and "Shared drives at the end" in page
    assert f"{records.path}/questions?topic=retention" in page
    assert "Somewhere else entirely" not in page


def test_what_is_for_members_stays_with_them(client):
    listed = group(visibility="listed")
    writer = member(None, listed)
    question(writer, listed, "How long do we keep posts?")
    topic("Retention", listed)
    page = client.get(listed.path).text
    assert "How long do we keep posts?" not in page and "Retention" not in page
    assert "How long do we keep posts?" in sign_in(client, writer).get(listed.path).text


def test_an_empty_group_offers_its_members_to_begin(client):
    records = group()
    assert "Ask the first question" not in client.get(records.path).text
    page = sign_in(client, member(None, records)).get(records.path).text
    assert f'href="{records.path}/questions/new"' in page and "Ask the first question" in page


def test_a_groups_home_stays_within_its_budget(client):
    records = group()
    writer = member(None, records)
    counts = []
    for number in range(2):
        for each in range(3):
            question(writer, records, f"How long do we keep posts of kind {number} {each}?")
        with queries() as sent:
            sign_in(client, writer).get(records.path)
        counts.append(sent.count)
    assert counts[0] == counts[1] <= 10, sent
