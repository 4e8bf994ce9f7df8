"""What the worker does about subscriptions: asking to confirm, following what people do, forgetting."""

from datetime import timedelta

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.mail import Email, Mail, composer
from hub.core.outbox import on
from hub.groups.models import Group, Membership

from . import actions, composing, queries
from .models import FREQUENCIES
from .rules import OF_MEMBERS


@composer(actions.CONFIRMING)
def compose_confirmation(mail: Mail) -> Email | None:
    return composing.compose_confirmation(mail)


@composer(actions.NEW_LINKS)
def compose_new_links(mail: Mail) -> Email | None:
    return composing.compose_new_links(mail)


@on("group.joined")
def tell_new_members(group_id: int, person_id: int) -> None:
    """Whoever joins hears of the group, as members do, unless they chose already or have left again."""
    _tell_of_groups(person_id, [group_id], OF_MEMBERS, again=False)


@on("person.welcomed")
def tell_as_chosen(person_id: int, group_ids: list[int], answers: dict[str, str]) -> None:
    """What was chosen on the welcome page for the groups that were joined there."""
    frequency = answers.get("hears", "")
    if frequency in FREQUENCIES:
        _tell_of_groups(person_id, group_ids, frequency, again=True)


def _tell_of_groups(person_id: int, group_ids: list[int], frequency: str, *, again: bool) -> None:
    person = db.session.get(Person, person_id)
    if person is None or not person.active:
        return
    subscriber = actions.own_subscriber(person)
    chosen = set() if again else {kept.group_id for kept in actions.subscriptions_of(subscriber)}
    for group_id in group_ids:
        group = db.session.get(Group, group_id)
        is_in = db.session.get(Membership, (person_id, group_id)) is not None
        if group is not None and is_in and group_id not in chosen:
            actions.choose(subscriber, group, frequency)


@on("group.left")
def tell_no_more(group_id: int, person_id: int) -> None:
    """Whoever left hears no more of the group, unless they have come back."""
    subscriber = queries.own_subscriber_of(person_id)
    group = db.session.get(Group, group_id)
    if subscriber is None or group is None or db.session.get(Membership, (person_id, group_id)) is not None:
        return
    actions.end_subscriptions(subscriber, group)


@on("person.confirmed")
def keep_what_was_chosen(person_id: int) -> None:
    """Choices made with the address before there was an account are the person's."""
    person = db.session.get(Person, person_id)
    if person is not None and person.confirmed_at is not None:
        actions.take_over(person)


@on("person.address_changed")
def follow_to_the_new_address(person_id: int) -> None:
    """What was chosen with it comes along; and whoever reads the old mailbox now, as after a change of work,
    has nothing in it that opens the new one's choices."""
    keep_what_was_chosen(person_id)
    subscriber = queries.own_subscriber_of(person_id)
    if subscriber is not None:
        actions.renew_links(subscriber)


@on("person.changed")
def follow_their_clock(person_id: int) -> None:
    """Whoever moves to another time zone gets mail at their hour there."""
    subscriber = queries.own_subscriber_of(person_id)
    if subscriber is not None:
        actions.follow_clock(subscriber)


@job("subscriptions.forget")
def forget() -> None:
    actions.forget_unconfirmed()
    for subscriber in queries.due_too_late(clock.now()):
        actions.fall_due_anew(subscriber)


scheduled("subscriptions.forget", timedelta(days=1))
