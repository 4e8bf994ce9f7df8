"""What people do with items and posts: counted right, kept whole, told to those who wait for it."""

import pytest
from sqlalchemy import select

from hub.content import actions
from hub.content.actions import NotPermitted
from hub.content.models import (
    COMMENT,
    DISCUSSION,
    QUESTION,
    REPLY,
    Activity,
    Draft,
    Item,
    Link,
    Mention,
    Post,
    ReadMark,
    Revision,
    Vote,
    Watch,
)
from hub.core.audit import AuditEntry
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from tests.conftest import DATABASES
from tests.factories.groups import group, member
from tests.factories.people import actor_of

pytestmark = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def talk(world):
    """A discussion that Bob started."""
    with unit_of_work():
        return actions.start_item(world.as_bob, world.group, DISCUSSION, "Shared drives", "Who owns them?")


def fresh(row):
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def kinds():
    return list(db.session.scalars(select(Activity.kind).order_by(Activity.id)))


class TestStarting:
    def test_items_are_counted_within_their_group(self, world):
        other = group()
        member(world.bob, other)
        bob = actor_of(world.bob)
        with unit_of_work():
            numbers = [
                actions.start_item(bob, where, DISCUSSION, "Title", "Text").number
                for where in (world.group, other, world.group)
            ]
        assert numbers == [1, 1, 2]

    def test_the_opening_post_is_the_first_and_the_list_shows_its_first_words(self, talk):
        opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
        assert (opening.position, opening.kind, opening.html) == (1, "opening", "<p>Who owns them?</p>")
        assert (talk.summary, talk.last_position, talk.reply_count) == ("Who owns them?", 1, 0)

    def test_its_author_watches_it(self, world, talk):
        assert db.session.get(Watch, (world.bob.id, talk.id))

    def test_it_keeps_who_wrote_it_as_they_were_then(self, world, talk):
        with unit_of_work():
            db.session.get(type(world.bob), world.bob.id).name = "Robert"
        assert fresh(talk).byline["name"] == "Bob"

    def test_only_members_write(self, world):
        with pytest.raises(NotPermitted), unit_of_work():
            actions.start_item(world.as_dan, world.group, DISCUSSION, "Title", "Text")

    def test_a_draft_of_an_item_is_not_news(self, world):
        with unit_of_work():
            actions.start_item(world.as_bob, world.group, QUESTION, "Title", "Text", published=False)
        assert kinds() == []


class TestPosting:
    def test_posts_are_counted_and_the_item_moves_up(self, world, talk):
        with unit_of_work():
            first = actions.add_post(world.as_cat, talk, REPLY, "The head of service.")
            remark = actions.add_post(world.as_bob, talk, COMMENT, "Is it?", parent=first)
        item = fresh(talk)
        assert (first.position, remark.position, item.last_position) == (2, 3, 3)
        assert item.reply_count == 1
        assert item.last_activity_at == remark.created_at
        assert kinds() == ["published", "replied", "commented"]

    def test_whoever_writes_watches_and_has_read_so_far(self, world, talk):
        with unit_of_work():
            actions.add_post(world.as_cat, talk, REPLY, "Me.")
        assert db.session.get(Watch, (world.cat.id, talk.id))
        assert db.session.get(ReadMark, (world.cat.id, talk.id)).position == 2

    def test_nobody_posts_where_it_is_closed_nor_from_outside(self, world, talk):
        with unit_of_work():
            actions.close_item(world.as_ann, talk)
        for actor in (world.as_cat, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                actions.add_post(actor, talk, REPLY, "Me.")

    def test_who_began_before_it_was_closed_is_told_so(self, world, talk):
        with unit_of_work():
            actions.close_item(world.as_ann, talk)
        talk.closed_at = None  # as it was when their page was made
        with pytest.raises(Refused), db.session.no_autoflush, unit_of_work():
            actions.add_post(world.as_cat, _as_read_before(talk), REPLY, "Me.")

    def test_a_post_answers_only_posts_of_its_own_item(self, world, talk):
        with unit_of_work():
            other = actions.start_item(world.as_bob, world.group, DISCUSSION, "Other", "Text")
            opening = db.session.scalars(select(Post).where(Post.item_id == other.id)).one()
        with pytest.raises(ValueError), unit_of_work():
            actions.add_post(world.as_cat, talk, REPLY, "Me.", parent=opening)


def _as_read_before(item):
    """The item as somebody read it before it was closed."""
    earlier = Item(id=item.id, group_id=item.group_id, closed_at=None)
    return earlier


class TestEditing:
    @pytest.fixture
    def post(self, world, talk):
        with unit_of_work():
            return actions.add_post(world.as_cat, talk, REPLY, "Keep it five years.\n\nThen ask.")

    def test_every_text_is_kept_with_who_and_when(self, world, post):
        with unit_of_work():
            actions.edit_post(world.as_ann, post, "Keep it six years.", note="The law changed")
        earlier, later = db.session.scalars(
            select(Revision).where(Revision.post_id == post.id).order_by(Revision.number)
        )
        assert (earlier.source, earlier.author_id) == ("Keep it five years.\n\nThen ask.", world.cat.id)
        assert (later.source, later.author_id, later.note) == (
            "Keep it six years.",
            world.ann.id,
            "The law changed",
        )
        assert fresh(post).edited_at == later.created_at

    def test_the_same_text_again_is_no_edit(self, world, post):
        with unit_of_work():
            actions.edit_post(world.as_cat, post, post.source)
        assert fresh(post).edited_at is None

    def test_edits_of_two_people_come_together(self, world, post):
        with unit_of_work():
            actions.edit_post(world.as_cat, post, "Keep it six years.\n\nThen ask.", base=1)
        with unit_of_work():
            actions.edit_post(world.as_ann, post, "Keep it five years.\n\nThen ask the owner.", base=1)
        assert fresh(post).source == "Keep it six years.\n\nThen ask the owner."

    def test_edits_of_the_same_line_are_never_lost(self, world, post):
        with unit_of_work():
            actions.edit_post(world.as_cat, post, "Keep it six years.\n\nThen ask.", base=1)
        with pytest.raises(actions.EditConflict) as conflict, unit_of_work():
            actions.edit_post(world.as_ann, post, "Keep it nine years.\n\nThen ask.", base=1)
        assert "six" in conflict.value.text and "nine" in conflict.value.text
        assert fresh(post).source.startswith("Keep it six")

    def test_an_edited_opening_changes_the_line_that_lists_show(self, world, talk):
        opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
        with unit_of_work():
            actions.edit_post(world.as_bob, opening, "Who answers for them?")
        assert fresh(talk).summary == "Who answers for them?"

    def test_only_its_author_and_moderators_edit(self, world, post):
        for actor in (world.as_bob, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                actions.edit_post(actor, post, "Mine now")


class TestVotes:
    @pytest.fixture
    def post(self, world, talk):
        with unit_of_work():
            return actions.add_post(world.as_cat, talk, REPLY, "Six years.")

    def test_one_person_one_vote(self, world, post):
        with unit_of_work():
            actions.set_vote(world.as_bob, post, True)
            actions.set_vote(world.as_bob, post, True)
            actions.set_vote(world.as_ann, post, True)
        assert fresh(post).score == 2
        assert len(db.session.scalars(select(Vote)).all()) == 2

    def test_it_can_be_taken_back_once(self, world, post):
        with unit_of_work():
            actions.set_vote(world.as_bob, post, True)
            actions.set_vote(world.as_bob, post, False)
            actions.set_vote(world.as_bob, post, False)
        assert fresh(post).score == 0

    def test_nobody_votes_for_themselves_or_from_outside(self, world, post):
        for actor in (world.as_cat, world.as_dan):
            with pytest.raises(NotPermitted), unit_of_work():
                actions.set_vote(actor, post, True)

    def test_the_item_counts_the_votes_of_its_opening(self, world, talk):
        opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
        with unit_of_work():
            actions.set_vote(world.as_cat, opening, True)
        assert fresh(talk).score == 1


class TestMentions:
    def test_a_member_who_is_mentioned_is_linked_and_kept(self, world, talk):
        with unit_of_work():
            post = actions.add_post(world.as_cat, talk, REPLY, "Ask @bob, @cat or @nobody.")
        assert '<a class="mention" href="/people/bob">@bob</a>' in post.html
        assert [row.person_id for row in db.session.scalars(select(Mention))] == [world.bob.id]

    def test_an_edit_keeps_them_right(self, world, talk):
        with unit_of_work():
            post = actions.add_post(world.as_cat, talk, REPLY, "Ask @bob.")
            actions.edit_post(world.as_cat, post, "Ask @ann.")
        assert [row.person_id for row in db.session.scalars(select(Mention))] == [world.ann.id]


class TestReading:
    def test_marks_only_move_on(self, world, talk):
        with unit_of_work():
            for position in (3, 7, 5):
                actions.mark_read(world.as_cat, talk, position)
        assert db.session.get(ReadMark, (world.cat.id, talk.id)).position == 7

    def test_watching_can_end(self, world, talk):
        with unit_of_work():
            actions.watch(world.as_cat, talk)
            actions.watch(world.as_cat, talk)
            actions.unwatch(world.as_cat, talk)
        assert db.session.get(Watch, (world.cat.id, talk.id)) is None

    def test_a_draft_is_kept_by_place_and_dropped(self, world):
        with unit_of_work():
            actions.keep_draft(world.as_cat, "/ask", {"title": "Who?", "text": ""})
            actions.keep_draft(world.as_cat, "/ask", {"title": "Who owns it?"})
        assert [draft.fields for draft in db.session.scalars(select(Draft))] == [{"title": "Who owns it?"}]
        with unit_of_work():
            actions.drop_draft(world.as_cat, "/ask")
        assert db.session.scalars(select(Draft)).all() == []


class TestModerating:
    def test_a_withdrawn_reply_is_not_counted_and_can_be_put_back(self, world, talk):
        with unit_of_work():
            post = actions.add_post(world.as_cat, talk, REPLY, "Nonsense.")
            actions.withdraw(world.as_ann, post, "Names somebody")
            actions.withdraw(world.as_ann, post)
        assert (fresh(talk).reply_count, fresh(post).withdrawn_at is None) == (0, False)
        with unit_of_work():
            actions.restore(world.as_ann, post)
        assert (fresh(talk).reply_count, fresh(post).withdrawn_at) == (1, None)
        trail = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(entry.action, entry.reason) for entry in trail] == [
            ("post.withdrawn", "Names somebody"),
            ("post.restored", ""),
        ]

    def test_an_opening_post_takes_its_item_with_it(self, world, talk):
        opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
        with unit_of_work():
            actions.withdraw(world.as_ann, opening)
        assert fresh(talk).withdrawn_at is not None

    def test_only_moderators(self, world, talk):
        for action in (actions.withdraw, actions.restore, actions.close_item, actions.reopen_item):
            with pytest.raises(NotPermitted), unit_of_work():
                action(world.as_bob, talk)

    def test_closing_and_opening_again(self, world, talk):
        with unit_of_work():
            actions.close_item(world.as_ann, talk, "Answered elsewhere")
            assert talk.closed
            actions.reopen_item(world.as_ann, talk)
        assert not fresh(talk).closed


class TestFiling:
    def test_title_topics_and_place_change_and_the_old_title_is_on_record(self, world, talk):
        with unit_of_work():
            actions.edit_item(world.as_bob, talk, title="Shared  folders", topics=[], applies_to="scotland")
        assert (fresh(talk).title, talk.applies_to) == ("Shared folders", "scotland")
        assert db.session.scalars(select(AuditEntry)).one().details["before"] == "Shared drives"

    def test_items_lead_to_each_other_once(self, world, talk):
        with unit_of_work():
            other = actions.start_item(world.as_bob, world.group, QUESTION, "Title", "Text")
            actions.link_items(world.as_ann, other, talk, "related")
            actions.link_items(world.as_ann, other, talk, "related")
        assert len(db.session.scalars(select(Link)).all()) == 1


def test_every_visible_change_raises_the_version(world, talk):
    """What is cached of an item goes by its version."""
    opening = db.session.scalars(select(Post).where(Post.item_id == talk.id)).one()
    changes = [
        lambda: actions.add_post(world.as_cat, talk, REPLY, "Six."),
        lambda: actions.edit_post(world.as_bob, opening, "Who?"),
        lambda: actions.set_vote(world.as_cat, opening, True),
        lambda: actions.edit_item(world.as_bob, talk, title="Drives", topics=[]),
        lambda: actions.close_item(world.as_ann, talk),
        lambda: actions.withdraw(world.as_ann, talk),
        lambda: actions.touch(talk),
    ]
    for change in changes:
        before = talk.version
        with unit_of_work():
            change()
        assert fresh(talk).version > before


def test_the_worker_numbers_activities_without_gaps(world, talk):
    with unit_of_work():
        for text in ("one", "two", "three"):
            actions.add_post(world.as_cat, talk, REPLY, text)
    drain()
    assert list(db.session.scalars(select(Activity.number).order_by(Activity.id))) == [1, 2, 3, 4]
