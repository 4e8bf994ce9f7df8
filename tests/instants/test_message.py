"""What the message is: whole, of equal worth as text and as HTML, and known to mail programs as a talk."""

import re

import pytest
from lxml import html as parser
from sqlalchemy import select

from hub.content.models import Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.fragments import fragments
from hub.examples import actions as examples
from hub.examples.queries import choices
from hub.groups.models import Group
from hub.questions.actions import comment
from hub.subscriptions.replying import _addresses, takes_replies
from hub.subscriptions.threads import subject
from tests.digests.telling import again, answered, asked, discussed
from tests.factories.people import actor_of, sign_in
from tests.instants.story import at_once, html_of, instants, queued, text_of, visitor_at_once

TEXT = """Two things:

1. how **long**, and
2. see [the schedule](/groups/rims/guidance/1) or <https://example.org/law>

> **@bob** wrote in #1:
> We run one account.

![A chart of posts](/files/abcdefghjkmn)
"""


@pytest.fixture
def told(app, world, folder):
    """A visitor hears of a question and its answer: the messages, oldest first."""
    visitor_at_once(world.group)
    item = asked(world.as_bob, world.group, "How long do we keep <posts>?", "We run one account.")
    answered(world.as_cat, item, TEXT)
    drain()
    return instants(folder)


def test_it_is_from_whoever_wrote_by_name_and_from_the_hub_by_address(told):
    sender = told[1]["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Cat via Knowledge Hub", "hub@localhost")


def test_the_subject_is_the_same_over_the_talk(told):
    assert [message["Subject"] for message in told] == ["[Records] How long do we keep <posts>?"] * 2


def test_a_long_name_of_a_group_leaves_room_for_the_title(app, world):
    group = Group(name="Records and information management [Scotland]")
    item = asked(world.as_bob, world.group)
    item.group = group
    assert subject(item) == "[Records and information management…] How long do we keep posts?"


def test_mail_programs_know_the_talk(app, world, folder, told):
    item = again(db.session.scalars(select(Post).where(Post.position == 2)).one()).item
    given = db.session.scalars(select(Post).where(Post.position == 2)).one()
    with unit_of_work():
        comment(world.as_bob, again(given), "Thank you.")
    drain()
    question, answer, remark = instants(folder)
    assert question["In-Reply-To"] is None and question["References"] is None
    assert answer["In-Reply-To"] == answer["References"] == question["Message-ID"]
    assert remark["In-Reply-To"] == answer["Message-ID"]
    assert remark["References"].split() == [question["Message-ID"], answer["Message-ID"]]
    assert len({message["Message-ID"] for message in (question, answer, remark)}) == 3
    assert item.id  # nothing in a name tells of it
    assert all(re.fullmatch(r"<[0-9a-f]{24}@localhost>", message["Message-ID"]) for message in told)


def test_others_messages_of_the_same_post_have_other_names(app, world, folder):
    visitor_at_once(world.group)
    at_once(world.as_ann, world.group)
    asked(world.as_bob, world.group)
    drain()
    assert len({message["Message-ID"] for message in instants(folder)}) == 2


def test_it_says_which_list_it_is_of_and_how_to_leave(told):
    message = told[0]
    assert message["List-Id"] == "<rims.groups.localhost>"
    assert message["List-Archive"] == "<http://localhost/groups/rims>"
    assert message["Precedence"] == "list"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] is None


def test_text_and_html_say_the_whole_post(told):
    text, html = text_of(told[1]), html_of(told[1])
    words = " ".join(parser.fromstring(html).text_content().split())
    for said in ("Cat answered", "Two things:", "how", "A chart of posts", "We run one account."):
        assert said in text and said in words
    assert "1. how *long*, and\n2. see the schedule <http://localhost/groups/rims/guidance/1>" in text
    assert "@bob wrote in #1:\n> We run one account." in text
    assert "How long do we keep <posts>?" in text and "How long do we keep <posts>?" in words


def test_the_links_of_its_reader_stand_where_programs_leave_them_out_of_replies(app, world, folder):
    at_once(world.as_bob, world.group)
    discussed(world.as_cat, world.group, text="Ours:\n\n    --\n    the end")
    drain()
    above, foot = text_of(instants(folder, world.bob.email)[0]).split("\n-- \n")
    assert "/mail/choices/" in foot and "/mail/" not in above and "the end" in above


def test_it_loads_nothing_and_every_link_leads_somewhere(told):
    page = parser.fromstring(html_of(told[1]))
    assert page.xpath("//img | //link | //script | //*[@background]") == []
    links = [link.get("href") for link in page.iter("a")]
    assert all(link.startswith(("http://localhost/", "https://example.org/")) for link in links)
    assert "http://localhost/groups/rims/questions/1?post=2#post-2" in links
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1


def test_what_to_do_next_is_said_for_members_and_for_visitors(app, world, folder):
    visitor_at_once(world.group)
    at_once(world.as_ann, world.group)
    asked(world.as_bob, world.group)
    drain()
    (visitors,), (members,) = (instants(folder, to) for to in ("visitor@example.org", world.ann.email))
    assert "Answer on the hub:\nhttp://localhost/groups/rims/questions/1?post=1#post-1" in text_of(members)
    assert "Read it on the hub:" in text_of(visitors)


@pytest.fixture
def replies():
    before = list(_addresses)
    takes_replies(lambda person, post: f"hub+reply-{person.handle}-{post.position}@example.org")
    yield
    _addresses[:] = before


def test_where_mail_comes_in_one_can_reply(app, world, folder, replies):
    visitor_at_once(world.group)
    at_once(world.as_ann, world.group)
    asked(world.as_bob, world.group)
    drain()
    (visitors,), (members,) = (instants(folder, to) for to in ("visitor@example.org", world.ann.email))
    assert members["Reply-To"] == "hub+reply-ann-1@example.org"
    for body in (text_of(members), html_of(members)):
        assert "Or reply to this message" in body
        assert body.count("Reply above this line") == 1 and "reaches nobody" not in body
    assert text_of(members).startswith("Reply above this line\n\n")
    assert visitors["Reply-To"] is None
    for body in (text_of(visitors), html_of(visitors)):
        assert "A reply to this message reaches nobody." in body
        assert "Or reply" not in body and "Reply above" not in body


def test_it_says_what_concerns_its_reader(app, world, folder):
    at_once(world.as_bob, world.group)
    at_once(world.as_ann, world.group)
    item = asked(world.as_bob, world.group)
    answered(world.as_cat, item, "As @ann and @bob know.")
    drain()
    assert text_of(instants(folder, world.bob.email)[0]).split("\n")[3] == "Cat answered your question"
    assert text_of(instants(folder, world.ann.email)[1]).split("\n")[3] == "Cat mentioned you"


@pytest.mark.parametrize("visibility", ["listed", "hidden", "part_open"])
def test_the_words_of_a_group_that_is_not_open_stay_on_the_hub(app, world, folder, visibility):
    with unit_of_work():
        again(world.group).visibility = visibility
    at_once(world.as_ann, world.group)
    asked(world.as_bob, world.group, "How long?", "A canary sings.")
    drain()
    (message,) = instants(folder)
    assert message["Subject"] == "[Records] How long?"
    for body in (text_of(message), html_of(message)):
        assert "canary" not in body
        assert "What members write in this group is read on the hub." in body


def test_its_owners_may_decide_that_the_words_are_mailed(app, world, folder):
    with unit_of_work():
        group = again(world.group)
        group.visibility, group.mails_words = "hidden", True
    at_once(world.as_ann, world.group)
    asked(world.as_bob, world.group, "How long?", "A canary sings.")
    drain()
    assert "A canary sings." in text_of(instants(folder)[0])


def test_a_worked_example_is_shown_with_the_post(scene, folder):
    reader = actor_of(scene.member)
    at_once(reader, scene.group)
    keeper = actor_of(scene.keeper)
    item = asked(keeper, scene.group, "Do we keep what was sent by mistake?")
    queued()
    with unit_of_work():
        post = db.session.scalars(select(Post).where(Post.item_id == item.id)).one()
        examples.attach(keeper, post, choices(keeper, None, "Wrong channel")[:1], "Gone", approved=True)
    fragments.forget()
    drain()
    (message,) = instants(folder)
    for body in (text_of(message), html_of(message)):
        assert "Wrong channel, sorry" in body
        assert "Strathtay Council" in body
        assert "Evidence" in body


# Leaving


def test_one_click_stops_this_choice_and_a_look_changes_nothing(app, client, world, folder):
    at_once(world.as_bob, world.group)
    asked(world.as_cat, world.group)
    drain()
    link = instants(folder)[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    answered_once = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
    assert answered_once.status_code == 200
    assert "Set-Cookie" not in answered_once.headers
    assert "except answers to your questions" in answered_once.text
    app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
    asked(world.as_cat, world.group, "Another one?")
    drain()
    assert len(instants(folder)) == 1
    assert client.get(link[:-2]).status_code == 404
    page = sign_in(client, world.bob).get("/me/mail").text
    assert 'value="mentions" selected' in page or 'value="mentions" checked' in page


def test_a_visitor_who_leaves_hears_nothing_more(app, client, told, world, folder):
    link = told[0]["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert "<h1>Stop this mail?</h1>" in client.get(link).text
    assert "You get no more mail about Records." in client.post(link).text
    asked(world.as_cat, world.group, "Another one?")
    drain()
    assert len(instants(folder)) == 2
