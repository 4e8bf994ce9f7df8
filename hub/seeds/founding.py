"""Founds a seeded hub: people and groups, the sample posts, what was written, how posts are kept, each once.

Every stage looks whether it was done, so that seeding again changes nothing and an interrupted seeding
is completed by the next one.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.content.models import Item
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.site import DEFAULT_NAME, Site
from hub.groups.models import Group

from .channel import Channel, read_channel
from .elsewhere import read_elsewhere
from .founding_archive import found_collections
from .founding_keeping import found_keeping
from .founding_people import SIGN_INS, found_groups, found_people
from .founding_talk import Retelling
from .reading import CONTENT, read
from .shapes import Founding

TAGLINE = "Where people who keep public records and people who run digital services ask each other."


class NotEmpty(RuntimeError):
    """The hub holds something real. Samples are never mixed with it."""


@dataclass(frozen=True)
class Founded:
    """What a seeding added. Nothing, when everything was there."""

    people: int = 0
    groups: int = 0
    imports: int = 0
    items: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def is_empty() -> bool:
    """Nobody has an account and nobody has set the hub up."""
    return db.session.scalar(select(Person.id).limit(1)) is None and not _site()


def found() -> Founded:
    """Seed the hub. Raises NotEmpty if it holds anything but samples."""
    site = _site()
    if not is_empty() and not (site and site.is_sample):
        raise NotEmpty
    founding, now = read(), clock.now()
    people, groups = _found_people(founding)
    channel = read_channel(CONTENT / "channel.toml")
    elsewhere = read_elsewhere(CONTENT / "elsewhere.toml")
    imports = found_collections(founding, channel, elsewhere, now)
    items = _found_talk(founding, channel)
    post_ids = channel.post_ids() | elsewhere.post_ids
    for wanted in founding.collections:
        found_keeping(founding, wanted, post_ids, now)
    return Founded(people, groups, imports, items)


def sign_ins() -> list[dict[str, str]]:
    """Who can sign in on a seeded hub: who, email, password."""
    site = _site()
    return list(site.texts.get("sample_sign_ins", [])) if site and site.is_sample else []


def _site() -> Site | None:
    return db.session.scalar(select(Site).limit(1))


def _found_people(founding: Founding) -> tuple[int, int]:
    """One transaction: whoever finds the site's row finds all of its people and groups."""
    if _site() is not None:
        return 0, 0
    now = clock.now()
    with unit_of_work() as session:
        passwords = found_people(founding, now)
        found_groups(founding, now)
        shown = [
            {
                "who": role,
                "email": founding.people_by_handle[handle].email,
                "password": passwords[handle],
            }
            for role, handle in SIGN_INS.items()
        ]
        site = Site(name=DEFAULT_NAME, tagline=TAGLINE, is_sample=True, texts={"sample_sign_ins": shown})
        session.add(site)
    return len(founding.people), len(founding.groups)


def _found_talk(founding: Founding, channel: Channel) -> int:
    """One transaction too, unless anything is written in the founding groups."""
    slugs = [group.slug for group in founding.groups]
    written = select(func.count()).select_from(Item).join(Group).where(Group.slug.in_(slugs))
    if db.session.scalar(written):
        return 0
    with unit_of_work():
        return len(Retelling(founding, channel, clock.now()).play().items)
