"""Commands that run the hub: `worker`, `upgrade`, `settings`; and `mail dkim-key`."""

import json
import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from . import migrating, worker
from .dkim import CannotSign, Signer, new_key, read_key
from .settings import Settings

# DNS carries texts in strings of at most 255 bytes.
TXT_PIECE = 255


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Start the worker alone: it carries out jobs (mail, digests, imports, the search index)."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("upgrade")
@with_appcontext
def upgrade_command() -> None:
    """Bring the database to this version of the hub. Safe to repeat; make a backup first."""
    migrating.upgrade()


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def settings_command(as_json: bool) -> None:
    """Print every setting, its meaning, its value and where that came from."""
    rows = current_app.extensions["settings"].explained()
    if as_json:
        click.echo(json.dumps({"settings": rows}, indent=2))
        return
    for row in rows:
        click.echo(f"{row['variable']} = {row['value'] or '(empty)'}   [{row['source']}]")
        click.echo(f"    {row['meaning']}")


@click.group("mail")
def mail() -> None:
    """The hub's mail."""


@mail.command("dkim-key")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--ed25519", is_flag=True, help="A short modern key, beside an RSA one that everybody reads.")
@click.option("--selector", default="hub", show_default=True, help="Under which name the domain has it.")
@with_appcontext
def dkim_key_command(file: Path, ed25519: bool, selector: str) -> None:
    """Make a key that signs mail (DKIM), in a new FILE, and print the DNS record that goes with it."""
    settings: Settings = current_app.extensions["settings"]
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            kept.write(new_key("ed25519" if ed25519 else "rsa"))
        key = read_key(file.absolute())
    except FileExistsError as problem:
        raise click.ClickException(f"{file} is there already, and was left as it is.") from problem
    except (OSError, CannotSign) as problem:
        raise click.ClickException(f"The key could not be written: {problem}") from problem
    name, text = Signer(settings.dkim_domain or settings.mail_from.rpartition("@")[2], selector, key).record
    click.echo(f"Add this TXT record to your domain (in pieces of at most {TXT_PIECE} letters):\n")
    pieces = " ".join(f'"{text[first : first + TXT_PIECE]}"' for first in range(0, len(text), TXT_PIECE))
    click.echo(f"{name}. IN TXT ( {pieces} )\n")
    click.echo("When it can be looked up, set these, and restart the hub:\n")
    click.echo(f"HUB_DKIM_KEY={file.absolute()}\nHUB_DKIM_SELECTOR={selector}")


commands = [worker_command, upgrade_command, settings_command, mail]
