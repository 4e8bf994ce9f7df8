"""What a digest costs the database: the same for each subscriber, however many there are."""

from datetime import timedelta

import pytest

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.mail import SEND
from hub.digests import claiming
from hub.digests.claiming import A_LOT, claim_due
from tests.budget import Sent, queries
from tests.conftest import DATABASES
from tests.digests.telling import answered, asked, discussed, on, replied, subscribed
from tests.factories.groups import member
from tests.factories.people import actor_of

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

# Statements for one message, from taking up its job to keeping what the mail server answered. Five of them
# keep the pace of mail.
FOR_A_MESSAGE = 27


def _readers(world, number: int) -> None:
    with on(20):
        for _ in range(number):
            subscribed(actor_of(member(None, world.group)), world.group)


def _news(world) -> None:
    with on(20):
        answered(world.as_cat, asked(world.as_cat, world.group, "A canary sings?"))
        replied(world.as_cat, discussed(world.as_cat, world.group))
        drain()


def _claimed() -> Sent:
    with queries() as spent:
        assert {claim.outcome for claim in claim_due(clock.now())} == {"posted"}
    return spent


@both
def test_claims_of_a_lot_cost_what_one_costs(app, world):
    _readers(world, 1)
    _news(world)
    with on(21, 7):
        one = _claimed().count
        drain(kinds=[SEND])
    _readers(world, A_LOT - 1)
    _news(world)
    with on(22, 7):
        many = _claimed()
    assert many.count <= one + 3, many
    assert one <= 25


@both
def test_messages_cost_the_same_for_few_as_for_many(app, world, folder):
    def cost(day: int, readers: int) -> float:
        _news(world)
        with on(day, 7):
            _claimed()
            drain(1, kinds=[SEND])  # statements that are made once are made
            with queries() as spent:
                assert drain(kinds=[SEND]) == readers - 1
            db.session.rollback()
        return spent.count / (readers - 1)

    _readers(world, 4)
    few = cost(21, 4)
    _readers(world, 8)
    many = cost(22, 12)
    assert many <= few <= FOR_A_MESSAGE


@both
def test_a_failing_claim_takes_no_other_down(app, world, folder, monkeypatch):
    """One of a lot cannot be claimed: the others are, and it is tried again."""
    _readers(world, 3)
    _news(world)
    real, failing = claiming.next_due, []

    def fails_for_one(subscriber, frequency, at):
        failing[:] = failing or [subscriber.id]
        if subscriber.id == failing[0]:
            raise RuntimeError("its clock is broken")
        return real(subscriber, frequency, at)

    with on(21, 7):
        with monkeypatch.context() as patch:
            patch.setattr(claiming, "next_due", fails_for_one)
            assert sorted(claim.outcome for claim in claim_due(clock.now())) == [
                "not claimed",
                "posted",
                "posted",
            ]
        assert [claim.outcome for claim in claim_due(clock.now() + timedelta(minutes=15))] == ["posted"]
