"""The commands `hub verify` and `hub checkpoints`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from hub.archive.models import Collection
from hub.core.database import db, unit_of_work
from hub.core.pages import machine_time

from . import checkpoints, log_keys, notes, one_post, stamping
from .crew import alone, on_all_cores
from .faults import Fault
from .log import Log, log_of
from .models import LogCheckpoint, LogHead
from .notes import Note
from .whole import Result, Tell, verify

# Less than this is done before other processes have begun.
WORTH_SHARING = 5_000


@click.command("verify")
@click.option("--collection", "wanted", default="", help="Name or token of one collection; else all of them.")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of checkpoints that was held outside of this hub. May be given several times.",
)
@click.option("--post", "address", default="", help="Address of one post: check only that, as its page does.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@with_appcontext
def verify_command(wanted: str, files: Sequence[Path], address: str, as_json: bool) -> None:
    """Check that nothing of the archive was changed since it was sealed.

    Follows each collection's log from its first entry to its last: the chain, the tree against every signed
    checkpoint (stored here, and in the files given), every sealed statement beside the rows that it tells
    of, every kept byte beside its hash. Names each fault. Exits with 1 when there is one.
    """
    if address:
        if wanted or files:
            raise click.UsageError("Give --post by itself: one post is checked against what this hub holds.")
        sys.exit(one_post.check_and_say(address, as_json))
    given = _given(files)
    logs = [log_of(one) for one in _collections(wanted)]
    held: dict[str, list[Note]] = {}
    for note in given:
        held.setdefault(note.collection_token, []).append(note)
    told: list[dict[str, Any]] = []
    for log in logs:
        began = time.monotonic()
        size = _size(log)
        ask = on_all_cores if size >= WORTH_SHARING else alone
        result = verify(log, held.pop(log.token, []), _progress(log, size, as_json), ask)
        told.append(_told(log, result, time.monotonic() - began))
        if not as_json:
            _say(log, result, told[-1]["seconds"])
    if not wanted:
        strangers = [Fault("other_log", {"origin": note.origin}) for rest in held.values() for note in rest]
        told += [{"collection": None, "ok": False, "faults": [str(one)]} for one in strangers]
        if not as_json:
            for one in strangers:
                click.echo(f"  FAULT: {one}")
    well = all(one["ok"] for one in told)
    if as_json:
        click.echo(json.dumps({"ok": well, "collections": told}))
    sys.exit(0 if well else 1)


def _given(files: Sequence[Path]) -> list[Note]:
    found = []
    for path in files:
        try:
            found += notes.read_many(path.read_text())
        except (notes.NotANote, UnicodeDecodeError) as problem:
            raise click.ClickException(f"{path}: {problem}") from problem
    return found


def _collections(wanted: str) -> list[Collection]:
    statement = select(Collection).order_by(Collection.id)
    if wanted:
        statement = statement.where(or_(Collection.name == wanted, Collection.token == wanted))
    found = list(db.session.scalars(statement))
    db.session.rollback()
    if wanted and not found:
        raise click.ClickException(f"There is no collection {wanted!r}. Give its name, or its token.")
    return found


def _size(log: Log) -> int:
    size = db.session.scalar(select(LogHead.size).where(LogHead.collection_id == log.id)) or 0
    db.session.rollback()
    return size


def _progress(log: Log, size: int, as_json: bool) -> Tell:
    """How far it is, on one line of a terminal."""

    def say(done: int | None) -> None:
        if as_json or not sys.stderr.isatty():
            return
        told = "the bytes that are kept ..." if done is None else f"{done:,} of {max(done, size):,} entries"
        click.echo(f"\r\033[K{log.name}: {told}", nl=False, err=True)

    return say


def _told(log: Log, result: Result, seconds: float) -> dict[str, Any]:
    return {
        "collection": log.token,
        "name": log.name,
        "ok": result.count == 0,
        "entries": result.size,
        "anchored": result.anchored,
        "erased": result.erased,
        "waiting": result.waiting,
        "fault_count": result.count,
        "faults": [str(fault) for fault in result.faults],
        "seconds": round(seconds, 3),
    }


def _say(log: Log, result: Result, seconds: float) -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(
        f"{log.name}: {result.size:,} entries in {seconds:.1f} s, "
        + ("all as it was sealed." if not result.count else f"{result.count:,} fault(s).")
    )
    if result.anchored < result.size:
        newer = result.size - result.anchored
        click.echo(f"  {newer:,} not yet anchored: newer than the last checkpoint that agrees.")
    if result.waiting:
        click.echo(f"  {result.waiting:,} event(s) not sealed yet: the worker does that.")
    if result.erased:
        click.echo(f"  {result.erased:,} erased under a recorded authority; their commitments hold.")
    for fault in result.faults:
        click.echo(f"  FAULT: {fault}")
    if result.count > len(result.faults):
        click.echo(f"  ... and {result.count - len(result.faults):,} more.")


@click.command("checkpoints")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--collection", "wanted", default="", help="Name or token of one collection; else all of them.")
@click.option("--sign", "sign", is_flag=True, help="First sign what is new; otherwise that is done daily.")
@click.option("--keys", "keys", is_flag=True, help="Print the public keys instead, for note-checking tools.")
@with_appcontext
def checkpoints_command(file: Path | None, wanted: str, sign: bool, keys: bool) -> None:
    """Write all signed checkpoints to FILE (or print them), to be kept where this hub cannot reach.

    Give the file to `hub verify --checkpoint` later: what was changed meanwhile does not agree with it.
    """
    collections = _collections(wanted)
    if keys:
        _print_keys(collections)
        return
    if sign:
        for collection in collections:
            checkpoints.make(collection.id)
    found = checkpoints.all_of([one.id for one in collections])
    text = checkpoints.in_one_file(found)
    if file is None:
        click.echo(text, nl=False)
        return
    file.write_text(text)
    click.echo(f"{file}: {len(found):,} checkpoint(s) of {_logs(found):,} collection(s).")
    for line in _stamps(found):
        click.echo(f"  {line}")


def _logs(found: Sequence[LogCheckpoint]) -> int:
    return len({one.collection_id for one in found})


def _stamps(found: Sequence[LogCheckpoint]) -> Iterator[str]:
    """How many of them which authority stamped, and how many none has; nothing where none is asked."""
    stamped: dict[str, list[datetime]] = {}
    for one in found:
        if one.timestamp is not None and one.stamped_at is not None:
            stamped.setdefault(stamping.by_whom(one.timestamp), []).append(one.stamped_at)
    for by, times in sorted(stamped.items()):
        yield (
            f"{len(times):,} time-stamped by {by or 'an authority that gives no name'}, "
            f"the last on {machine_time(max(times))}."
        )
    without = len(found) - sum(map(len, stamped.values()))
    if without and (stamped or stamping.is_wanted()):
        yield f"{without:,} without a time stamp."


def _print_keys(collections: Sequence[Collection]) -> None:
    with unit_of_work():
        for collection in collections:
            log_keys.record_key(log_keys.origin_of(collection).partition("/")[0])
        known = [(key.public, key.since) for key in log_keys.known_keys()]
    for collection in collections:
        for public, since in known:
            click.echo(
                f"{notes.verifier_key(log_keys.origin_of(collection), public)}  since {since:%Y-%m-%d}"
            )


commands = [verify_command, checkpoints_command]
