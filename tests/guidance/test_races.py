"""Who edits or publishes at the same instant loses nothing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from hub.content.models import Item, Revision
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.guidance import actions
from hub.guidance.actions import Meanwhile
from tests.conftest import DATABASES

from .conftest import TEXT, held

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


def at_once(app, *deeds: Callable[[Item], object], item: Item) -> list[object]:
    """Each deed in a thread and a transaction of its own, begun together; what they gave or raised."""
    barrier, results = Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[Item], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    results[place] = deed(db.session.get_one(Item, item.id))
            except (Meanwhile, Refused) as problem:
                results[place] = problem

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_edits_of_different_lines_are_all_kept(app, world, page):
    at_once(
        app,
        lambda item: actions.revise(world.as_ann, item, source=TEXT.replace("First", "FIRST"), based_on=1),
        lambda item: actions.revise(world.as_bob, item, source=TEXT.replace("Second", "SECOND"), based_on=1),
        lambda item: actions.revise(world.as_cat, item, source=TEXT.replace("Third", "THIRD"), based_on=1),
        item=page,
    )
    newest = db.session.scalars(select(Revision.source).order_by(Revision.number.desc())).first()
    assert newest == TEXT.replace("First", "FIRST").replace("Second", "SECOND").replace("Third", "THIRD")
    assert held(page).newest_number == 4


def test_of_edits_of_one_line_one_is_kept_and_the_others_are_given_back(app, world, page):
    results = at_once(
        app,
        *(
            lambda item, actor=actor, word=word: actions.revise(
                actor, item, source=TEXT.replace("First", word), based_on=1
            )
            for actor, word in ((world.as_ann, "Ann's"), (world.as_bob, "Bob's"), (world.as_cat, "Cat's"))
        ),
        item=page,
    )
    refused = [result for result in results if isinstance(result, Meanwhile)]
    assert len(refused) == 2
    assert held(page).newest_number == 2
    for clash in refused:
        assert clash.theirs.source in [TEXT.replace("First", word) for word in ("Ann's", "Bob's", "Cat's")]


def test_an_edit_and_a_publication_at_once_leave_a_page_that_is_one_or_the_other(app, world, page):
    ahead = clock.now().date() + timedelta(days=30)
    at_once(
        app,
        lambda item: actions.revise(world.as_cat, item, source="Slipped in."),
        lambda item: actions.publish(world.as_ann, item, world.bob, ahead, number=1),
        item=page,
    )
    row = held(page)
    assert (row.published_number, row.newest_number) in {(1, 2), (None, 2)}
