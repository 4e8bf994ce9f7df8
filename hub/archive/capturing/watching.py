"""One look at a watched address: fetched, compared with what it said before, imported if it says otherwise.

Nothing is fetched within a transaction. A look that is cut off anywhere is simply made again: what it found
is imported like any file, and the same twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import structlog
from sqlalchemy import select, update

from hub.archive import actions, storage
from hub.archive.adapters import recognise
from hub.archive.adapters.base import CapturedPost
from hub.archive.adapters.watched import ASKED, LOOK, MARK, Watched, read_answer
from hub.archive.sources import Broken, Unreadable
from hub.archive.sources.memory import MemorySource
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.fetching import Fetched, Fetcher, NotFetched
from hub.core.outbox import emit
from hub.core.policy import Actor

from . import looking
from .looking import Asked, NothingThere, Place
from .models import ON, WatchedAddress, WatchedPost, WatchImport

log = structlog.get_logger(__name__)

FILE_NAME = "watched-address.zip"
IN_MEMORY = 1024 * 1024
# Posts asked for after one look, so that a list that was emptied by mistake is not asked for by the hundred.
MOST_ASKED = 10
# Looks that come to nothing are made less often, up to this.
LONGEST_PAUSE = timedelta(days=7)
MOST_DOUBLINGS = 5
# The account may be gone, and all its posts with it; once is mostly somebody's server being mended.
TELLS_AT = 2
# A post without a date stands behind all others.
NO_DATE = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """A post as an answer lists it."""

    platform: str
    post_id: str
    address: str
    posted_at: datetime | None
    version: tuple[str, str]


@dataclass(frozen=True)
class Missed:
    """A post that the address listed before, lists no longer, and of which its own address was asked."""

    platform: str
    post_id: str
    posted_at: datetime | None
    asked_at: datetime
    answer: Asked


def look_again(watch_id: int, fetcher: Fetcher, sign_of_life: Callable[[], None] = lambda: None) -> None:
    """Make one look, write down what became of it, and say when the next one is due."""
    watch = db.session.get(WatchedAddress, watch_id)
    if watch is None or watch.state != ON:
        return
    place, validators = Place(watch.kind, watch.target), _validators(watch)
    address, fingerprint = watch.address, watch.fingerprint
    db.session.rollback()  # nothing is held while somebody else's server thinks
    looked_at = clock.now()
    try:
        if not place.target:
            place = looking.find(fetcher, address)
        answers = looking.look(fetcher, place, validators)
        sign_of_life()
        listed = _listed(answers, looked_at) if answers else None
    except (NotFetched, NothingThere) as trouble:
        _came_to_nothing(watch_id, trouble.reason, trouble.detail)
        return
    to_ask, forgotten = _no_longer_listed(watch_id, listed) if listed is not None else ([], [])
    missed = _ask_for(to_ask, watch_id, place, fetcher)
    said = _fingerprint(listed) if listed is not None else fingerprint
    changed = said != fingerprint or any(one.answer.gone for one in missed)
    upload = None
    if changed:
        with _pack(answers, looked_at, place, missed) as packed:
            upload = actions.keep_upload(packed)
    with unit_of_work():
        watch = _still_watched(watch_id)
        if watch is None:
            if upload:
                storage.forget_upload(upload[0])
            return
        _write_down(watch, place, answers, said, looked_at)
        if listed is not None:
            _remember(watch_id, listed, missed, looked_at)
            _forget(watch_id, forgotten)
            if len(missed) < len(to_ask):  # the others are asked for next time, even if the list is the same
                watch.etag = watch.last_modified = ""
        if upload:
            _import(watch, upload)


def _still_watched(watch_id: int) -> WatchedAddress | None:
    """The watch as it is after the look; None: a keeper removed it meanwhile, and nobody wants to know."""
    return db.session.get(WatchedAddress, watch_id, populate_existing=True, with_for_update=True)


def _validators(watch: WatchedAddress) -> dict[str, str]:
    """What the last answer was known by; a server that has nothing newer then says so in a word."""
    known = {"If-None-Match": watch.etag, "If-Modified-Since": watch.last_modified}
    return {name: value for name, value in known.items() if value} if watch.fingerprint else {}


def _listed(answers: Iterable[Fetched], looked_at: datetime) -> list[Listed]:
    """The posts of the answers. Raises NothingThere where an answer is in no format that we read."""
    found: dict[tuple[str, str], Listed] = {}
    for answer in answers:
        try:
            for record in read_answer(MemorySource(answer.body), looked_at, recognise):
                if isinstance(record, CapturedPost):
                    one = Listed(
                        record.platform,
                        record.post_id,
                        record.url or "",
                        record.posted_at,
                        (record.version_id, record.content_hash),
                    )
                    found[one.platform, one.post_id] = one
        except (Unreadable, Broken) as trouble:
            raise NothingThere("not_understood") from trouble
    return list(found.values())


def _fingerprint(listed: Sequence[Listed]) -> str:
    """What an answer says, whatever its counts, order and bytes."""
    said = sorted([one.platform, one.post_id, *one.version] for one in listed)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


# Posts that are no longer listed.


def _no_longer_listed(watch_id: int, listed: Sequence[Listed]) -> tuple[list[Any], list[Any]]:
    """Of the posts that the last look listed, those to ask for, youngest first; and those that nobody need
    ask for, or can: rows of (platform, platform_id, address, posted_at).

    Lists are of one length, so each newer post pushes one off the old end. Whatever else is missing there
    has gone for another reason, and so has what is missing in between.
    """
    before = db.session.execute(
        select(WatchedPost.platform, WatchedPost.platform_id, WatchedPost.address, WatchedPost.posted_at)
        .where(WatchedPost.watch_id == watch_id, WatchedPost.present)
        .order_by(WatchedPost.platform_id)
    ).all()
    db.session.rollback()
    there = {(one.platform, one.post_id) for one in listed}
    missing = [one for one in before if (one.platform, one.platform_id) not in there]
    missing.sort(key=lambda one: one.posted_at or NO_DATE, reverse=True)
    oldest = min((one.posted_at for one in listed if one.posted_at), default=None)
    between = [one for one in missing if oldest and one.posted_at and one.posted_at > oldest]
    at_the_end = [one for one in missing if one not in between]
    pushed = at_the_end if len(at_the_end) <= _newer(listed, before) else []
    asked = [one for one in missing if one.address and one not in pushed]
    return asked, [one for one in missing if one not in asked]


def _newer(listed: Sequence[Listed], before: Sequence[Any]) -> int:
    """How many posts have come since a list was looked at before."""
    known = {(one.platform, one.platform_id) for one in before}
    youngest = max((one.posted_at for one in before if one.posted_at), default=NO_DATE)
    return sum(
        (one.platform, one.post_id) not in known and (one.posted_at is None or one.posted_at > youngest)
        for one in listed
    )


def _ask_for(posts: Sequence[Any], watch_id: int, place: Place, fetcher: Fetcher) -> list[Missed]:
    """Ask for posts at their own addresses; who does not answer with yes or no is asked at the next look."""
    missed = []
    for post in posts[:MOST_ASKED]:
        try:
            answer = looking.ask(fetcher, place.kind, post.platform_id, post.address)
        except NotFetched as trouble:
            log.info("watch.not_answered", watch=watch_id, reason=trouble.reason)
            continue
        missed.append(Missed(post.platform, post.platform_id, post.posted_at, clock.now(), answer))
    return missed


# What is written down.


def _pack(
    answers: Sequence[Fetched], looked_at: datetime, place: Place, missed: Sequence[Missed]
) -> IO[bytes]:
    """The look as one file from its beginning: every answer as it came, and what was asked for beside."""
    packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    about = {
        "made_as": MARK,
        "format": 1,
        "looked_at": looked_at.isoformat(),
        "kind": place.kind,
        "answers": [
            {
                "file": _file_name(number),
                "address": answer.address,
                "status": answer.status,
                "headers": dict(answer.headers),
            }
            for number, answer in enumerate(answers, 1)
        ],
    }
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LOOK, json.dumps(about, ensure_ascii=False, indent=1))
        for number, answer in enumerate(answers, 1):
            archive.writestr(_file_name(number), answer.body)
        archive.writestr(ASKED, "".join(json.dumps(_asked(one)) + "\n" for one in missed))
    packed.seek(0)
    return packed


def _file_name(number: int) -> str:
    return f"answer-{number}"


def _asked(one: Missed) -> dict[str, object]:
    return {
        "platform": one.platform,
        "post_id": one.post_id,
        "posted_at": one.posted_at.isoformat() if one.posted_at else None,
        "asked_at": one.asked_at.isoformat(),
        "asked": one.answer.address,
        "status": one.answer.status,
        "gone": one.answer.gone,
        "says_so": one.answer.says_so,
    }


def _write_down(
    watch: WatchedAddress, place: Place, answers: Sequence[Fetched], said: str, looked_at: datetime
) -> None:
    watch.kind, watch.target = place.kind, place.target
    watch.looked_at = looked_at
    if said != watch.fingerprint:
        watch.fingerprint, watch.changed_at = said, looked_at
    if answers:
        known = looking.validators_of(answers[0])
        watch.etag, watch.last_modified = known["etag"], known["last_modified"]
    watch.failures, watch.problem, watch.problem_detail = 0, "", ""
    watch.next_at = looked_at + timedelta(hours=watch.every_hours)


def _remember(watch_id: int, listed: Sequence[Listed], missed: Sequence[Missed], looked_at: datetime) -> None:
    """Which posts the address lists now, and which were asked for and are decided."""
    ids = {one.post_id for one in (*listed, *missed)}  # a watch of years has listed far more
    known = {
        (one.platform, one.platform_id): one
        for one in db.session.scalars(
            select(WatchedPost).where(WatchedPost.watch_id == watch_id, WatchedPost.platform_id.in_(ids))
        )
    }
    for one in listed:
        row = known.get((one.platform, one.post_id))
        if row is None:
            row = WatchedPost(watch_id=watch_id, platform=one.platform, platform_id=one.post_id)
            db.session.add(row)
        row.address, row.posted_at = one.address[:500], one.posted_at
        row.last_seen_at, row.present = looked_at, True
    for lost in missed:
        row = known[lost.platform, lost.post_id]
        # One that is there after all was moved out of the list: it is asked for no more.
        row.present = False
        if not lost.answer.gone:
            row.last_seen_at = lost.asked_at


def _forget(watch_id: int, posts: Sequence[Any]) -> None:
    """Of these nobody knows more than that they are no longer listed."""
    ids = [one.platform_id for one in posts]
    db.session.execute(
        update(WatchedPost)
        .where(WatchedPost.watch_id == watch_id, WatchedPost.platform_id.in_(ids))
        .values(present=False)
    )


def _import(watch: WatchedAddress, upload: tuple[str, int, str]) -> None:
    actor = Actor(person_id=watch.person_id)
    started = actions.start_import(actor, watch.collection, FILE_NAME, upload, adapter=Watched.name)
    db.session.add(WatchImport(import_id=started.id, watch_id=watch.id))
    actions.queue_import(started)


def _came_to_nothing(watch_id: int, reason: str, detail: str) -> None:
    with unit_of_work():
        watch = _still_watched(watch_id)
        if watch is None:
            return
        doublings = min(watch.failures, MOST_DOUBLINGS)
        pause = min(timedelta(hours=watch.every_hours) * 2**doublings, LONGEST_PAUSE)
        watch.failures += 1
        watch.problem, watch.problem_detail = reason, detail[:200]
        watch.next_at = clock.now() + pause
        if watch.failures == TELLS_AT:
            emit("archive.watch_silent", watch_id=watch.id)
