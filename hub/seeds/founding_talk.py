"""Plays what people wrote through the rooms' own actions, in the order in which it happened.

Every act is a step at a moment; the clock stands at that moment while the step is taken, so that what
follows from it (activities, jobs, times on the page) comes in the true order too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.approvals.actions import decide
from hub.archive.approvals.models import Approval
from hub.content.actions import link_items, set_vote
from hub.content.models import ANSWER, COMMENT, GUIDANCE, QUESTION, Item, Post, StoredFile, Topic
from hub.content.queries import opening_post
from hub.core import clock
from hub.core.database import db
from hub.core.policy import Actor
from hub.discussions.actions import reply, start_discussion
from hub.examples.approved import attach_or_ask
from hub.examples.queries import choices
from hub.groups.models import Group
from hub.guidance.actions import credit, guidance_from_answer, publish, revise, start_guidance
from hub.guidance.models import BECAME
from hub.questions.actions import accept_answer, answer, ask_question, comment

from . import shapes
from .channel import Channel
from .post_files import wait_for

# Readers find a post useful one after the other, not all at once.
BETWEEN_VOTES = timedelta(minutes=97)

# Why a private person's deleted post is shown: nobody is named by it.
SHOWN_BECAUSE = "It shows what a compliance file tells; the person is masked."

# Examples are chosen right after the words are sent.
UNTIL_ATTACHED = timedelta(minutes=2)


@dataclass(order=True)
class Step:
    """Something that somebody does at a moment; number keeps the file's order within one."""

    when: datetime
    number: int
    take: Callable[[], object] = field(compare=False)


@dataclass
class Told:
    """What has been written so far: items by address, posts by address and place in the file (0: opening)."""

    items: dict[str, Item] = field(default_factory=dict)
    posts: dict[tuple[str, int], Post] = field(default_factory=dict)

    def accepted_answer(self, item: shapes.Item) -> Post:
        place = next(place for place, post in enumerate(item.posts, 1) if post.accepted)
        return self.posts[item.address, place]


class Retelling:
    """The founding talk, told as if it had happened up to `now`."""

    def __init__(self, founding: shapes.Founding, channel: Channel, now: datetime) -> None:
        db.session.expire_all()  # people have joined groups since they were loaded
        self.channel = channel
        self.now = now
        self.items = {item.address: item for item in founding.items}
        self.people = {person.handle: person for person in db.session.scalars(select(Person))}
        self.groups = {group.slug: group for group in db.session.scalars(select(Group))}
        self.topics = {topic.slug: topic for topic in db.session.scalars(select(Topic))}
        self.told = Told()

    def play(self) -> Told:
        """Take every step. Needs a unit of work."""
        steps = [
            Step(min(when, self.now), number, take)
            for number, (when, take) in enumerate(
                step for item in self.items.values() for step in self._steps(item)
            )
        ]
        for step in sorted(steps):
            with clock.at(step.when):
                step.take()
        return self.told

    def actor(self, handle: str) -> Actor:
        return self.people[handle].as_actor()

    def _steps(self, item: shapes.Item) -> Iterator[tuple[datetime, Callable[[], object]]]:
        yield item.when.seen_from(self.now), partial(self._open, item)
        shown = item.when
        if item.kind == GUIDANCE:
            shown = item.published or item.when
            yield from self._guidance_steps(item)
        yield from self._votes(item, 0, item.votes, shown)
        yield from self._examples(item, 0, item.attached_by, item)
        for place, post in enumerate(item.posts, 1):
            yield post.when.seen_from(self.now), partial(self._post, item, place, post)
            yield from self._votes(item, place, post.votes, post.when)
            yield from self._examples(item, place, post.by, post)
            if post.accepted:
                yield (
                    post.accepted.when.seen_from(self.now),
                    partial(self._accept, item, place, post.accepted),
                )

    def _guidance_steps(self, item: shapes.Item) -> Iterator[tuple[datetime, Callable[[], object]]]:
        for number, revision in enumerate(item.revisions):
            yield revision.when.seen_from(self.now), partial(self._revise, item, revision, number == 0)
        if item.published:
            yield item.published.seen_from(self.now), partial(self._publish, item)

    def _votes(
        self, item: shapes.Item, place: int, voters: tuple[str, ...], since: shapes.Ago
    ) -> Iterator[tuple[datetime, Callable[[], object]]]:
        for number, handle in enumerate(voters, 1):
            when = since.seen_from(self.now) + number * BETWEEN_VOTES
            yield when, partial(self._vote, item, place, handle)

    def _examples(
        self, item: shapes.Item, place: int, by: str, written: shapes.Item | shapes.Post
    ) -> Iterator[tuple[datetime, Callable[[], object]]]:
        for example in written.examples:
            yield (
                written.when.seen_from(self.now) + UNTIL_ATTACHED,
                partial(self._attach, item, place, by, example),
            )

    def _open(self, item: shapes.Item) -> None:
        group = self.groups[item.group]
        topics = [self.topics[slug] for slug in item.topics]
        about = {"topics": topics, "applies_to": item.applies_to, "law_date": item.law_date}
        actor = self.actor(item.by)
        about["files"] = self._files(item.by, item.address, item.files)
        if item.kind == GUIDANCE:
            opened = self._start_page(item, actor, group, about)
        elif item.kind == QUESTION:
            opened = ask_question(actor, group, item.title, item.text, **about)
        else:
            last = item.replies_in_days
            wanted = self.now.date() + timedelta(days=last) if last is not None else None
            opened = start_discussion(actor, group, item.title, item.text, replies_by=wanted, **about)
        opened.is_sample = True
        self.told.items[item.address] = opened
        self.told.posts[item.address, 0] = opening_post(opened)

    def _start_page(self, item: shapes.Item, actor: Actor, group: Group, about: dict) -> Item:
        origin = self.items.get(f"{item.group}/{item.came_from}")
        words = {"title": item.title, "summary": item.summary, "source": item.text}
        if origin is not None and origin.kind == QUESTION:
            page = guidance_from_answer(actor, self.told.accepted_answer(origin), **words)
        else:
            page = start_guidance(actor, group, **words, **about, sources=_pairs(item.sources))
        if origin is not None and origin.kind != QUESTION:
            link_items(actor, self.told.items[origin.address], page, BECAME)
        for handle in item.credits:
            credit(actor, page, self.people[handle])
        return page

    def _revise(self, item: shapes.Item, revision: shapes.Revision, first: bool) -> None:
        """The first edit of a page that grew from an answer names its sources as well."""
        sources = {"sources": _pairs(item.sources)} if first else {}
        page = self.told.items[item.address]
        revise(self.actor(revision.by), page, source=revision.text, note=revision.note, **sources)

    def _publish(self, item: shapes.Item) -> None:
        review_by = self.now.date() + timedelta(days=item.review_in_days or 0)
        page = self.told.items[item.address]
        publish(self.actor(item.reviewer), page, self.people[item.owner], review_by)

    def _post(self, item: shapes.Item, place: int, post: shapes.Post) -> None:
        actor, target = self.actor(post.by), self.told.items[item.address]
        files = self._files(post.by, f"{item.address} {place}", post.files)
        if post.kind == ANSWER:
            written = answer(actor, target, post.text, files=files)
        elif post.kind == COMMENT:
            written = comment(actor, self._parent(item, post), post.text)
        else:
            written = reply(actor, target, post.text, files=files)
        self.told.posts[item.address, place] = written

    def _files(self, by: str, place: str, files: tuple[shapes.File, ...]) -> list[StoredFile]:
        return wait_for(self.people[by].id, place[-200:], files) if files else []

    def _parent(self, item: shapes.Item, post: shapes.Post) -> Post:
        """The answer that a comment names, else the opening post."""
        names = ["", *(each.name for each in item.posts)]
        return self.told.posts[item.address, names.index(post.under)]

    def _accept(self, item: shapes.Item, place: int, accepted: shapes.Accepted) -> None:
        accept_answer(self.actor(item.by), self.told.posts[item.address, place], accepted.reason)

    def _attach(self, item: shapes.Item, place: int, by: str, example: shapes.Example) -> None:
        """The post's last version."""
        actor, wanted = self.actor(by), self.channel.posts[example.post].versions[0].id
        found = [each for each in choices(actor, None, wanted) if each.post.platform_id == wanted]
        last = max(found, key=lambda choice: choice.number)
        post = self.told.posts[item.address, place]
        made = attach_or_ask(actor, post, [last], example.caption, example.passages, reason=SHOWN_BECAUSE)
        if isinstance(made, Approval):
            others = (one.person_id for one in made.collection.keepers if one.person_id != actor.person_id)
            decide(db.session.get_one(Person, next(others)).as_actor(), made, approve=True)

    def _vote(self, item: shapes.Item, place: int, handle: str) -> None:
        set_vote(self.actor(handle), self.told.posts[item.address, place], True)


def _pairs(sources: tuple[shapes.Source, ...]) -> list[tuple[str, str]]:
    return [(source.title, source.url) for source in sources]
