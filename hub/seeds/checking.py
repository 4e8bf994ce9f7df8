"""Checks that the founding content hangs together: every name leads somewhere, nothing happens before
its cause, and the words are those that the rooms use."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hub.accounts.models import BY_ADDRESS, BY_MODERATOR, ONLY_SAID, PROFESSIONS, SECTORS
from hub.content.models import ANSWER, COMMENT, DISCUSSION, GUIDANCE, JURISDICTIONS, QUESTION, REPLY
from hub.core.markup.people import MENTION
from hub.groups.models import JOINING, VISIBILITIES

from .shapes import ContentError, Founding, Group, Item, Post, Revision

# A group has two facilitators or says that it seeks one; the founding groups have theirs.
FACILITATORS = 2

# States that guidance may be founded in.
STATES = ("draft", "published")

_QUOTE = re.compile(r"(?m)^> \*\*@([a-z0-9-]+)\*\* wrote in #(\d+):$")


def check(founding: Founding, channel_posts: set[str], posts_elsewhere: set[str], files: set[str]) -> None:
    """Raise ContentError listing every problem, one a line. The sets: keys of the sample posts and files."""
    problems = [
        *_doubles(founding),
        *_people(founding),
        *_groups(founding),
        *_collections(founding, files),
        *_keeping(founding, channel_posts | posts_elsewhere),
        *(problem for item in founding.items for problem in _item(founding, item, channel_posts)),
    ]
    if problems:
        raise ContentError("\n".join(problems))


def _doubles(founding: Founding) -> Iterator[str]:
    names = {
        "organisation": [each.slug for each in founding.organisations],
        "handle": [each.handle for each in founding.people],
        "e-mail address": [each.email for each in founding.people],
        "topic": [each.slug for each in founding.topics],
        "group": [each.slug for each in founding.groups],
    }
    for what, given in names.items():
        yield from (f"{what} {name} is given twice" for name, count in Counter(given).items() if count > 1)


def _people(founding: Founding) -> Iterator[str]:
    bodies = {body.slug: body for body in founding.organisations}
    for body in founding.organisations:
        yield from _known(body.slug, "sector", [body.sector], SECTORS)
    for person in founding.people:
        where = person.handle
        yield from _known(where, "sector", [person.sector], SECTORS)
        yield from _known(where, "profession", [person.profession], PROFESSIONS)
        yield from _known(where, "confirmation", [person.confirmed], (BY_ADDRESS, BY_MODERATOR, ONLY_SAID))
        if person.organisation:
            yield from _known(where, "organisation", [person.organisation], bodies)
        if not person.email.endswith("example.org"):
            yield f"{where}: {person.email} could belong to somebody"
        body = bodies.get(person.organisation)
        if person.confirmed == BY_ADDRESS and (body is None or not person.email.endswith("@" + body.domain)):
            yield f"{where}: {person.email} does not confirm the organisation"


def _groups(founding: Founding) -> Iterator[str]:
    topics = {topic.slug for topic in founding.topics}
    for group in founding.groups:
        yield from _known(group.slug, "visibility", [group.visibility], VISIBILITIES)
        yield from _known(group.slug, "way of joining", [group.joining], JOINING)
        yield from _known(group.slug, "topic", group.topics, topics)
        yield from _known(group.slug, "person", group.facilitators + group.members, founding.people_by_handle)
        if len(group.facilitators) != FACILITATORS:
            yield f"{group.slug}: has {len(group.facilitators)} facilitators, not {FACILITATORS}"
        for handle in set(group.facilitators) & set(group.members):
            yield f"{group.slug}: {handle} is both a facilitator and a member"


def _collections(founding: Founding, files: set[str]) -> Iterator[str]:
    for collection in founding.collections:
        where = collection.slug
        bodies = [body.slug for body in founding.organisations]
        yield from _known(where, "organisation", [collection.organisation], bodies)
        yield from _known(where, "person", collection.keepers, founding.people_by_handle)
        for handle in collection.keepers:
            keeper = founding.people_by_handle.get(handle)
            if keeper and keeper.joined.age <= collection.when.age:
                yield f"{where}: {handle} had not joined yet"
        yield from _known(where, "file of the channel", collection.files, files)


def _keeping(founding: Founding, posts: set[str]) -> Iterator[str]:
    """What keepers and the approver of a collection do with it."""
    for collection in founding.collections:
        where, approver = collection.slug, collection.approver
        done = [*collection.holds, *collection.asked]
        done += [each for each in (collection.schedule, approver) if each is not None]
        for each in done:
            yield from _known(where, "keeper", [each.by], collection.keepers)
            if each.when.age >= collection.when.age:
                yield f"{where}: {each.by} did something before there was a collection"
        for asked in collection.asked:
            yield from _known(where, "archived post", [asked.post], posts)
            yield from _known(where, "item", [asked.item], [item.address for item in founding.items])
            if approver is None or asked.when.age >= approver.when.age:
                yield f"{where}: {asked.by} asked before there was an approver"
            if asked.decided and asked.decided.age >= asked.when.age:
                yield f"{where}: {asked.post} was decided before it was asked"
        if approver is None:
            continue
        yield from _known(where, "person", [approver.handle], founding.people_by_handle)
        for item in founding.items:
            for written in (item, *item.posts):
                if written.examples and written.when.age <= approver.when.age:
                    yield f"{item.address}: examples of {where} were attached without its approver"


def _item(founding: Founding, item: Item, channel_posts: set[str]) -> Iterator[str]:
    where = item.address
    group = next((group for group in founding.groups if group.slug == item.group), None)
    if group is None:
        yield f"{where}: there is no group {item.group}"
        return
    yield from _known(where, "topic of the group", item.topics, group.topics)
    yield from _known(where, "archived post", [each.post for each in item.every_example], channel_posts)
    if item.applies_to:
        yield from _known(where, "country", [item.applies_to], JURISDICTIONS)
    yield from _writing(founding, group, where, item)
    yield from _mentions(group, where, [item.text, *(post.text for post in item.posts)])
    yield from _attached(founding, item)
    yield from _quotes(item)
    yield from _posts(founding, group, item)
    if item.kind == GUIDANCE:
        yield from _guidance(founding, group, item)


def _attached(founding: Founding, item: Item) -> Iterator[str]:
    """Only keepers can attach what they keep."""
    keepers = {handle for collection in founding.collections for handle in collection.keepers}
    for written in (item, *item.posts):
        by = item.attached_by if isinstance(written, Item) else written.by
        if written.examples and by not in keepers:
            yield f"{item.address}: {by} keeps no collection to take examples from"


def _quotes(item: Item) -> Iterator[str]:
    """A discussion's posts are numbered as they stand in the file; a quote names its source by number."""
    authors = [item.by, *(post.by for post in item.posts)]
    for position, post in enumerate(item.posts, 2):
        for handle, number in _QUOTE.findall(post.text):
            if int(number) >= position or authors[int(number) - 1] != handle:
                yield f"{item.address}: post {position} quotes {handle} in #{number}, who did not write it"


def _posts(founding: Founding, group: Group, item: Item) -> Iterator[str]:
    fitting = {QUESTION: (ANSWER, COMMENT), DISCUSSION: (REPLY,), GUIDANCE: (COMMENT,)}[item.kind]
    answers = {post.name: post for post in item.posts if post.kind == ANSWER}
    before = item.when
    for post in item.posts:
        where = f"{item.address}, {post.kind} by {post.by}"
        yield from _known(where, "kind of post here", [post.kind], fitting)
        yield from _writing(founding, group, where, post)
        if post.when.age >= item.when.age:
            yield f"{where}: is not later than what it answers"
        if post.kind in (ANSWER, REPLY):
            if post.when.age > before.age:
                yield f"{where}: is out of order"
            before = post.when
        if post.under:
            yield from _comment(answers, where, post)
        if post.accepted and post.accepted.when.age > post.when.age:
            yield f"{where}: was accepted before it was written"
    if sum(post.accepted is not None for post in item.posts) > 1:
        yield f"{item.address}: has more than one accepted answer"


def _comment(answers: dict[str, Post], where: str, post: Post) -> Iterator[str]:
    answer = answers.get(post.under)
    if answer is None:
        yield f"{where}: there is no answer {post.under}"
    elif post.when.age > answer.when.age:
        yield f"{where}: was written before the answer"


def _guidance(founding: Founding, group: Group, item: Item) -> Iterator[str]:
    where = item.address
    yield from _known(where, "state", [item.state], STATES)
    yield from _belong(group, where, [item.owner, *item.credits])
    if item.reviewer:  # who publishes it
        yield from _known(where, f"facilitator of {group.slug}", [item.reviewer], group.facilitators)
    if item.state == "published":
        if item.published is None or item.review_in_days is None or not item.reviewer or not item.summary:
            yield f"{where}: published guidance needs published, review_in_days, reviewer and summary"
        elif item.published.age >= item.when.age:
            yield f"{where}: was published before it was written"
        if item.owner == item.reviewer:
            yield f"{where}: nobody reviews their own page"
    if item.came_from:
        origin = f"{item.group}/{item.came_from}"
        yield from _known(where, "origin", [origin], [each.address for each in founding.items])
    last = item.when
    for revision in item.revisions:
        yield from _writing(founding, group, where, revision)
        if revision.when.age >= last.age or (item.published and revision.when.age <= item.published.age):
            yield f"{where}: the revision of {revision.by} is out of order"
        last = revision.when


def _writing(founding: Founding, group: Group, where: str, written: Item | Post | Revision) -> Iterator[str]:
    """Who writes or votes belongs to the group, writes after joining, and does not vote for themselves."""
    votes = () if isinstance(written, Revision) else written.votes
    yield from _belong(group, where, [written.by, *votes])
    person = founding.people_by_handle.get(written.by)
    if person and person.joined.age <= written.when.age:
        yield f"{where}: {written.by} had not joined yet"
    if written.by in votes:
        yield f"{where}: {written.by} votes for their own post"


def _belong(group: Group, where: str, handles: Iterable[str]) -> Iterator[str]:
    yield from _known(where, f"member of {group.slug}", handles, group.facilitators + group.members)


def _mentions(group: Group, where: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _belong(group, where, MENTION.findall(text))


def _known(where: str, what: str, given: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    known = set(known)
    yield from (f"{where}: {name!r} is not a known {what}" for name in given if name not in known)
