"""A moderators' note stands at the top of the next digest of everybody who hears of the group, once; and a
preview shows no more than both the member and the moderator may see."""

import pytest
from lxml import html

from hub.content.actions.permitting import NotPermitted
from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.digests.actions import take_back_note, write_note
from hub.digests.models import DigestNote
from tests.digests.telling import (
    again,
    answered,
    asked,
    digest_of,
    discussed,
    on,
    sent,
    subscribed,
    visitor,
    withdrawn,
)
from tests.factories.groups import group as a_group
from tests.factories.groups import member
from tests.factories.people import actor_of, person, sign_in


def noted(world, text="**Meeting** on [Thursday](/groups/rims)") -> DigestNote:
    with unit_of_work():
        return write_note(world.as_ann, again(world.group), text)


def test_a_note_goes_to_everybody_who_hears_of_the_group_once(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        subscribed(world.as_cat, world.group, "weekly")
        visitor(world.group)
        noted(world)
    with on(21, 7):
        assert sent().sent == 2
    text, body = digest_of(folder, world.bob.email)
    assert text.index("A note from Ann, for Records") < text.index("*Meeting* on Thursday")
    assert '<a href="http://localhost/groups/rims"' in body and "<strong" in body
    assert "Meeting" in digest_of(folder, "visitor@example.org")[0]
    with on(21, 12):
        asked(world.as_cat, world.group, "Something else?")
    with on(22, 7):
        assert sent().sent == 2
    assert "Meeting" not in digest_of(folder, world.bob.email)[0]
    with on(23, 7):
        sent()
    text = digest_of(folder, world.cat.email)[0]
    assert text.index("*Meeting* on Thursday") < text.index("Something else?")


def test_a_note_that_is_taken_back_goes_no_further(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        note = noted(world)
        with unit_of_work():
            assert take_back_note(world.as_ann, again(note))
            assert not take_back_note(world.as_ann, again(note))
    with on(21, 7):
        assert sent().empty == 1


def test_a_note_of_a_closed_group_reaches_its_members_only(app, world, folder):
    with on(20):
        visitor(world.group)
        subscribed(world.as_bob, world.group)
        with unit_of_work():
            again(world.group).visibility = "part_open"
        noted(world)
    with on(21, 7):
        assert sent().sent == 1
    assert "Meeting" in digest_of(folder, world.bob.email)[0]


def test_what_a_note_says_is_made_safe(app, world, folder):
    with on(20):
        subscribed(world.as_bob, world.group)
        noted(
            world, "<script>alert(1)</script> ![a chart](https://evil.example/x.png) [x](javascript:alert(1))"
        )
    with on(21, 7):
        sent()
    body = digest_of(folder, world.bob.email)[1]
    for bad in ("<script", "<img", 'href="javascript'):
        assert bad not in body


def test_only_moderators_write_notes(client, world):
    with pytest.raises(NotPermitted), unit_of_work():
        write_note(world.as_bob, again(world.group), "No")
    sign_in(client, world.bob)
    assert client.get("/groups/rims/digest-note").status_code == 404
    assert "digest-note" not in client.get("/groups/rims").text


# The page


def test_a_note_is_written_on_a_page_of_the_group(client, world):
    sign_in(client, world.ann)
    assert "digest-note" in client.get("/groups/rims").text
    client.submit("/groups/rims/digest-note", {"text": "We meet on **Thursday**."})
    page = client.get("/groups/rims/digest-note").text
    assert "<strong>Thursday</strong>" in page
    client.submit("/groups/rims/digest-note", {}, button="Take it back")
    assert "Taken back on" in client.get("/groups/rims/digest-note").text


def test_an_empty_note_is_not_kept(client, world):
    sign_in(client, world.ann)
    answer = client.submit("/groups/rims/digest-note", {"text": " "})
    assert answer.status_code == 422
    assert "Earlier notes" not in answer.text


def previewed(client, world, **fields) -> str:
    sign_in(client, world.ann)
    form = html.fromstring(client.get("/groups/rims/digest-note").text).forms
    shown = next(one for one in form if one.get("action") == "/groups/rims/digest-note")
    return client.post("/groups/rims/digest-note", data={**shown.fields, **fields, "preview": "1"}).text


def test_a_preview_shows_the_digest_with_the_note_and_keeps_nothing(app, client, world):
    asked(world.as_cat, world.group, "A canary sings?")
    mine = asked(world.as_bob, world.group, "What Bob asked?")
    answered(world.as_ann, mine, "An answer to Bob.")
    drain()
    page = previewed(client, world, text="We _meet_.", member="bob")
    assert "As Bob would see it" in page
    assert (
        page.index("<em>meet</em>") < page.index("Answers to your questions") < page.index("A canary sings?")
    )
    assert "Earlier notes" not in client.get("/groups/rims/digest-note").text


def test_a_preview_shows_only_what_both_may_see(app, client, world):
    """Bob moderates another, hidden group, and was told things; Ann learns nothing of that."""
    hidden = a_group("Hidden", visibility="hidden")
    bob = actor_of(member(world.bob, hidden, "moderator"))
    discussed(bob, hidden, "A quokka")
    item = discussed(world.as_cat, world.group, "A wren")
    withdrawn(world.as_ann, item)
    asked(world.as_cat, world.group, "A canary sings?")
    drain()
    page = previewed(client, world, member="bob")
    assert "A canary sings?" in page
    assert "quokka" not in page and "A wren" not in page


def test_whose_preview_it_is_may_be_said_by_name_and_who_is_not_there_or_not_alone_is_asked_for_again(
    app, client, world
):
    for name in ("Rab Munro", "Rab Muir"):
        member(person(name=name), world.group)
    assert "As Rab Muir would see it" in previewed(client, world, member="rab MUI", text="We meet.")
    page = previewed(client, world, member="rab", text="We meet.")
    assert "Several members may be meant. Write the handle of one: Rab Muir (@" in page
    assert "would see it" not in page and "We meet." in page
    assert "Nobody in this group has this name or handle." in previewed(client, world, member="n%body")
    assert "Several members" not in client.get("/groups/rims/digest-note").text
