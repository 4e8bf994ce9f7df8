"""Generated content for benches and load tests: many items and posts, quickly, with every counter right.

Rows are inserted in pieces, each a transaction that leaves the hub whole: whoever interrupts it keeps a
smaller hub, not a broken one. No notice or digest follows from generated content.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from sqlalchemy import func, insert, select, update

from hub.accounts.models import PROFESSIONS, SECTORS, Person
from hub.content.models import Item, Topic, group_topic
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.groups.models import LISTED, PART_OPEN, PUBLIC, Group, Membership

from .bulk_keeping import Keeping
from .bulk_talk import Composer

SEED = 1707
PEOPLE = 300
# Name and visibility of each generated group, and its share of the items.
GROUPS = (
    ("Generated: open questions", PUBLIC, 0.5),
    ("Generated: open talk", PUBLIC, 0.2),
    ("Generated: part-open practice", PART_OPEN, 0.2),
    ("Generated: listed working group", LISTED, 0.1),
)
PIECE = 100  # items a transaction: about a second, so that others can write in between
WORST = 0.02  # of all posts, in the longest discussion


@dataclass(frozen=True)
class Made:
    items: int
    posts: int


def generate(items: int, posts: int, progress: Callable[[int, int], None] = lambda done, of: None) -> Made:
    """So many items with so many posts in all, openings included. posts must not be fewer than items."""
    if posts < items:
        raise ValueError("Every item has at least one post.")
    with unit_of_work():
        people, groups = _people(), _groups()
        for group, _share in groups:
            _join(group, people)
    random = Random(SEED + _written_before())
    composer, keeping = Composer(people, random), Keeping([person.id for person in people], random)
    sizes = _sizes(random, items, posts)
    chosen = random.choices(
        [group.id for group, _share in groups], [share for _group, share in groups], k=items
    )
    for start in range(0, items, PIECE):
        with unit_of_work():
            here = chosen[start : start + PIECE]
            keeping.keep(composer.talks(here, sizes[start : start + PIECE], _numbers(here), start / items))
        progress(min(start + PIECE, items), items)
    return Made(items, posts)


def _written_before() -> int:
    """Asked again, the generator writes something else."""
    return db.session.scalar(select(func.coalesce(func.max(Item.id), 0))) or 0


def _people() -> list[Person]:
    """The generated people, made when there are none yet. They cannot sign in."""
    made = list(db.session.scalars(select(Person).where(Person.handle.startswith("generated-"))))
    for number in range(len(made) + 1, PEOPLE + 1):
        person = Person(
            handle=f"generated-{number:03}",
            name=f"Generated member {number}",
            email=f"generated-{number:03}@example.org",
            sector=SECTORS[number % len(SECTORS)],
            profession=PROFESSIONS[number % len(PROFESSIONS)],
            confirmed_at=clock.now(),
            is_sample=True,
        )
        db.session.add(person)
        made.append(person)
    db.session.flush()
    return made


def _groups() -> list[tuple[Group, float]]:
    topics = [topic_id for (topic_id,) in db.session.execute(select(Topic.id).order_by(Topic.id))]
    found = []
    for number, (name, visibility, share) in enumerate(GROUPS, 1):
        slug = f"generated-{number}"
        group = db.session.scalar(select(Group).where(Group.slug == slug))
        if group is None:
            about = "Made by the load test's generator. Nothing here was written by anybody."
            group = Group(slug=slug, name=name, summary=about, visibility=visibility, is_sample=True)
            db.session.add(group)
            db.session.flush()
            rows = [{"group_id": group.id, "topic_id": topic_id} for topic_id in topics]
            if rows:
                db.session.execute(insert(group_topic), rows)
        found.append((group, share))
    return found


def _join(group: Group, people: list[Person]) -> None:
    members = set(db.session.scalars(select(Membership.person_id).where(Membership.group_id == group.id)))
    new = [person for person in people if person.id not in members]
    for place, person in enumerate(new):
        role = ("owner", "moderator")[place] if place < 2 and not members else "member"
        db.session.add(Membership(person_id=person.id, group_id=group.id, role=role))
    group.member_count += len(new)
    db.session.flush()


def _sizes(random: Random, items: int, posts: int) -> list[int]:
    """Posts of each item: most talks are short, a few are very long."""
    weights = [random.paretovariate(1.3) for _ in range(items)]
    spare = posts - items
    longest = sum(weights) * WORST
    weights = [min(weight, longest) for weight in weights] if items > 1 / WORST else weights
    sizes = [1 + int(spare * weight / sum(weights)) for weight in weights]
    for place in random.choices(range(items), k=posts - sum(sizes)):
        sizes[place] += 1
    return sizes


def _numbers(group_ids: list[int]) -> dict[int, Iterator[int]]:
    """The next numbers of each group, taken in one go."""
    taken = {}
    for group_id in set(group_ids):
        count = group_ids.count(group_id)
        last = db.session.execute(
            update(Group.__table__)
            .where(Group.id == group_id)
            .values(last_number=Group.last_number + count)
            .returning(Group.__table__.c.last_number)
        ).scalar_one()
        taken[group_id] = iter(range(last - count + 1, last + 1))
    return taken
