"""Files of posts are named in mail to many, with their size and a link; never attached."""

from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.discussions.actions import reply
from hub.groups.models import Group
from hub.questions.actions import ask_question
from tests.digests.telling import again, discussed, on, sent, subscribed
from tests.factories.files import picture, waiting
from tests.factories.people import actor_of
from tests.instants.story import at_once


def _ask_with_files(world) -> None:
    plan, bridge = waiting(world.cat, "Plan.pdf"), waiting(world.cat, "bridge.png", picture())
    talk = discussed(world.as_cat, world.group)
    notes = waiting(world.cat, "notes.txt", b"Words")
    with unit_of_work():
        ask_question(
            world.as_cat, again(world.group), "How long?", "See the plan.", files=[again(plan), again(bridge)]
        )
        reply(world.as_cat, again(talk), "See my notes.", files=[again(notes)])


def _bodies(message) -> tuple[str, str]:
    assert not list(message.iter_attachments())
    return tuple(message.get_body((kind,)).get_content() for kind in ("plain", "html"))


def test_a_digest_names_files_with_size_and_link(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        _ask_with_files(world)
    with on(21, 7):
        sent()
    for body in _bodies(folder.messages()[0][1]):
        assert "Plan.pdf" in body and "(PDF, " in body and "notes.txt" in body
        assert "bridge.png" in body and "What it shows" in body
        assert body.count("/questions/2/files/") == 2 and body.count("/files/") == 3


def test_what_is_mailed_at_once_names_them_too(app, world, folder):
    at_once(actor_of(world.bob), world.group)
    _ask_with_files(world)
    drain()
    asked = next(message for _token, message in folder.messages() if "How long?" in message["Subject"])
    for body in _bodies(asked):
        assert "Plan.pdf" in body and "(PDF, " in body and body.count("/questions/2/files/") == 2


def test_of_a_group_whose_words_are_not_mailed_no_file_is_named(app, world, folder):
    with unit_of_work():
        db.session.get_one(Group, world.group.id).visibility = "listed"
    at_once(actor_of(world.bob), world.group)
    _ask_with_files(world)
    drain()
    assert folder.messages()
    for _token, message in folder.messages():
        assert all("Plan.pdf" not in body and "/files/" not in body for body in _bodies(message))
