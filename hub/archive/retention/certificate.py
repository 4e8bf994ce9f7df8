"""What is left of posts that were disposed of or erased: a certificate, to read and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hub.core.database import db
from hub.core.pages import moment_with_zone

from .disposal_models import DISPOSAL, DONE, HELD, NEWER, Disposal, DisposalPost


def parts_of(disposal: Disposal) -> Sequence[DisposalPost]:
    statement = select(DisposalPost).where(DisposalPost.disposal_id == disposal.id)
    return db.session.scalars(statement.order_by(DisposalPost.post_id)).all()


def facts(disposal: Disposal) -> list[tuple[str, str]]:
    """What the certificate says, as (name, value)."""
    collection = disposal.collection
    parts = parts_of(disposal)
    done = sum(part.state == DONE for part in parts)
    held = sum(part.state == HELD for part in parts)
    told = [
        (_("Collection"), collection.name),
        (_("Held for"), collection.organisation.name if collection.organisation else _("a person")),
        (_("Authority"), disposal.authority),
    ]
    if disposal.entry:
        schedule = " ".join(part for part in (disposal.entry["schedule"], disposal.entry["version"]) if part)
        told.append((_("Schedule"), f"{schedule}: {disposal.entry['reference']} {disposal.entry['title']}"))
    told += [
        (_("Reason"), disposal.reason),
        (_("Asked by"), f"{disposal.asked_by}, {moment_with_zone(disposal.asked_at)}"),
    ]
    if disposal.transferred_to:
        told += _of_transfer(disposal)
    if disposal.approved_at is not None:
        told.append((_("Approved by"), f"{disposal.approved_by}, {moment_with_zone(disposal.approved_at)}"))
    if disposal.finished_at is not None:
        told.append((_("Carried out"), moment_with_zone(disposal.finished_at)))
    told.append((_("Archived posts"), str(done if disposal.finished_at is not None else disposal.number)))
    if held:
        told.append((_("Left alone: on hold when their turn came"), str(held)))
    newer = sum(part.state == NEWER for part in parts)
    if newer:
        told.append((_("Left alone: more is kept of them than was transferred"), str(newer)))
    if disposal.reached:
        copies = sum(disposal.reached.values())
        told.append((_("Copies of their words taken out elsewhere in the hub"), str(copies)))
    return told


def _of_transfer(disposal: Disposal) -> list[tuple[str, str]]:
    told = [(_("Transferred to"), disposal.transferred_to)]
    if disposal.handed_at is not None:
        told.append((_("Handed over"), moment_with_zone(disposal.handed_at)))
    told += [(_("Bag"), f"{one['name']}, SHA-256 {one['sha256']}") for one in disposal.bag]
    if disposal.received_at is not None:
        written = _("written down by %(name)s", name=disposal.received_by)
        told.append(
            (_("Receipt"), f"{disposal.receipt} ({written}, {moment_with_zone(disposal.received_at)})")
        )
    return told


def as_text(disposal: Disposal) -> str:
    """The certificate as plain text."""
    return "\n".join(_lines(disposal)) + "\n"


def _lines(disposal: Disposal) -> Iterator[str]:
    yield _("CERTIFICATE OF DISPOSAL") if disposal.kind == DISPOSAL else _("CERTIFICATE OF ERASURE")
    yield ""
    for name, value in facts(disposal):
        yield f"{name}: {value}"
    yield ""
    if disposal.transferred_to:
        yield _("The archive holds the posts, in the bag that is named above; they are gone from this hub.")
    yield _("What is gone: bytes, versions, pictures, thumbnails, index entries and copies of the words.")
    yield _("What is left: for each post its address here, and the commitments of its entries in the")
    yield _("collection's log, which tell nothing of it but that it was there and was not tampered with.")
    for part in parts_of(disposal):
        if part.state == DONE:
            yield ""
            yield _("Post %(token)s", token=part.post_token)
            yield from (f"  {commitment}" for commitment in part.commitments)


def as_json(disposal: Disposal) -> str:
    """The same for machines."""
    parts = parts_of(disposal)
    said: dict[str, Any] = {
        "certificate": disposal.token,
        "kind": disposal.kind,
        "collection": disposal.collection.token,
        "collection_name": disposal.collection.name,
        "organisation": disposal.collection.organisation.name if disposal.collection.organisation else None,
        "authority": disposal.authority,
        "entry": disposal.entry or None,
        "reason": disposal.reason,
        "asked_by": disposal.asked_by,
        "asked_at": disposal.asked_at.isoformat(),
        "approved_by": disposal.approved_by,
        "approved_at": disposal.approved_at.isoformat() if disposal.approved_at else None,
        "finished_at": disposal.finished_at.isoformat() if disposal.finished_at else None,
        "transfer": _transfer(disposal),
        "posts": [
            {"post": part.post_token, "commitments": part.commitments} for part in parts if part.state == DONE
        ],
        "on_hold": [part.post_token for part in parts if part.state == HELD],
        "not_as_transferred": [part.post_token for part in parts if part.state == NEWER],
        "copies_taken_out": disposal.reached,
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _transfer(disposal: Disposal) -> dict[str, Any] | None:
    if not disposal.transferred_to:
        return None
    return {
        "to": disposal.transferred_to,
        "handed_over_at": disposal.handed_at.isoformat() if disposal.handed_at else None,
        "files": disposal.bag,
        "receipt": disposal.receipt,
        "received_at": disposal.received_at.isoformat() if disposal.received_at else None,
        "received_by": disposal.received_by,
    }
