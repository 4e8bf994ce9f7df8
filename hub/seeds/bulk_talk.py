"""Composes generated items and posts, as rows that are not kept yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.accounts.models import Person
from hub.content.actions.posts import first_words
from hub.content.models import ANSWER, COMMENT, DISCUSSION, GUIDANCE, OPENING, QUESTION, REPLY
from hub.core import clock

from .bulk_texts import Words, Writer

SPAN = timedelta(days=3 * 365)
KINDS = {DISCUSSION: 55, QUESTION: 37, GUIDANCE: 8}  # of a hundred items


@dataclass
class Talk:
    """One item that is being generated, with its posts as rows."""

    item: dict[str, Any]
    posts: list[dict[str, Any]] = field(default_factory=list)


class Composer:
    """Writes talks as different as a community's, the same for one `random`."""

    def __init__(self, people: list[Person], random: Random) -> None:
        self.people = people
        self.bylines = {person.id: person.byline() for person in people}
        self.random = random
        self.writer = Writer(random)
        self.begin = clock.now() - SPAN

    def talks(
        self, group_ids: list[int], sizes: list[int], numbers: dict[int, Iterator[int]], age: float
    ) -> list[Talk]:
        """One talk for each group id and size. age: how far along the span they begin, 0 to 1."""
        return [
            self._talk(group_id, next(numbers[group_id]), size, self._since(age, place / len(sizes)))
            for place, (group_id, size) in enumerate(zip(group_ids, sizes, strict=True))
        ]

    def _since(self, age: float, share: float) -> datetime:
        return self.begin + SPAN * (age + (1 - age) * 0.05 * share)

    def _talk(self, group_id: int, number: int, size: int, since: datetime) -> Talk:
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        moment, step = since, self._step(since, size)
        talk = Talk({})
        for position in range(1, size + 1):
            talk.posts.append(self._post(kind, position, moment))
            moment += step * self.random.uniform(0.1, 1.9)
        opening, last = talk.posts[0], talk.posts[-1]
        asks = kind == QUESTION
        talk.item = {
            "group_id": group_id,
            "number": number,
            "kind": kind,
            "state": "published" if kind == GUIDANCE else "open",
            "author_id": opening["author_id"],
            "byline": opening["byline"],
            "title": self.writer.question() if asks else self.writer.heading(),
            "summary": first_words(opening["html"]),
            "applies_to": self.random.choice(("", "scotland", "uk", "england_wales")),
            "created_at": since,
            "published_at": since,
            "is_open": kind == GUIDANCE,
            "is_sample": True,
            "last_position": size,
            "reply_count": sum(post["kind"] in (REPLY, ANSWER) for post in talk.posts),
            "score": opening["score"],
            "last_activity_at": last["created_at"],
            "version": 1,
        }
        return talk

    def _step(self, since: datetime, size: int) -> timedelta:
        """Between two posts, so that the last one does not lie ahead."""
        return min(timedelta(hours=9), (clock.now() - since) / (2 * size))

    def _post(self, kind: str, position: int, moment: datetime) -> dict[str, Any]:
        kinds = {DISCUSSION: (REPLY,), QUESTION: (ANSWER, ANSWER, COMMENT), GUIDANCE: (COMMENT,)}[kind]
        post_kind = OPENING if position == 1 else self.random.choice(kinds)
        if position == 2 and kind == QUESTION:
            post_kind = ANSWER  # something for comments to hang on
        words = self._words(post_kind, kind)
        author = self.random.choice(self.people).id
        return {
            "position": position,
            "kind": post_kind,
            "parent_id": None,
            "author_id": author,
            "byline": self.bylines[author],
            "source": words.source,
            "html": words.html,
            "created_at": moment,
            "score": self._score(),
            "revision_number": 1,
        }

    def _words(self, post_kind: str, kind: str) -> Words:
        if post_kind == COMMENT:
            return self.writer.text(1)
        longest = 9 if kind == GUIDANCE else 4
        return self.writer.text(self.random.randint(1, longest))

    def _score(self) -> int:
        """Most posts have no vote, a few have very many; nobody votes twice."""
        score = int(self.random.paretovariate(1.6)) - 1 if self.random.random() < 0.5 else 0
        return min(score, len(self.people))
