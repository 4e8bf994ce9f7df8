"""The command `hub import`; those of the log are in its own module."""

from __future__ import annotations

import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from hub.accounts.models import Person
from hub.core import clock
from hub.core.database import db, unit_of_work

from . import actions, storage, words
from .adapters import ADAPTERS, SEALED
from .adapters.mapped_table import MappedTable
from .importing import reader
from .importing.lease import LEASE, Busy
from .models import ASKS, DONE, Collection, Import, Keeper
from .own_accounts import Unsaid, unsaid
from .proof.cli import commands as log_commands
from .reasons import left_out_sentence, no_posts_sentence

DEFAULT_COLLECTION = "Imported posts"
SECONDS_BETWEEN_TRIES = 2.0
NOTICED = "edits, deletions and absences noticed"


class _ImportCommand(click.Command):
    """Its help lists what can be imported, as the adapters themselves call it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lists = (
            ("What FILE can be", (*ADAPTERS, MappedTable)),
            ("Into a sealed collection only", SEALED),
        )
        for heading, adapters in lists:
            with formatter.section(heading):
                for label in sorted({str(one.label) for one in adapters}, key=str.casefold):
                    formatter.write_text(label)


@click.command("import", cls=_ImportCommand)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--as", "handle", default="", help="Handle or e-mail address of the keeper who imports.")
@click.option("--collection", "name", default="", help="Name of their collection; made when missing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@with_appcontext
def import_command(file: Path, handle: str, name: str, as_json: bool) -> None:
    """Import FILE, a platform's export or a capture, into a collection.

    FILE is as the platform gave it, or the folder that it unpacks to; what it is, is told from what is in
    it. Without --as, the first administrator imports; without --collection, into the one collection that
    they keep, or a new one. "events" counts the edits, deletions and absences that were noticed; "whose"
    lists accounts that stay masked until a keeper says whose they are.
    """
    began = time.monotonic()
    person = _person(handle)
    found = _start(person, name, file)
    ended = _carry_through(found, as_json)
    if not as_json and sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    result = _result(ended, time.monotonic() - began)
    click.echo(json.dumps(result) if as_json else _in_words(ended, result))
    if ended.state != DONE:
        sys.exit(1)


def _person(handle: str) -> Person:
    statement = select(Person).order_by(Person.id).limit(1)
    if handle:
        plain = handle.lstrip("@").lower()
        statement = statement.where(or_(Person.handle == plain, Person.email == plain))
    else:
        statement = statement.where(Person.administrator)
    person = db.session.scalar(statement)
    if person is None:
        raise click.ClickException(
            f"Nobody here has the handle or address {handle!r}. Give another with --as."
            if handle
            else "There is no administrator yet. Run `hub setup` first, or say who imports with --as."
        )
    return person


def _start(person: Person, name: str, file: Path) -> Import:
    """Keep the upload, then write that it waits. A worker takes it over if this command is killed."""
    with _one_file(file) as stream:
        upload = actions.keep_upload(stream)
    with unit_of_work():
        person = db.session.get(Person, person.id)
        actor = person.as_actor()
        collection = _collection(person, name) or actions.create_collection(
            actor, name or DEFAULT_COLLECTION, "", person.organisation
        )
        found = actions.start_import(actor, collection, file.name, upload)
        actions.queue_import(found, run_at=clock.now() + LEASE)
        return found


@contextmanager
def _one_file(path: Path) -> Iterator[BinaryIO]:
    """A file as it is; a folder as a zip of its files, made for the moment."""
    if path.is_file():
        with path.open("rb") as stream:
            yield stream
        return
    with tempfile.TemporaryFile(dir=storage.uploads_folder()) as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
            for one in sorted(one for one in path.rglob("*") if one.is_file()):
                zipped.write(one, one.relative_to(path))
        stream.seek(0)
        yield stream


def _collection(person: Person, name: str) -> Collection | None:
    kept = (
        select(Collection)
        .join(Keeper, Keeper.collection_id == Collection.id)
        .where(Keeper.person_id == person.id)
        .order_by(Collection.id)
    )
    if name:
        return db.session.scalars(kept.where(Collection.name == name)).unique().first()
    found = db.session.scalars(kept.limit(2)).unique().all()
    if len(found) > 1:
        raise click.ClickException(
            f"@{person.handle} keeps several collections. Say which with --collection NAME."
        )
    return found[0] if found else None


def _carry_through(found: Import, quiet: bool) -> Import:
    """Wait for earlier imports of the collection, then read this one."""
    tell = None if quiet or not sys.stderr.isatty() else _progress
    while True:
        try:
            reader.run(found.id, tell=tell)
        except Busy:
            time.sleep(SECONDS_BETWEEN_TRIES)
            continue
        with unit_of_work():
            actions.unqueue_import(found)
        return db.session.get(Import, found.id, populate_existing=True)


def _progress(found: Import) -> None:
    of = f" of {found.expected:,}" if found.expected else ""
    click.echo(f"\r\033[K{found.read:,}{of} rows read, {found.new:,} new posts", nl=False, err=True)


def _result(found: Import, seconds: float) -> dict[str, Any]:
    left_out = found.report.get("left_out", {})
    result = {
        "format": found.adapter,
        "read": found.read,
        "new": found.new,
        "versions": found.versions,
        "events": found.events,
        "left_out": {reason: told["count"] for reason, told in left_out.items()},
        "declared": {
            file: {"declared": declared, "found": present}
            for file, declared, present in found.report.get("counted", [])
        },
        "seconds": round(seconds, 3),
        "state": found.state,
        "collection": found.collection.name,
        "address": found.path,
        "whose": [one.called for one in _unsaid(found)],
    }
    if found.problem:
        result["problem"] = words.problem_sentence(found.problem, found.problem_detail)
    return result


def _unsaid(found: Import) -> list[Unsaid]:
    """Accounts of which a keeper has yet to say whose they are: this command unmasks nobody."""
    person = db.session.get(Person, found.person_id) if found.account_id and found.person_id else None
    return unsaid(person.as_actor(), [found.collection], found) if person else []


def _in_words(found: Import, result: dict[str, Any]) -> str:
    if found.state == ASKS:
        return f"This is a table. Say what its columns are on the import's page: {found.path}"
    if found.state != DONE:
        return result.get("problem", "The import was stopped; nothing of it was kept.")
    told = "further events of their histories" if words.brings_histories(found) else NOTICED
    lines = [
        f"{words.format_label(found.adapter)} into “{found.collection.name}”, in {result['seconds']:.1f} s:",
        f"  {found.read:,} rows read, {found.new:,} new posts, {found.versions:,} new versions, "
        f"{found.events:,} {told}.",
    ]
    if not found.read:
        lines.append(f"  {no_posts_sentence(found.adapter)}")
    for file, counts in result["declared"].items():
        if counts["declared"] not in (None, counts["found"]):
            lines.append(f"  {file}: {counts['declared']:,} declared, {counts['found']:,} found.")
    for reason, count in result["left_out"].items():
        lines.append(f"  Left out: {count:,}. {left_out_sentence(reason)}.")
    for one in _unsaid(found):
        lines.append(f"  Whose account is {one.called}? Until a keeper says so, it is masked: {one.path}")
    return "\n".join([*lines, f"  Report: {found.path}"])


commands = [import_command, *log_commands]
