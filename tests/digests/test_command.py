"""`hub digest send`: what is due at a time goes out, once, and the exit status says whether all went well."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from hub import cli
from hub.core import mail_sending
from hub.core.delivery import NotAccepted, Unknown
from tests.digests.telling import asked, on, subscribed, visitor

NOTHING = {
    "subscribers": 0,
    "sent": 0,
    "empty": 0,
    "waiting": 0,
    "uncertain": 0,
    "failed": 0,
    "passed_over": 0,
}


@pytest.fixture
def hub(app, monkeypatch):
    """Runs `hub` with these words."""
    monkeypatch.setattr(cli, "_create_app", lambda: app)

    def run(*words):
        return CliRunner().invoke(cli.main, words)

    return run


@pytest.fixture
def due(world, folder):
    """Bob's digest falls due on the 21st at seven."""
    with on(20):
        subscribed(world.as_bob, world.group)
        asked(world.as_cat, world.group, "Which canaries do we keep?")
        yield


def test_what_is_due_at_a_time_is_sent_and_counted(hub, due, folder, world):
    done = hub("digest", "send", "--at", "2026-11-21T07:00", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {**NOTHING, "subscribers": 1, "sent": 1}
    ((_token, message),) = folder.messages()
    assert (message["To"], message["Subject"]) == (world.bob.email, "1 question in Records")


def test_running_it_twice_sends_nothing_twice(hub, due, folder):
    for expected in ({**NOTHING, "subscribers": 1, "sent": 1}, NOTHING):
        done = hub("digest", "send", "--at", "2026-11-21T09:30:00+00:00", "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (0, expected)
    assert len(folder.messages()) == 1


def test_before_it_is_due_nothing_goes_out(hub, due, folder):
    for early in ("2026-11-21T06:59", "2026-11-21T08:59+02:00"):  # the same moment
        done = hub("digest", "send", "--at", early, "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (0, NOTHING)
    assert folder.messages() == []


def test_without_a_time_it_is_now(hub, due, folder):
    assert "0 subscriber(s) were due" in hub("digest", "send").output
    with on(21, 7):
        assert "1 subscriber(s) were due: 1 sent, 0 had nothing new." in hub("digest", "send").output
    assert len(folder.messages()) == 1


def test_who_has_nothing_new_gets_nothing_and_that_is_well(hub, world, folder):
    with on(20):
        visitor(world.group)
        done = hub("digest", "send", "--at", "2026-11-21T07:00", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {**NOTHING, "subscribers": 1, "empty": 1})
    assert folder.messages() == []


class Answers:
    """A mail server that answers so to each message."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def connect(self) -> None:
        pass

    def deliver(self, _message, about_to) -> bool:
        if isinstance(self.problem, Unknown):
            assert about_to()
        raise self.problem


@pytest.mark.parametrize(
    "answer",
    [
        (NotAccepted("not now", permanent=False), "waiting", "1 wait for the mail server"),
        (NotAccepted("never", permanent=True), "failed", "1 failed: see /admin/deliveries"),
        (Unknown("broke"), "uncertain", "1 are uncertain: see /admin/deliveries"),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_when_not_all_went_well_the_exit_status_says_so(hub, due, monkeypatch, answer, as_json):
    problem, outcome, words = answer
    monkeypatch.setattr(mail_sending, "delivery", lambda _app: Answers(problem))
    done = hub("digest", "send", "--at", "2026-11-21T07:00", *(["--json"] if as_json else []))
    assert done.exit_code == 1
    if as_json:
        counted = next(line for line in done.stdout.splitlines() if line.startswith('{"subscribers"'))
        assert json.loads(counted) == {**NOTHING, "subscribers": 1, outcome: 1}
    else:
        assert words in done.stdout


@pytest.mark.parametrize("written", ["tomorrow", "2026-13-01", ""])
def test_a_time_that_is_none_is_refused_with_how_to_write_it(hub, due, folder, written):
    done = hub("digest", "send", "--at", written)
    assert done.exit_code == 2
    assert "write it like 2026-11-23T07:00" in done.output
    assert folder.messages() == []


def test_how_far_it_is_is_told_beside_the_result(hub, due, folder):
    done = hub("digest", "send", "--at", "2026-11-21T07:00")
    assert "1 of 1 done" in done.stderr
    assert "1 of 1 done" not in done.stdout


def test_more_than_the_pace_allows_is_waited_for(hub, app, world, folder, monkeypatch):
    pace = app.extensions["settings"].model_copy(update={"mail_per_minute_to_a_domain": 600})
    monkeypatch.setitem(app.extensions, "settings", pace)
    monkeypatch.setattr("hub.core.pacing.AT_ONCE", timedelta(seconds=0.1))
    for number in range(4):
        visitor(world.group, address=f"v{number}@example.org")
    asked(world.as_cat, world.group)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT08:30")
    done = hub("digest", "send", "--at", tomorrow, "--json")
    assert json.loads(done.stdout) == {**NOTHING, "subscribers": 4, "sent": 4}
