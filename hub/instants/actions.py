"""Stopping one choice."""

from hub.groups.models import Group
from hub.subscriptions.actions import choose
from hub.subscriptions.models import MENTIONS, NEVER, Subscription


def stop(subscription: Subscription) -> None:
    """No posts at once from now on, nor a digest of the same. Members of a group are still told what concerns
    them: that mail has a link of its own that stops it. Doing it twice is doing it once."""
    subscriber, subject = subscription.subscriber, subscription.subject
    keeps = isinstance(subject, Group) and subscriber.as_actor().is_member(subject.id)
    if subscription.frequency != NEVER:
        choose(subscriber, subject, MENTIONS if keeps else NEVER, subscription.told)
