"""Seeding a hub: what is there afterwards, as people see it, and that doing it again changes nothing."""

from datetime import date

import pytest
from sqlalchemy import func, select

from hub.accounts.models import BY_ADDRESS, BY_MODERATOR, Person
from hub.archive.approvals.models import APPROVED, Approval
from hub.archive.approvals.queries import waiting_for
from hub.archive.conversation import conversation_of
from hub.archive.models import (
    DELETED,
    EDITED,
    NOT_FOUND,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    Import,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.proof.log import log_of
from hub.archive.proof.whole import verify
from hub.archive.retention.due import due_now
from hub.archive.retention.holds import is_held
from hub.content.models import Activity, Item, Link, Post, StoredFile, Vote
from hub.core import clock
from hub.core.carrying import drain
from hub.core.checks import run_checks
from hub.core.database import Base, db
from hub.core.policy import ANYBODY, visible
from hub.examples.approved import ATTACH
from hub.examples.cards import cards_of, with_all_that_cards_show
from hub.examples.models import Example, ExamplePost
from hub.groups.models import Group, Membership
from hub.guidance.models import Credit, Guidance
from hub.questions.models import Question
from hub.seeds.founding import found, is_empty, sign_ins

# One worker founds the hubs that all of these look at.
pytestmark = pytest.mark.xdist_group("seeded")


def items_seen_by(actor):
    return set(db.session.scalars(select(Item.title).where(visible(Item, actor))))


def test_everything_that_the_content_describes_is_there(inside):
    founded = inside.extensions["founded"]
    assert (founded.people, founded.groups, founded.imports) == (16, 2, 10)
    assert founded.items == db.session.scalar(select(func.count()).select_from(Item)) >= 30


def test_some_posts_have_files_of_which_visitors_read_those_of_open_groups(inside):
    files = db.session.scalars(select(StoredFile)).all()
    assert {file.media_type for file in files} == {"image/png", "text/csv", "text/plain"}
    assert all(file.item_id and bool(file.description) == file.is_picture for file in files)
    seen = db.session.scalars(select(StoredFile.media_type).where(visible(StoredFile, ANYBODY)))
    assert set(seen) == {"text/csv", "text/plain"}


def test_all_of_it_is_marked_as_samples(inside):
    for model in (Person, Group, Item, Collection):
        assert not db.session.scalars(select(model).where(~model.is_sample)).all(), model.__name__


def test_a_visitor_reads_the_public_group_and_the_published_guidance_of_the_other(inside):
    seen = items_seen_by(ANYBODY)
    assert "Correcting a public post" in seen
    assert "Is a chatbot's transcript a record of advice that we gave?" in seen
    assert "Freedom of information requests that arrive by social media" in seen
    assert "Teams messages: deciding what to keep" not in seen  # a draft
    assert not any("WhatsApp" in title for title in seen)  # the members' talk


def test_members_have_an_organisation_and_how_it_was_confirmed(inside):
    how = dict(db.session.execute(select(Person.handle, Person.organisation_confirmed)).all())
    assert (how["elspeth-rennie"], how["beth-okafor"]) == (BY_ADDRESS, BY_MODERATOR)
    assert db.session.scalar(select(Person.organisation_id).where(Person.handle == "jean-tulloch")) is None


def test_each_group_has_two_facilitators(inside):
    for group in db.session.scalars(select(Group)):
        roles = db.session.scalars(select(Membership.role).where(Membership.group_id == group.id)).all()
        assert sum(role != "member" for role in roles) == 2


def test_accepted_answers_carry_the_askers_reason(inside):
    accepted = db.session.scalars(select(Question).where(Question.accepted_post_id.is_not(None))).all()
    assert len(accepted) >= 8
    assert all(question.reason and question.item.state == "answered" for question in accepted)


def test_one_page_grew_from_an_answer_and_credits_those_who_wrote_it(inside):
    page = db.session.scalars(select(Item).where(Item.title.startswith("Freedom of information req"))).one()
    credited = set(db.session.scalars(select(Credit.handle).where(Credit.item_id == page.id)))
    assert {"elspeth-rennie", "morag-sinclair", "owen-parry"} <= credited
    link = db.session.scalars(select(Link).where(Link.to_item_id == page.id)).one()
    assert db.session.get(Item, link.from_item_id).kind == "question"
    assert db.session.get(Guidance, page.id).published_number == 2


def test_one_published_page_is_overdue(inside):
    overdue = [page.item.title for page in db.session.scalars(select(Guidance)) if page.overdue()]
    assert overdue == ["A retention schedule that people can use"]


def test_nothing_lies_in_the_future_and_the_hub_looks_alive(inside):
    assert db.session.scalar(select(func.max(Activity.happened_at))) < clock.now()
    newest = db.session.scalar(select(func.max(Item.created_at)))
    assert (clock.now() - newest).days < 7
    assert db.session.scalar(select(func.count()).select_from(Vote)) > 200


def test_the_posts_came_in_through_the_importers_and_are_private_to_their_keepers(inside):
    imports = db.session.scalars(select(Import).order_by(Import.number)).all()
    assert [each.state for each in imports] == ["done"] * 10
    assert [each.evidence for each in imports].count("import") == 4
    assert {each.adapter for each in imports} == {
        "x-archive", "twitter-v2", "twitter-compliance", "mastodon-archive", "activitystreams",
        "facebook-archive", "by-hand",
    }  # fmt: skip
    kinds = set(db.session.scalars(select(ArchiveEvent.kind)))
    assert {EDITED, DELETED, NOT_FOUND} <= kinds
    assert not db.session.scalars(select(Collection).where(visible(Collection, ANYBODY))).all()
    keepers = db.session.scalars(select(Collection)).one().keepers
    assert {keeper.person.handle for keeper in keepers} == {"elspeth-rennie", "morag-sinclair"}


def test_worked_examples_show_a_deleted_an_edited_and_a_private_persons_post(inside):
    cards = [card for cards in cards_of(_examples(ANYBODY)).values() for card in cards]
    members = db.session.scalars(select(Person).where(Person.handle == "hamish-gunn")).one().as_actor()
    seen = [card for cards in cards_of(_examples(members)).values() for card in cards]
    assert len(seen) > len(cards) >= 8
    assert all(card.sample and card.caption for card in seen)
    assert any(card.deleted for card in seen)
    assert any(card.edited for card in seen)
    asked = next(card for card in seen if "gritting the Brae" in card.text)
    assert asked.masked
    assert asked.deleted
    wrong = next(card for card in seen if "Kirkbride Primary School is closed" in card.text)
    assert [bool(picture["path"]) for picture in wrong.media] == [
        True
    ]  # seen by a capture, held by the export
    shown = " ".join(f"{card.name} {card.handle} {card.text}" for card in seen)
    assert "isla_on_the_brae" not in shown
    assert "Cllr Ewan Baird" in shown
    assert "Mill Brae is closed between Station Road and the bridge until 15:00 on Thursday" in shown


def test_a_reply_from_the_fediverse_stands_under_the_post_that_it_answers(inside):
    asked = _post("does the minibus take wheelchairs")
    answered, *_others = reversed(conversation_of(asked).above)
    assert "A minibus leaves Station Road" in _texts(answered.row.post)[-1]


def test_an_edit_on_facebook_keeps_both_wordings(inside):
    post = _post("The new play park in Ardlair opens on SUNDAY")
    first, _corrected = _texts(post)
    assert "opens on Saturday at 10:00. There" in first


def test_what_was_written_down_by_hand_says_who_saw_it(inside):
    seen = _post("Chimney fire in Kirkton High Street")
    assert seen.account.kind == "organisation"
    sighting = db.session.scalars(select(Sighting).where(Sighting.post_id == seen.id)).one()
    assert sighting.evidence == "capture"
    assert b"Morag Sinclair" in db.session.get(SourceSlice, sighting.slice_id).raw


def test_posts_are_due_and_those_of_the_flood_are_held_and_kept_longer(inside):
    (collection,) = db.session.scalars(select(Collection))
    due = {each.use.entry.reference: each for each in due_now(collection)}
    assert due["14.005.026"].number >= 20
    assert "14.005.027" not in due
    held = db.session.scalars(select(ArchivedPost).where(is_held())).all()
    assert {post.posted_at.date() for post in held} == {date(2023, 10, 7), date(2023, 10, 8)}
    assert {post.platform for post in held} == {"x", "mastodon", "facebook"}


def test_nothing_leaves_without_the_press_office_one_was_approved_and_one_waits(inside):
    approver = db.session.scalars(select(Person).where(Person.handle == "isobel-muir")).one().as_actor()
    (waiting,) = waiting_for(approver)
    assert waiting.details["caption"].startswith("An edit that says what it corrects")
    (approved,) = db.session.scalars(
        select(Approval).where(Approval.state == APPROVED, Approval.kind == ATTACH)
    )
    assert not approved.problem
    shown = db.session.scalars(select(Example).where(Example.caption == approved.details["caption"])).one()
    assert approved.led_to == shown.path


def test_words_of_some_examples_are_marked(inside):
    marked = [part for part in db.session.scalars(select(ExamplePost)) if part.passages]
    assert len(marked) >= 2


def test_every_event_is_under_a_first_checkpoint_and_verifies(inside):
    (collection,) = db.session.scalars(select(Collection))
    log = log_of(collection)
    db.session.rollback()
    result = verify(log)
    assert (result.count, result.waiting) == (0, 0)
    assert result.anchored == result.size > 100


def _post(words):
    version = select(PostVersion.post_id).where(PostVersion.text.contains(words, autoescape=True))
    return db.session.get(ArchivedPost, db.session.scalars(version.limit(1)).one())


def _texts(post):
    versions = select(PostVersion.text).where(PostVersion.post_id == post.id)
    return db.session.scalars(versions.order_by(PostVersion.written_at, PostVersion.id)).all()


def _examples(actor):
    return db.session.scalars(
        select(Example).where(visible(Example, actor)).options(*with_all_that_cards_show())
    ).all()


def test_private_people_stay_private_and_offices_are_named(inside):
    kinds = set(db.session.scalars(select(SocialAccount.kind)))
    assert kinds == {"organisation", "office_holder", "private"}
    assert (
        db.session.scalar(
            select(func.count()).select_from(SocialAccount).where(SocialAccount.kind == "private")
        )
        == 4
    )


def test_mentions_and_quotes_lead_somewhere(inside):
    html = " ".join(db.session.scalars(select(Post.html)))
    assert 'href="/people/hamish-gunn"' in html
    assert "?post=5#post-5" in html


def test_four_can_sign_in_with_passwords_made_for_this_hub(inside):
    from flask_security.utils import verify_password

    told = sign_ins()
    assert [each["who"] for each in told] == ["administrator", "facilitator", "member", "approver"]
    for each in told:
        person = db.session.scalars(select(Person).where(Person.email == each["email"])).one()
        assert verify_password(each["password"], person.password)
        assert person.administrator == (each["who"] == "administrator")
    assert db.session.scalar(select(func.count()).where(Person.password.is_not(None))) == 4


def test_the_checks_find_nothing_wrong_once_the_worker_has_caught_up(inside):
    drain()
    found_wrong = run_checks()
    assert found_wrong == {name: [] for name in found_wrong}
    numbers = db.session.scalars(select(Activity.number).order_by(Activity.id)).all()
    assert numbers == list(range(1, len(numbers) + 1))
    moments = db.session.scalars(select(Activity.happened_at).order_by(Activity.number)).all()
    assert list(moments) == sorted(moments)


def test_seeding_again_changes_nothing(inside):
    before = _rows()
    again = found()
    assert again.as_json() == {"people": 0, "groups": 0, "imports": 0, "items": 0}
    assert _rows() == before
    assert not is_empty()


def _rows() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def test_an_interrupted_seeding_is_completed_by_the_next(app, monkeypatch):
    with app.test_request_context():
        with monkeypatch.context() as broken, pytest.raises(RuntimeError, match="pulled"):
            broken.setattr("hub.seeds.founding.Retelling", _pull_the_plug)
            found()
        db.session.rollback()
        completed = found()
        assert (completed.people, completed.imports) == (0, 0)
        assert completed.items >= 30


def _pull_the_plug(*_):
    raise RuntimeError("pulled")
