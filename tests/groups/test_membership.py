"""Coming into a group, going out, and who carries which role."""

import pytest
from sqlalchemy import select

from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.mail import Mail
from hub.core.policy import ANYBODY, MEMBER, MODERATOR, OWNER, visible
from hub.groups import actions
from hub.groups.models import BY_INVITATION, ON_REQUEST, Group, JoinRequest, Membership
from tests.conftest import DATABASES
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def again(of: Group) -> Group:
    db.session.rollback()
    return db.session.get_one(Group, of.id, populate_existing=True)


def membership(someone, of) -> Membership | None:
    return db.session.get(Membership, (someone.id, of.id))


@both
def test_whoever_founds_a_group_owns_it(app):
    founder = person()
    with unit_of_work():
        founded = actions.create_group(actor_of(founder), name="Records & Archives", summary="For all.")
    assert founded.slug == "records-archives"
    assert membership(founder, founded).role == OWNER
    assert again(founded).member_count == 1


def test_two_groups_of_one_name_have_addresses_of_their_own(app):
    with unit_of_work():
        made = [actions.create_group(ANYBODY, name="Records") for _ in range(2)]
    assert [one.slug for one in made] == ["records", "records-2"]


def test_a_group_is_never_at_the_address_of_a_page(app):
    with unit_of_work():
        assert actions.create_group(ANYBODY, name="New").slug == "new-2"


@both
def test_anyone_joins_an_open_group_once(app):
    someone, records = person(), group()
    for _ in range(2):
        with unit_of_work():
            actions.join(actor_of(someone), records)
    assert membership(someone, records).role == MEMBER
    assert again(records).member_count == 1


@pytest.mark.parametrize("joining", [ON_REQUEST, BY_INVITATION])
def test_nobody_walks_into_a_group_that_chooses(app, joining):
    someone, records = person(), group(joining=joining)
    with pytest.raises(Refused), unit_of_work():
        actions.join(actor_of(someone), records)
    assert membership(someone, records) is None


@both
def test_a_request_is_answered_and_told(app):
    records = group(joining=ON_REQUEST)
    facilitator = member(None, records, MODERATOR)
    welcome, unwelcome = person(), person()
    for someone in (welcome, unwelcome):
        with unit_of_work():
            actions.ask_to_join(actor_of(someone), records, "I keep records.")
    with unit_of_work():
        actor = actor_of(facilitator)
        actions.approve_request(actor, records, db.session.get(JoinRequest, (records.id, welcome.id)))
        refused = db.session.get(JoinRequest, (records.id, unwelcome.id))
        actions.decline_request(actor, records, refused, "For councils only.")
    assert membership(welcome, records) and not membership(unwelcome, records)
    assert db.session.scalars(select(JoinRequest)).all() == []
    told = {(mail.purpose, mail.person_id) for mail in db.session.scalars(select(Mail))}
    assert told == {(actions.ACCEPTED, welcome.id), (actions.DECLINED, unwelcome.id)}


def test_an_invitation_opens_once(app):
    records = group(joining=BY_INVITATION)
    owner = member(None, records, OWNER)
    with unit_of_work():
        invitation = actions.invite(actor_of(owner), records, "new@example.org")
    first, second = person(), person()
    with unit_of_work():
        actions.accept_invitation(actor_of(first), invitation)
    with pytest.raises(Refused), unit_of_work():
        actions.accept_invitation(actor_of(second), invitation)
    assert membership(first, records) and not membership(second, records)


def test_a_group_keeps_an_owner(app):
    records = group()
    owner = member(None, records, OWNER)
    with pytest.raises(Refused), unit_of_work():
        actions.leave(actor_of(owner), records)
    with pytest.raises(Refused), unit_of_work():
        actions.set_role(actor_of(owner), records, membership(owner, records), MEMBER)
    heir = member(None, records)
    with unit_of_work():
        actions.set_role(actor_of(owner), records, membership(heir, records), OWNER)
        actions.leave(actor_of(owner), records)
    assert membership(owner, records) is None
    assert again(records).member_count == 1


def test_only_an_owner_removes_a_moderator(app):
    records = group()
    owner, one, other = (member(None, records, role) for role in (OWNER, MODERATOR, MODERATOR))
    with pytest.raises(Refused), unit_of_work():
        actions.remove_member(actor_of(one), records, membership(other, records), "Quarrel")
    with unit_of_work():
        actions.remove_member(actor_of(owner), records, membership(other, records), "Has retired")
    assert membership(other, records) is None


def test_who_is_in_a_hidden_group_is_known_to_its_members_only(app):
    from hub.accounts.models import Person

    hidden, public = group(visibility="hidden"), group()
    inside, beside = member(None, hidden), member(None, public)

    def seen_by(actor) -> set[int]:
        return set(db.session.scalars(select(Person.id).where(visible(Person, actor))))

    assert seen_by(actor_of(inside)) == {inside.id, beside.id}
    assert seen_by(actor_of(beside)) == {beside.id}
    assert seen_by(ANYBODY) == set()
