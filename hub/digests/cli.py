"""`hub digest send`: send what is due, without waiting for the worker's clock."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from hub.core import clock

from .sending import send_due_now


def _moment(_context: click.Context, _option: click.Parameter, written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as problem:
        raise click.BadParameter("write it like 2026-11-23T07:00 or 2026-11-23T07:00+00:00") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tell(done: int, of: int) -> None:
    click.echo(f"{done:,} of {of:,} done", err=True)


@click.group("digest")
def digest() -> None:
    """Digests by e-mail."""


@digest.command("send")
@click.option("--at", callback=_moment, metavar="TIME", help="What is due at this time (UTC unless it says).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def send_command(at: datetime | None, as_json: bool) -> None:
    """Compose and send the digests that are due. Running it twice sends nothing twice."""
    result = send_due_now(at or clock.now(), _tell)
    if as_json:
        click.echo(json.dumps(asdict(result)))
    else:
        due = f"{result.subscribers} subscriber(s) were due"
        click.echo(f"{due}: {result.sent} sent, {result.empty} had nothing new.")
        if result.passed_over:
            said = "were passed over, since mail to their addresses came back"
            click.echo(f"{result.passed_over} {said}: see /admin/deliveries/health.")
        if result.waiting:
            click.echo(f"{result.waiting} wait for the mail server and are tried again by the worker.")
        if result.uncertain:
            click.echo(f"{result.uncertain} are uncertain: see /admin/deliveries.")
        if result.failed:
            click.echo(f"{result.failed} failed: see /admin/deliveries.")
    if not result.all_well:
        raise SystemExit(1)


commands = [digest]
