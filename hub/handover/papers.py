"""Hand-overs that people read: the paper as a PDF and as a page, and what goes with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hub.archive.covering import covered_of
from hub.archive.masking import public_people
from hub.archive.models import CoveredPicture
from hub.core.site import site

from .certificate import certificate
from .describing import Masking
from .disclosure import disclose
from .gathering import Gathered, imports_of
from .log import Anchored
from .models import CERTIFICATE, HandOver
from .paper import Paper, print_pdf
from .paper.files import page_of
from .redacting import Redactor

# A paper is read by people, and held in memory while it is set.
MOST_POSTS = 500

# What the hub's own page of a paper is made from; it is not handed out.
KEPT_AS = "paper.json"


def write(
    folder: Path,
    made: HandOver,
    *,
    made_by: str,
    session: Session,
    posts: Iterable[Gathered],
    at: datetime,
    progress: Callable[[int], None],
) -> None:
    """Write the files of a certificate or a disclosure. made_by: the name of whoever asked for it."""
    collection = made.collection
    holder = collection.organisation.name if collection.organisation else made_by
    public = public_people([collection.id])[collection.id]
    read = _in_order(posts, progress)
    covered = _covered(read)
    if made.format == CERTIFICATE:
        paper = certificate(
            read,
            imports=imports_of(session, collection),
            masking=Masking(made.names_shown, public, covered),
            anchored=Anchored(session, collection),
            holder=holder,
            hub=site().name,
            made_by=made_by,
            at=at,
        )
    else:
        redactor = Redactor(made.redactions, public, made.exemption)
        disclosed = disclose(
            read,
            redactor,
            covered=covered,
            holder=holder,
            hub=site().name,
            reason=made.reason,
            at=at,
        )
        paper = disclosed.paper
        (folder / "disclosure.csv").write_bytes(b"".join(disclosed.rows))
    _write_paper(folder, made.format, paper, at)


def _in_order(posts: Iterable[Gathered], progress: Callable[[int], None]) -> list[Gathered]:
    """The earliest first, as people read."""
    read = []
    for count, found in enumerate(posts, 1):
        read.append(found)
        progress(count)
    return sorted(read, key=lambda found: (found.post.sort_at, found.post.token))


def _covered(posts: Iterable[Gathered]) -> dict[int, CoveredPicture]:
    pictures = (one for found in posts for version in found.versions for one in version.media)
    return covered_of({one.media_id for one in pictures if one.media_id})


def _write_paper(folder: Path, name: str, paper: Paper, at: datetime) -> None:
    (folder / f"{name}.pdf").write_bytes(print_pdf(paper, at))
    (folder / f"{name}.html").write_text(page_of(paper), encoding="utf-8")
    (folder / KEPT_AS).write_text(json.dumps(paper.as_plain()), encoding="utf-8")
