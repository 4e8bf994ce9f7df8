"""The list of erasures: one line each, in the data folder, never shortened. A backup from before an erasure
holds what was erased; whoever restores it has these carried out again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from hub.archive.models import ArchivedPost, Collection
from hub.archive.storage import MediaStore
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.jobs import job
from hub.core.policy import ANYBODY

from .erasing import erase

FOLDER, FILE = "erasures", "list.jsonl"


def erasures_file() -> Path:
    folder: Path = current_app.extensions["settings"].folder(FOLDER)
    return folder / FILE


@job("archive.erase_files", long=True)
def erase_files(line: dict[str, Any], hashes: Sequence[str]) -> None:
    """What lies outside of the database, after the commit: the line of the list first, then the files."""
    write_down([line])
    store = MediaStore(line["collection"])
    for sha256 in hashes:
        store.forget(sha256)


def write_down(lines: Sequence[dict[str, Any]]) -> None:
    """Add to the list what is not on it. On the disk when this returns."""
    known = {(one["collection"], one["post"]) for one in listed()}
    fresh = [one for one in lines if (one["collection"], one["post"]) not in known]
    if not fresh:
        return
    descriptor = os.open(erasures_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in fresh)
        file.flush()
        os.fsync(file.fileno())


def listed() -> list[dict[str, Any]]:
    path = erasures_file()
    return read(path.read_text(encoding="utf-8")) if path.is_file() else []


def read(text: str) -> list[dict[str, Any]]:
    """The lines of a list."""
    return [json.loads(line) for line in text.split("\n") if line]


def carry_out_again() -> int:
    """Erase what is on the list and stands in the database all the same; how many posts that was."""
    again = 0
    for one in listed():
        with unit_of_work() as session:
            post = session.scalar(
                select(ArchivedPost)
                .join(Collection, Collection.id == ArchivedPost.collection_id)
                .where(Collection.token == one["collection"], ArchivedPost.token == one["post"])
            )
            if post is not None and post.erased_at is None:
                said = one["authority"], one["reason"]
                erase(post, *said, ANYBODY, again=True, disposed=one.get("disposed"))
                again += 1
    db.session.rollback()
    drain(kinds=["archive.erase_files"])
    return again
