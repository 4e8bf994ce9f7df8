"""What is made for one reader serves the next, and tells them nothing that is not theirs: what may be told is
asked for each, at the moment of sending."""

import pytest
from sqlalchemy import delete

from hub.content import actions as content
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.core.fragments import fragments
from hub.core.mail import SEND
from hub.digests.claiming import claim_due
from hub.groups.models import Membership
from tests.digests.telling import again, answered, asked, digest_of, on, subscribed, withdrawn
from tests.factories.groups import member
from tests.factories.people import actor_of, person


@pytest.fixture
def readers(world):
    """Two members of the same group, and nothing else."""
    with on(20):
        found = [member(person(), world.group) for _ in range(2)]
        for one in found:
            subscribed(actor_of(one), world.group)
    return found


def _told_each(folder, readers, change) -> list[str]:
    """What each is told, where `change` happens between the two messages; empty when it is nothing."""
    with on(21, 7):
        drain()
        assert [claim.outcome for claim in claim_due(clock.now())] == ["posted"] * 2
        drain(1, kinds=[SEND])
        change()
        drain(kinds=[SEND])
    sent = {message["To"] for _token, message in folder.messages() if message["List-Id"]}
    return [digest_of(folder, one.email)[0] if one.email in sent else "" for one in readers]


def test_two_who_may_see_the_same_are_told_the_same_words(app, world, folder, readers):
    with on(20):
        asked(world.as_cat, world.group, "A canary sings?")
    first, second = _told_each(folder, readers, lambda: None)
    assert "A canary sings?" in first
    assert "A canary sings?" in second
    assert first != second  # their links are their own


def test_what_is_withdrawn_between_two_messages_is_not_in_the_second(app, world, folder, readers):
    with on(20):
        item = asked(world.as_cat, world.group, "A canary sings?")
        asked(world.as_cat, world.group, "A wren sings?")
    first, second = _told_each(folder, readers, lambda: withdrawn(world.as_ann, item))
    assert "canary" in first
    assert "canary" not in second
    assert "wren" in second


def test_what_is_written_anew_between_two_messages_is_new_in_the_second(app, world, folder, readers):
    with on(20):
        post = answered(world.as_cat, asked(world.as_cat, world.group, "Who sings?"), "A canary.")

    def corrected():
        with unit_of_work():
            content.edit_post(world.as_cat, again(post), "A wren.")

    first, second = _told_each(folder, readers, corrected)
    assert "A canary." in first
    assert "A wren." in second
    assert "canary" not in second


def test_who_is_removed_between_two_messages_is_told_nothing(app, world, folder, readers):
    with unit_of_work():
        again(world.group).visibility = "listed"
    with on(20):
        asked(world.as_cat, world.group, "A canary sings?")

    def removed():
        with unit_of_work() as session:
            session.execute(delete(Membership).where(Membership.person_id == readers[1].id))

    first, second = _told_each(folder, readers, removed)
    assert "canary" in first
    assert second == ""


def test_what_concerns_one_of_them_is_told_as_theirs_to_them_alone(app, world, folder, readers):
    with on(20):
        item = asked(world.as_cat, world.group, "Who knows?")
        answered(world.as_ann, item, f"Ask @{readers[0].handle}.")
    first, second = _told_each(folder, readers, lambda: None)
    assert "Where you are mentioned" in first
    assert "Where you are mentioned" not in second


def test_what_is_kept_is_found_by_what_it_says_alone(app, world, folder, readers):
    """Nothing that was kept names a reader."""
    with on(20):
        asked(world.as_cat, world.group, "A canary sings?")
    _told_each(folder, readers, lambda: None)
    kept = [repr(key) + str(made) for key, (made, _size) in fragments._kept.items() if key[0] == "digest"]
    assert kept
    for one in readers:
        assert not any(one.email in text or one.handle in text for text in kept)
