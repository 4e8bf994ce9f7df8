"""The pages of webhooks in a browser: no barriers with all unfolded, and on the narrowest screen."""

from datetime import timedelta

import pytest

from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.webhooks import actions
from hub.webhooks.models import FAILED, TAKEN, WAITING, WebhookDelivery
from hub.webhooks.rules import KINDS
from tests.digests.telling import again
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of, sign_in
from tests.house.conftest import HOST, browse  # noqa: F401
from tests.looking import NARROWEST, barriers, too_wide

UNFOLD = "all => all.forEach(one => { one.open = true })"
# (what became of it, tries, what was answered, what went wrong)
LOGGED = (
    (TAKEN, 1, 204, ""),
    (TAKEN, 3, 200, ""),
    (FAILED, 9, 500, ""),
    (WAITING, 2, None, "chat.example.org did not answer within 20 seconds."),
    (WAITING, 0, None, ""),
)


@pytest.fixture
def pages(client, world):
    """Of three webhooks: one at work with a log, one that is not taken, one that is paused."""
    owned = a_group("Records and information management Scotland", slug="records")
    owner = actor_of(member(world.ann, owned, "owner"))
    with unit_of_work():
        name = "The register of questions that the archive of the islands keeps"
        hooks = [_hook(owner, again(owned), each) for each in ("Our chat", name, "An old dashboard")]
        for number, (state, tries, status, problem) in enumerate(LOGGED):
            db.session.add(
                WebhookDelivery(
                    webhook_id=hooks[0].id,
                    kind="question.published",
                    state=state,
                    tries=tries,
                    status=status,
                    problem=problem,
                    created_at=clock.now() - timedelta(hours=number),
                )
            )
        hooks[1].failing_since = clock.now()
        actions.pause(owner, hooks[2])
        paths = [hook.path for hook in hooks]
    sign_in(client, world.ann)
    lists = [f"{owned.path}/webhooks", f"{owned.path}/webhooks/new", f"{owned.path}/settings"]
    return [*lists, paths[0], paths[2], f"{paths[0]}/removal"]


def _hook(owner, group, name: str):
    address = "https://chat.example.org/hooks/incoming/" + "a1b2c3" * 20
    return actions.set_up(owner, group, name, address, list(KINDS))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_have_no_barriers_and_fit(client, pages, browse, scheme):  # noqa: F811
    page = browse(client, pages[0], scheme=scheme, width=NARROWEST)
    for path in pages:
        page.goto(HOST + path)
        page.eval_on_selector_all("main details", UNFOLD)
        assert barriers(page, colours_only=scheme == "dark") == ""
        assert too_wide(page) == [], path
