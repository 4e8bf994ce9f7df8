"""What the worker does about subscriptions: asking to confirm, and forgetting who never did."""

from datetime import timedelta

from hub.core.jobs import job, scheduled
from hub.core.mail import Email, Mail, composer

from . import actions, composing


@composer("digest.confirm")
def compose_confirmation(mail: Mail) -> Email | None:
    return composing.compose_confirmation(mail)


@job("subscriptions.forget")
def forget() -> None:
    actions.forget_unconfirmed()


scheduled("subscriptions.forget", timedelta(days=1))
