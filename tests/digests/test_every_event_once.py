"""For any activity, choices, clocks and runs: what a subscriber may see is told exactly once, at once or in a
digest."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.core import mail_sending
from tests.conftest import DATABASES
from tests.digests.listening import Line
from tests.digests.month import ITEMS, SEARCH, Month

ZONES = ("Europe/London", "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu")

ANY_ITEM = st.integers(0, len(ITEMS))
AN_ITEM = st.integers(0, len(ITEMS) - 1)
A_GROUP = st.integers(0, 1)

CHOSEN = st.tuples(*[st.sampled_from(["daily", "weekly", "at_once", "never"])] * 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), ANY_ITEM),
        st.tuples(st.just("happens"), AN_ITEM),
        st.tuples(st.sampled_from(["is late", "is found right", "I write"]), ANY_ITEM),
        st.tuples(st.just("hours"), st.integers(1, 200)),
        st.tuples(st.sampled_from(["run", "works"]), st.just(0)),
        st.tuples(st.sampled_from(["hides", "shows", "joins", "leaves", "somebody joins"]), A_GROUP),
        st.tuples(st.sampled_from(["withdraws", "restores"]), AN_ITEM),
        st.tuples(
            st.sampled_from(["at once", "at once", "daily", "weekly", "never"]), st.integers(0, SEARCH)
        ),
        st.tuples(st.just("away"), st.integers(1, 14)),
        st.tuples(st.just("hour"), st.integers(0, 23)),
        st.tuples(st.just("separate"), st.integers(0, 1)),
        st.tuples(st.just("line"), st.integers(0, 2)),
    ),
    min_size=5,
    max_size=40,
)

# In the end all is in sight, something happens in both groups, everybody is back, and mail goes.
END = [
    ("line", 0),
    ("shows", 0),
    ("shows", 1),
    *(("restores", number) for number in range(len(ITEMS))),
    ("happens", 0),
    ("happens", 3),
    ("works", 0),
    ("hours", 25 * 24),
    ("run", 0),
]


@pytest.mark.parametrize("app", DATABASES, indirect=True)
@pytest.mark.parametrize(
    "examples", [pytest.param(4, id="a-few"), pytest.param(60, id="many", marks=pytest.mark.soak)]
)
def test_every_visible_event_is_told_exactly_once(app, folder, examples):
    @settings(
        phases=[Phase.explicit, Phase.generate],  # a failing month is short enough to be read as it is
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(steps=STEPS, chosen=CHOSEN, zone=st.sampled_from(ZONES), is_member=st.booleans())
    def holds(steps, chosen, zone, is_member):
        line = Line(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mail_sending, "delivery", lambda _app: line)
            month = Month(zone, line, chosen, is_member=is_member)
            month.listener.listen(patch)
            for step, number in (*steps, *END):
                month.take(step, number)
        Month.ended = month.now
        outcome = month.outcome()
        assert sorted(outcome.told) == sorted(set(outcome.told)), "told twice"
        assert outcome.must <= set(outcome.told), "never told"
        assert set(outcome.told) <= outcome.may, "told though they did not ask for it"

    holds()
