"""Commands that run the hub: `run`, `worker`, `upgrade`, `settings`."""

import json

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade as migrate

from . import supervisor, worker
from .settings import Settings


@click.command("run")
@with_appcontext
def run_command() -> None:
    """Start everything: web processes and the worker, under one parent. Ends with Ctrl-C."""
    settings: Settings = current_app.extensions["settings"]
    click.echo(f"Knowledge Hub is at {settings.address} (Ctrl-C stops it)")
    try:
        supervisor.run(settings)
    except supervisor.PortTaken as problem:
        raise click.ClickException(str(problem)) from problem


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Start the worker alone: it carries out jobs (mail, digests, imports, the search index)."""
    worker.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("upgrade")
@with_appcontext
def upgrade_command() -> None:
    """Bring the database to this version of the hub. Safe to repeat; make a backup first."""
    migrate()


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


commands = [run_command, worker_command, upgrade_command, settings_command]
