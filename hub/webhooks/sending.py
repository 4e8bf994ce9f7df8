"""One try to deliver: composed and judged in one transaction, sent outside any, kept in another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hub.core import clock
from hub.core.database import begin_reading, db, unit_of_work
from hub.core.fetching import NotFetched, installed_fetcher
from hub.core.jobs import enqueue
from hub.core.mail import post_mail

from . import signing
from .actions import DELIVER, drop
from .composing import compose, maker_of
from .models import FAILED, FAILING, GONE, MAKER, TAKEN, WAITING, Webhook, WebhookDelivery
from .rules import FAILING_FOR, PAUSES

# "Do not come again": the specification, and HTTP.
STATUS_GONE = 410


@dataclass(frozen=True)
class Letter:
    """What is sent, and where."""

    address: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """status: what the other side answered; None, with why, when it did not."""

    status: int | None
    problem: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver(delivery_id: int) -> None:
    """Try once. A try whose worker dies is made again with the same id, which the other side can tell."""
    letter = _written(delivery_id)
    if letter is not None:
        _keep(delivery_id, _send(letter))


def _written(delivery_id: int) -> Letter | None:
    with unit_of_work() as session:
        delivery = session.get(WebhookDelivery, delivery_id, populate_existing=True)
        if delivery is None or delivery.state != WAITING:
            return None
        webhook = delivery.webhook
        if webhook.paused:
            drop(delivery)
            return None
        maker = maker_of(webhook)
        if maker is None:
            drop(delivery)
            _pause(webhook, MAKER)
            return None
        body = compose(delivery, maker)
        if body is None:
            drop(delivery)
            return None
        at = int(clock.now().timestamp())
        return Letter(webhook.address, signing.headers(webhook.secret, delivery.token, at, body), body)


def _send(letter: Letter) -> Outcome:
    begin_reading()
    db.session.rollback()  # nothing of the database is held while the other side takes its time
    try:
        return Outcome(installed_fetcher().post(letter.address, letter.body, letter.headers).status)
    except NotFetched as problem:
        return Outcome(None, problem.sentence)


def _keep(delivery_id: int, outcome: Outcome) -> None:
    with unit_of_work() as session:
        delivery = session.get(WebhookDelivery, delivery_id, populate_existing=True)
        if delivery is None or delivery.state != WAITING:
            return
        delivery.tries += 1
        delivery.tried_at = clock.now()
        delivery.status, delivery.problem = outcome.status, outcome.problem[:300]
        webhook = session.scalars(
            select(Webhook).where(Webhook.id == delivery.webhook_id).with_for_update(of=Webhook)
        ).one()
        if outcome.taken:
            delivery.state, webhook.failing_since = TAKEN, None
        else:
            _not_taken(delivery, webhook, outcome)


def _not_taken(delivery: WebhookDelivery, webhook: Webhook, outcome: Outcome) -> None:
    webhook.failing_since = webhook.failing_since or clock.now()
    if outcome.status == STATUS_GONE:
        delivery.state = FAILED
        _pause(webhook, GONE)
    elif clock.now() - webhook.failing_since >= FAILING_FOR:
        delivery.state = FAILED
        _pause(webhook, FAILING)
    elif delivery.tries > len(PAUSES):
        delivery.state = FAILED
    else:
        enqueue(
            DELIVER,
            key=f"{DELIVER}:{delivery.id}:{delivery.tries}",  # its own job is open still, under another
            run_at=clock.now() + PAUSES[delivery.tries - 1],
            delivery_id=delivery.id,
        )


def _pause(webhook: Webhook, why: str) -> None:
    """Nothing is sent there until an owner takes it up again; whoever set it up is told, once."""
    if webhook.paused:
        return
    webhook.paused = why
    if webhook.person is not None and webhook.person.active:
        post_mail(
            "webhook_paused",
            webhook.person.email,
            key=f"webhook_paused:{webhook.id}:{clock.now().isoformat()}",
            person_id=webhook.person_id,
            webhook_id=webhook.id,
        )
