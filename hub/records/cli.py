"""Commands that keep the hub's own records: `backup`, `restore`, `check`."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from hub.core.checks import run_checks

from .backup import OtherVersion, back_up
from .restore import CannotRestore, restore

_as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


def _progress(as_json: bool) -> Any:
    """Say on standard error what is being done, on a terminal in place."""

    def say(said: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{said}", nl=False, err=True)

    return say if not as_json else lambda _said: None


def _done() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_as_json
@with_appcontext
def backup_command(file: Path, as_json: bool) -> None:
    """Write everything in this hub to one FILE, while it is in use. Keep it safe: it holds secrets."""
    try:
        manifest = back_up(file, _progress(as_json))
    except OtherVersion as problem:
        _done()
        raise click.ClickException(str(problem)) from problem
    _done()
    rows = sum(said["count"] for said in manifest["tables"].values())
    result = {"file": str(file), "rows": rows, "files": len(manifest["files"]), "bytes": file.stat().st_size}
    if as_json:
        click.echo(json.dumps(result))
    else:
        click.echo(f"{file}: {rows:,} rows and {result['files']:,} files, {result['bytes']:,} bytes.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as_json
@with_appcontext
def restore_command(file: Path, as_json: bool) -> None:
    """Put a backup FILE into this hub, which must be empty. Then run `hub search rebuild`."""
    try:
        manifest = restore(file, _progress(as_json))
    except CannotRestore as problem:
        _done()
        raise click.ClickException(str(problem)) from problem
    _done()
    rows = sum(said["count"] for said in manifest["tables"].values())
    again = manifest["erased_again"]
    result = {
        "taken_at": manifest["taken_at"],
        "rows": rows,
        "files": len(manifest["files"]),
        "erased_again": again,
    }
    if as_json:
        click.echo(json.dumps(result))
    else:
        click.echo(
            f"{rows:,} rows and {result['files']:,} files are back, as they were at {result['taken_at']}."
        )
        if again:
            click.echo(f"{again:,} post(s) that were erased or disposed of since are erased again.")


@click.command("check")
@_as_json
@with_appcontext
def check_command(as_json: bool) -> None:
    """Look for anything that does not fit: counters, the index, jobs, evidence. Changes nothing."""
    found = run_checks()
    problems = [problem for sentences in found.values() for problem in sentences]
    if as_json:
        click.echo(json.dumps({"ok": not problems, "checks": found}))
    else:
        for name, sentences in found.items():
            click.echo(f"{name}: {'all well' if not sentences else ''}")
            for sentence in sentences:
                click.echo(f"    {sentence}")
    sys.exit(1 if problems else 0)


commands = [backup_command, restore_command, check_command]
