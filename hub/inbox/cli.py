"""`hub mail take` for mail servers that write into a pipe; `hub mail listen` serves LMTP."""

import os
import sys
from typing import BinaryIO

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext

from hub.core.cli import mail

from . import lmtp
from .models import PIPE
from .receiving import TooLarge, keep, largest


@mail.command("take")
@click.option(
    "--recipient", default="", help="The address that the message is for, as the mail server knows it."
)
@click.option("--sender", default=None, help="The envelope's sender, as the mail server knows it.")
@click.pass_context
def take_command(context: click.Context, recipient: str, sender: str | None) -> None:
    """Read one message and keep it. Exits with 0 only when it is kept, with 65 when it is too large, and with
    75 when the mail server should try again later, whatever went wrong."""
    try:
        app = context.ensure_object(ScriptInfo).load_app()
        status = _take(app, sys.stdin.buffer, recipient, sender)
    except BaseException as problem:
        click.echo(f"The hub cannot take this message now: {problem!r}", err=True)
        status = os.EX_TEMPFAIL
    raise SystemExit(status)


def _take(app: Flask, message: BinaryIO, recipient: str, sender: str | None) -> int:
    with app.app_context():
        if not app.extensions["settings"].mail_in_address:
            click.echo("HUB_MAIL_IN_ADDRESS is not set: the hub takes no mail.", err=True)
            return os.EX_TEMPFAIL
        try:
            keep(message.read(largest() + 1), PIPE, recipient=recipient, sender=sender)
        except TooLarge:
            click.echo(f"The message is larger than the {largest()} bytes that the hub takes.", err=True)
            return os.EX_DATAERR
    return os.EX_OK


@mail.command("listen")
@with_appcontext
def listen_command() -> None:
    """Serve LMTP where HUB_LMTP says, until told to stop. `hub run` does this by itself."""
    where = current_app.extensions["settings"].lmtp
    if not where:
        raise click.ClickException("Set HUB_LMTP to host:port, or to the path of a socket.")
    lmtp.serve(current_app._get_current_object(), where)  # type: ignore[attr-defined]


commands: list[click.Command] = []  # they are added to `hub mail`
