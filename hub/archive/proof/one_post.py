"""`hub verify --post`: what the page of one post's check tells, on a terminal."""

from __future__ import annotations

import json
import re

import click
from sqlalchemy import select

from hub.archive.models import ArchivedPost, Collection
from hub.core.database import db
from hub.core.pages import figure, machine_time

from . import said
from .checking import Checked, check

_ADDRESS = re.compile(r"(?:^|/)collections/(\w+)/posts/(\w+)(?:[/?#]|$)")


def check_and_say(address: str, as_json: bool) -> int:
    """Check a post and print how it is; the status to exit with: 1 when there is a fault."""
    post = _post(address)
    checked = check(post)
    click.echo(json.dumps(_told(post, checked)) if as_json else "\n".join(_lines(post, checked)))
    return 1 if checked.faults else 0


def _post(address: str) -> ArchivedPost:
    """The post at an address of this hub, or a part of it from "collections/" on."""
    found = _ADDRESS.search(address)
    if found is None:
        raise click.ClickException(
            f"{address!r} is no address of a post. Give it as your browser shows it on the post's page: "
            ".../collections/.../posts/..."
        )
    collection, token = found.groups()
    post = db.session.scalar(
        select(ArchivedPost)
        .join(Collection, Collection.id == ArchivedPost.collection_id)
        .where(Collection.token == collection, ArchivedPost.token == token)
    )
    if post is None:
        raise click.ClickException(f"There is no post {token!r} in a collection {collection!r}.")
    return post


def _lines(post: ArchivedPost, checked: Checked) -> list[str]:
    verdict = said.verdict(checked)
    return [
        f"{post.path}: {verdict.title}. {verdict.text}",
        *(f"  FAULT: {fault}" for fault in checked.faults),
        *(f"  {what}: {figure(number)}" for what, number in said.what_was_checked(checked)),
        *(f"  {machine_time(at)}  {what}" for at, what in said.its_entries(checked)),
    ]


def _told(post: ArchivedPost, checked: Checked) -> dict[str, object]:
    anchored = checked.standing.anchored
    return {
        "post": post.path,
        "ok": not checked.faults,
        "verdict": said.verdict(checked).title,
        "entries": len(checked.entries),
        "waiting": checked.standing.waiting,
        "anchored_at": machine_time(anchored.made_at) if anchored else None,
        "slices": checked.slices,
        "media": checked.media,
        "faults": [str(fault) for fault in checked.faults],
    }
