"""What the codes of webhooks are called."""

from flask_babel import gettext as _

from hub.content.models import DISCUSSION, GUIDANCE, QUESTION

from .models import BY_HAND, DROPPED, FAILED, FAILING, GONE, MAKER, TAKEN, WAITING, WebhookDelivery


def kinds() -> dict[str, str]:
    return {
        QUESTION: _("Questions, answers and what was accepted"),
        DISCUSSION: _("Discussions and replies"),
        GUIDANCE: _("Guidance, when it is published, changed or checked"),
    }


def too_many(most: int) -> str:
    return _("A group has %(most)s webhooks at most. Remove one first.", most=most)


def why_paused(code: str) -> str:
    return {
        BY_HAND: _("An owner paused it."),
        FAILING: _("Nothing that was sent there was taken for three days."),
        GONE: _("The other side answered that there is nothing there any more (410)."),
        MAKER: _("Whoever set it up does not own the group any more. Take it up to answer for it yourself."),
    }[code]


def state(delivery: WebhookDelivery) -> tuple[str, str]:
    """(meaning, word) as for the status component."""
    return {
        WAITING: ("open", _("Waiting") if not delivery.tries else _("To be tried again")),
        TAKEN: ("verified", _("Taken")),
        FAILED: ("overdue", _("Not taken")),
        DROPPED: ("closed", _("Not sent")),
    }[delivery.state]


def answered(delivery: WebhookDelivery) -> str:
    """What came of the last try."""
    if delivery.problem:
        return delivery.problem
    if delivery.status is not None:
        return _("It answered with the code %(code)s.", code=delivery.status)
    return _("It may not be told any more.") if delivery.state == DROPPED else ""
