"""Makes a hand-over: reads the posts as they are at one instant, writes the files, checks them, tells the
history.

It may be begun again at any time: the files of an earlier try are thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import Person
from hub.archive import happenings
from hub.archive.bags import BadBag, check_bag, unpacked
from hub.archive.models import EXPORTED, Collection
from hub.archive.retention.transferring import counts_for_a_transfer, handed_over
from hub.archive.sources import open_source
from hub.core import audit, clock
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor, can
from hub.core.site import address, site

from . import actions, choosing, papers, plain_files, store
from .bag import POSTS_IN_A_BAG, About, write_bag
from .gathering import Lost, gather, how_many, one_instant
from .log import all_is_sealed, anchor
from .models import ACTIVITYSTREAMS, BAG, DONE, FAILED, MAKING, STOPPED, TABLES, HandOver

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_SIGNS = 5.0

# Between sealing and reading, something may happen to a post; hardly ever several times in a row.
TRIES = 5


class Stopped(Exception):
    """Whoever asked for it does not want it any more."""


class CannotMake(Exception):
    """Why nothing was made: a code of `words.PROBLEMS`, and a fact."""

    def __init__(self, problem: str, detail: str = ""):
        super().__init__(problem)
        self.problem, self.detail = problem, detail


def make(hand_over_id: int, sign_of_life: Callable[[], None] = lambda: None) -> None:
    """Carry a hand-over through. Ends with it done, failed or stopped; raises what went wrong on our side,
    after which it may be begun again."""
    made = db.session.get(HandOver, hand_over_id)
    if made is None or not made.under_way:
        return
    store.forget(made.token)
    try:
        _Making(made, sign_of_life).run()
    except Stopped:
        _end(made, STOPPED)
    except CannotMake as why:
        _end(made, FAILED, why.problem, why.detail)
    except Lost as lost:
        _end(made, FAILED, "lost", str(lost))
    except BadBag as bad:
        log.error("hand_over.bag_not_valid", reason=bad.reason, where=bad.where)
        _end(made, FAILED, "not_valid", bad.where)


def _end(made: HandOver, state: str, problem: str = "", detail: str = "") -> None:
    store.forget(made.token)
    _write(made, state=state, problem=problem, problem_detail=detail[:200], finished_at=clock.now())
    with unit_of_work() as session:
        actions.not_made(session.get_one(HandOver, made.id))


def _write(made: HandOver, **values: object) -> None:
    with unit_of_work() as session:
        session.execute(update(HandOver).where(HandOver.id == made.id).values(**values))


class _Making:
    def __init__(self, made: HandOver, sign_of_life: Callable[[], None]):
        self.made, self.sign_of_life = made, sign_of_life
        self.at: datetime = clock.now()
        self.last_sign = time.monotonic()
        self.person: Person = self._maker()
        self.actor: Actor = self.person.as_actor()
        self.collection: Collection = made.collection
        self.folder = store.folder_of(made.token)
        # Of a transfer: how much of each post's history the bag holds.
        self.events: dict[int, int] = {}

    def _maker(self) -> Person:
        """Whoever asked, as they are now: who no longer keeps the collection gets nothing."""
        person = db.session.get(Person, self.made.person_id) if self.made.person_id else None
        if person is None or not person.active:
            raise CannotMake("not_yours")
        if not can(person.as_actor(), "collection.keep", self.made.collection):
            raise CannotMake("not_yours")
        return person

    def run(self) -> None:
        if self.made.stop_asked:
            raise Stopped
        condition = choosing.wanted(self.actor, self.collection, self.made.scope)
        with self._anchored_instant() as session:
            posts = how_many(session, condition)
            if not posts:
                raise CannotMake("nothing")
            _write(self.made, state=MAKING, posts=posts, done=0)
            handed = self._write_files(session, condition, posts)
        self._tell(handed)

    @contextmanager
    def _anchored_instant(self) -> Iterator[Session]:
        """An instant at which everything that happened is sealed, and under a checkpoint."""
        for _try in range(TRIES):
            anchor(self.collection.id)
            with one_instant() as session:
                if all_is_sealed(session, self.collection.id):
                    yield session
                    return
        raise RuntimeError("Something comes into the collection all the time; try again later.")

    def _write_files(self, session: Session, condition, posts: int) -> list[int]:
        """Write the files; the ids of the posts that are in them."""
        handed: list[int] = []

        def passing(found):
            for one in found:
                handed.append(one.post.id)
                self.events[one.post.id] = sum(map(counts_for_a_transfer, one.events))
                yield one

        if self.made.format == BAG:
            self._bags(session, condition, posts, passing)
        elif self.made.format == ACTIVITYSTREAMS:
            plain_files.write_activitystreams(
                self.folder / "activitystreams.json", passing(gather(session, condition)), posts, self._so_far
            )
        elif self.made.format == TABLES:
            plain_files.write_tables(
                self.folder / "tables.zip", passing(gather(session, condition)), self.at, self._so_far
            )
        else:
            if posts > papers.MOST_POSTS:
                raise CannotMake("too_many", str(papers.MOST_POSTS))
            found = passing(gather(session, condition))
            papers.write(
                self.folder,
                self.made,
                made_by=self.person.name,
                session=session,
                posts=found,
                at=self.at,
                progress=self._so_far,
            )
        return handed

    def _bags(self, session: Session, condition, posts: int, passing) -> None:
        parts = -(-posts // POSTS_IN_A_BAG)
        for part in range(1, parts + 1):
            first = (part - 1) * POSTS_IN_A_BAG
            about = self._about(min(POSTS_IN_A_BAG, posts - first), part, parts)
            target = self.folder / f"{about.name}.zip"
            found = passing(gather(session, condition, first, POSTS_IN_A_BAG))
            write_bag(
                target,
                about,
                session=session,
                collection=self.collection,
                posts=found,
                progress=lambda count, first=first: self._so_far(first + count),
            )
            self._validate(target)

    def _validate(self, target: Path) -> None:
        """What leaves is judged as what comes in is. Raises BadBag."""
        self._so_far(None)
        source = open_source(target)
        try:
            with unpacked(source) as folder:
                self._so_far(None)
                check_bag(folder)
        finally:
            source.close()

    def _about(self, posts: int, part: int, parts: int) -> About:
        holder = self.collection.organisation.name if self.collection.organisation else ""
        return About(
            token=self.made.token,
            hub=site().name,
            address=address(),
            organisation=holder or self.person.name,
            contact_name=self.person.name,
            contact_email=self.person.email,
            choice=choosing.in_words(self.made.scope),
            recipient=self.made.recipient,
            reason=self.made.reason,
            at=self.at,
            posts=posts,
            whole=not self.made.scope,
            part=part,
            parts=parts,
        )

    def _so_far(self, count: int | None) -> None:
        """Now and then: say how far it is, keep the job's lease, hear whether it is still wanted."""
        if time.monotonic() - self.last_sign < SECONDS_BETWEEN_SIGNS:
            return
        self.last_sign = time.monotonic()
        self.sign_of_life()
        if count is not None:
            _write(self.made, done=count)
        if db.session.scalar(select(HandOver.stop_asked).where(HandOver.id == self.made.id)):
            raise Stopped

    def _tell(self, handed: list[int]) -> None:
        """Everything that follows, at once: the files may be fetched, and each post's history says so."""
        files = [
            store.described(path) for path in sorted(self.folder.iterdir()) if path.name != papers.KEPT_AS
        ]
        with unit_of_work() as session:
            made = session.get_one(HandOver, self.made.id, populate_existing=True)
            made.state, made.files, made.done = DONE, files, len(handed)
            made.finished_at = clock.now()
            if made.disposal is not None:
                handed_over(made.disposal, self.events, files)
            happenings.record_for_many(
                self.actor, self.collection.id, handed, EXPORTED,
                hand_over=made.token, format=made.format, recipient=made.recipient,
            )  # fmt: skip
            audit.record(
                self.actor, "hand_over.made", made, reason=made.reason, format=made.format,
                posts=len(handed), recipient=made.recipient, sha256=[one["sha256"] for one in files],
            )  # fmt: skip
