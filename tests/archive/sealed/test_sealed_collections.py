"""A sealed collection: how one comes to be, what it takes, and that nothing of it is ever shown to others."""

import re

import pytest
from sqlalchemy import select

from hub.archive import actions as actions_of_archive
from hub.archive.masked_text import MaskedText
from hub.archive.models import (
    ArchivedPost,
    Collection,
    Media,
    PostMedia,
    PostVersion,
)
from hub.archive.sealed import actions
from hub.archive.sealed.models import SealedRequest
from hub.core import carrying
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.policy import ANYBODY, visible
from hub.core.search import audiences_of_actor, register
from hub.examples.actions import attach
from hub.examples.models import Example, ExamplePost
from hub.examples.queries import Choice, choices, chosen, kept_collections
from tests.archive.conftest import Kept, carry_through, count
from tests.factories.content import question
from tests.factories.groups import group, member
from tests.factories.people import actor_of, administrator, person, sign_in
from tests.factories.private_messages import android_chat, archive_with_messages
from tests.factories.x_archive import XArchive
from tests.mail import the_mail


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def hidden(page) -> dict[str, str]:
    return dict(
        re.findall(r'name="(csrf_token|sent_token)"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    )


@pytest.fixture
def sealed(kept) -> Kept:
    """A sealed collection, as an administrator allowed it, kept by the keeper of `kept`."""
    admin = actor_of(administrator("Ada", handle="ada"))
    with unit_of_work():
        asked = actions.ask(kept.actor, "Winter gritting", "Decisions on closing roads were taken in a chat.")
        made = actions.decide(admin, asked, allow=True, reason="Agreed with the records manager.")
    return Kept(kept.person, kept.actor, made, kept.folder)


@pytest.fixture
def filled(sealed) -> Kept:
    done = sealed.bring_in(android_chat(sealed.folder / "chat.zip"))
    assert (done.state, done.read, done.new) == ("done", 6, 6)
    return sealed


# How one comes to be.


def test_a_member_asks_an_administrator_allows_and_both_are_recorded(client, kept):
    admin = administrator("Ada", handle="ada")
    sign_in(client, kept.person)
    page = client.get("/collections/sealed")
    sent = {"name": "Winter gritting", "reason": "Roads were closed in a chat", "holder": "own"} | hidden(
        page
    )
    assert client.post("/collections/sealed", data=sent).status_code == 303
    assert "An administrator has yet to decide" in text(client.get("/collections/sealed"))
    assert count(Collection, Collection.sealed) == 0
    sign_in(client, admin)
    assert "Roads were closed in a chat" in text(client.get("/admin/sealed"))
    asked = db.session.scalars(select(SealedRequest)).one()
    page = client.get(asked.path)
    sent = {"decision": "approve", "reason": "A record under the Act"} | hidden(page)
    assert client.post(asked.path, data=sent).status_code == 303
    made = db.session.scalars(select(Collection).where(Collection.sealed)).one()
    assert [keeper.person_id for keeper in made.keepers] == [kept.person.id]
    entries = {entry.action: entry.reason for entry in db.session.scalars(select(AuditEntry))}
    assert entries["sealed.ask"] == "Roads were closed in a chat"
    assert entries["sealed.allow"] == entries["collection.create_sealed"] == "A record under the Act"
    assert client.get(made.path).status_code == 404, "an administrator does not see into it"


def test_a_refusal_has_a_reason_and_makes_nothing(client, kept):
    with unit_of_work():
        asked = actions.ask(kept.actor, "Chat", "Because")
    sign_in(client, administrator("Ada", handle="ada"))
    page = client.get(asked.path)
    assert (
        client.post(asked.path, data={"decision": "refuse", "reason": ""} | hidden(page)).status_code == 422
    )
    sent = {"decision": "refuse", "reason": "It is not official business"} | hidden(page)
    assert client.post(asked.path, data=sent).status_code == 303
    assert count(Collection, Collection.sealed) == 0
    sign_in(client, kept.person)
    assert "Refused: It is not official business" in text(client.get("/collections/sealed"))


def test_administrators_and_whoever_asked_are_told_by_mail_without_what_is_in_it(kept):
    admin = administrator("Ada", handle="ada")
    with unit_of_work():
        asked = actions.ask(kept.actor, "Winter gritting", "Roads were closed in a chat")
    carrying.drain()
    told = the_mail(admin.email)
    assert asked.path in told.get_body(("plain",)).get_content()
    assert "Roads" not in told.as_string()
    with unit_of_work():
        made = actions.decide(actor_of(admin), asked, allow=True, reason="Agreed")
    carrying.drain()
    assert made.path in the_mail(kept.person.email).get_body(("plain",)).get_content()


def test_nobody_allows_their_own_and_nobody_but_an_administrator_allows_any(client, kept):
    admin = administrator("Ada", handle="ada")
    with unit_of_work():
        own = actions.ask(actor_of(admin), "Mine", "Because")
        other = actions.ask(kept.actor, "Theirs", "Because")
    for actor, request in ((actor_of(admin), own), (kept.actor, other), (actor_of(person("Bob")), other)):
        with pytest.raises(Refused), unit_of_work():
            actions.decide(actor, request, allow=True, reason="Yes")
    sign_in(client, kept.person)
    assert client.get("/admin/sealed").status_code in (403, 404)
    assert client.get(other.path).status_code in (403, 404)


def test_no_form_makes_a_sealed_collection(client, kept):
    sign_in(client, kept.person)
    page = client.get("/collections/new")
    sent = {"name": "Sneaky", "about": "", "holder": "own", "sealed": "1"} | hidden(page)
    client.post("/collections/new", data=sent)
    assert db.session.scalars(select(Collection).where(Collection.name == "Sneaky")).one().sealed is False


# What it takes.


def test_chats_and_direct_messages_go_into_a_sealed_collection_only(kept, sealed):
    chat, archive = (
        android_chat(kept.folder / "chat.zip"),
        archive_with_messages().write(kept.folder / "x.zip"),
    )
    refused = kept.bring_in(chat)
    assert (refused.state, refused.problem) == ("failed", "private_messages")
    posts = kept.bring_in(archive)
    assert (posts.state, posts.new) == ("done", 1)
    assert "data/direct-messages.js" in posts.report["left_out"]["private"]["files"]
    assert sealed.bring_in(chat).state == "done"
    messages = sealed.bring_in(archive)
    assert (messages.adapter, messages.new) == ("x-messages", 2)


def test_the_refusal_says_how_a_sealed_collection_is_got(browser, kept):
    found = kept.bring_in(android_chat(kept.folder / "chat.zip"))
    assert "ask for a sealed collection" in text(browser.get(found.path))
    found = kept.bring_in(archive_with_messages().write(kept.folder / "x.zip"))
    assert "/collections/sealed" in browser.get(found.path).get_data(as_text=True)


def test_public_posts_do_not_go_into_a_sealed_collection(sealed):
    archive = XArchive()
    archive.post("For everybody", "2024-03-01T09:00")
    found = sealed.bring_in(archive)
    assert (found.state, found.problem) == ("failed", "sealed_takes_messages")


def test_what_the_hub_itself_observes_does_not_go_into_a_sealed_collection(sealed):
    with android_chat(sealed.folder / "chat.zip").open("rb") as stream, unit_of_work():
        upload = actions_of_archive.keep_upload(stream)
        begun = actions_of_archive.start_import(
            sealed.actor, sealed.collection, "x.zip", upload, adapter="by-hand"
        )
    assert carry_through(begun).problem == "sealed_takes_messages"


def test_the_same_chat_twice_changes_nothing_and_a_later_one_adds(filled):
    again = filled.bring_in(android_chat(filled.folder / "again.zip"))
    assert (again.new, again.versions, again.events) == (0, 0, 0)
    from tests.factories.private_messages import ANDROID

    later = ANDROID.replace("And the buses?", "And the ferries?") + "16/03/2024, 10:00 - Rory: Open again\n"
    found = filled.bring_in(android_chat(filled.folder / "later.zip", later))
    assert (found.new, found.versions) == (1, 2)


# Who sees it.


def test_pages_say_that_it_is_sealed_and_what_that_means(browser, filled):
    page = text(browser.get(filled.collection.path))
    assert "Sealed" in page
    assert "Nothing in it can be attached" in page
    post = db.session.scalars(select(ArchivedPost)).first()
    assert "cannot be attached or published" in text(browser.get(post.path))
    assert "WhatsApp chat" in text(browser.get(f"{filled.collection.path}/import"))
    assert "Sealed" in text(browser.get("/collections"))


def test_its_keepers_find_it_and_nobody_else_does(filled):
    found = register.providers["archived"]
    documents = found.load(list(found.keys()))
    assert any("schools" in one.text for one in documents)
    keys = [one.key for one in documents]
    assert set(found.permitted(keys, filled.actor)) == set(keys)
    for actor in (ANYBODY, actor_of(person("Bob")), actor_of(administrator("Eve", handle="eve"))):
        assert not set(found.permitted(keys, actor))
        assert not any(set(audiences_of_actor(actor)) & one.audiences for one in documents)
        for model in (ArchivedPost, PostVersion, PostMedia, Media, Collection):
            assert list(db.session.scalars(select(model).where(visible(model, actor)))) == []


# It can never be attached.


@pytest.fixture
def asked(filled):
    """A question of the keeper's own, under which they could attach anything that may be attached."""
    held = group("Winter", visibility="public")
    member(filled.person, held, "owner")
    return question(filled.person, held)


def test_it_is_not_among_the_choices_by_words_address_or_reference(filled):
    actor = actor_of(filled.person)
    post = db.session.scalars(select(ArchivedPost)).first()
    assert filled.collection.id not in [one.id for one in kept_collections(actor)]
    assert choices(actor, None, "") == []
    assert choices(actor, filled.collection, "schools") == []
    assert chosen(actor, [f"{post.token}.1"]) == []


def test_attaching_it_is_refused_whoever_asks_and_however(filled, asked):
    post = db.session.scalars(
        select(ArchivedPost).join(PostVersion, PostVersion.post_id == ArchivedPost.id)
    ).first()
    version = db.session.scalars(select(PostVersion).where(PostVersion.post_id == post.id)).one()
    forged = Choice("x", post, version, 1, 1, False, False, True, True, "", "", "", None, MaskedText())
    with pytest.raises(Refused, match="sealed"), unit_of_work():
        attach(actor_of(filled.person), _opening(asked), [forged], "What this shows")
    assert count(Example) == 0


def test_even_a_row_that_says_it_is_attached_shows_nobody_anything(client, filled, asked):
    """The policy itself knows no way: not only the forms."""
    versions = db.session.scalars(select(PostVersion)).all()
    with unit_of_work():
        example = Example(
            post_id=_opening(asked).id, position=1, caption="Forged", person_id=filled.person.id
        )
        db.session.add(example)
        db.session.flush()
        for position, version in enumerate(versions, 1):
            db.session.add(
                ExamplePost(
                    example_id=example.id,
                    position=position,
                    archived_post_id=version.post_id,
                    version_id=version.id,
                )
            )
    for actor in (ANYBODY, actor_of(person("Bob"))):
        for model in (ArchivedPost, PostVersion, PostMedia, Media):
            assert list(db.session.scalars(select(model).where(visible(model, actor)))) == []
    medium = db.session.scalars(select(Media)).one()
    assert client.get(f"{filled.collection.path}/media/{medium.token}").status_code == 404


def _opening(item):
    from hub.content.queries import opening_post

    return opening_post(item)
