"""Two worlds: one hub without a hidden group, one with it; else the same, action for action.

The hidden happens between the visible: in the group, in a private collection, on an unpublished page.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import close_all_sessions

from hub.accounts.models import Person
from hub.archive.covering import cover
from hub.archive.models import Collection, Keeper, Media
from hub.content.files.taking import Sent, Taken, keep_waiting, take
from hub.content.models import Item, Post, StoredFile, Topic
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import Base, db, unit_of_work
from hub.core.fetching import Fetched
from hub.core.mail import Mail
from hub.core.settings import Settings
from hub.digests.models import Digest
from hub.digests.sending import send_due_now
from hub.discussions.actions import reply, start_discussion
from hub.examples.actions import attach
from hub.examples.preparing import prepare
from hub.examples.queries import choices
from hub.groups.models import HIDDEN, LISTED, PART_OPEN, PUBLIC, Group, Membership
from hub.guidance.actions import publish, start_guidance
from hub.questions.actions import accept_answer, answer, ask_question, comment
from hub.subscriptions.actions import (
    choose,
    confirm_subscription,
    own_subscriber,
    subscribe,
    subscriber_of_address,
)
from hub.webhooks.actions import set_up
from hub.webhooks.rules import KINDS
from tests.conftest import make_app
from tests.factories.archived import bring_in, collection, declare
from tests.factories.files import PDF, picture
from tests.factories.people import actor_of
from tests.factories.private_messages import ANDROID, android_chat
from tests.factories.x_archive import XArchive, png

# Words that stand nowhere but in what is hidden. None may ever be told to somebody outside.
CANARIES = ("zanzibarine", "quokkaberg", "vellichor")
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "secret-vellichor"
# To each subscriber, of the days on which something happened.
DIGESTS = 1


@dataclass
class World:
    """A hub, and where things are in it, by what they are called in both worlds."""

    app: Flask
    hidden: bool
    addresses: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    # Of what stands at an address with several drawn parts.
    paths: dict[str, str] = field(default_factory=dict)
    # What webhooks told other systems: (address, body, headers), in that order.
    told: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    minutes: int = 0


@contextmanager
def acting(world: World, time):
    """One thing that happens, a minute after the last; what follows from it is carried out."""
    world.minutes += 1
    time.move_to(BEGIN + timedelta(minutes=world.minutes))
    with world.app.app_context():
        yield
        drain()
        db.session.remove()


def build(folder: Path, time, *, hidden: bool) -> World:
    """time: the stopped clock. The hidden takes no time, so that both worlds tell the same."""
    settings = Settings(
        data=folder, secret_key="the same in both worlds, and long enough", public_url="http://localhost"
    )
    world = World(make_app(settings), hidden)
    with patch("hub.webhooks.sending.installed_fetcher", lambda: _Others(world)):
        _people(world, time)
        for number in range(2):
            _secretly(world, time, number)
            _visibly(world, time, number)
        _secretly(world, time, 2)
        _examples(world, time, folder)
        _secretly(world, time, 3)
        _digests(world, time)
    close_all_sessions()
    return world


@dataclass
class _Others:
    """Other systems: they take whatever webhooks tell them."""

    world: World

    def post(self, address: str, body: bytes, headers: dict[str, str]) -> Fetched:
        self.world.told.append((address, body.decode(), headers))
        return Fetched(address, 204, {}, b"")


def _people(world: World, time) -> None:
    with acting(world, time), unit_of_work() as session:
        for handle in ("alice", "bob", "mona", "vera"):
            session.add(_person(handle))
    with acting(world, time), unit_of_work() as session:
        if world.hidden:
            session.add(_person("hilda"))  # known only to the hidden group
            session.add(
                Group(slug=SECRET, name="The quokkaberg group", visibility=HIDDEN, summary="vellichor")
            )
    with acting(world, time), unit_of_work() as session:
        for slug, visibility in (("open", PUBLIC), ("part", PART_OPEN), ("listed", LISTED)):
            session.add(Group(slug=slug, name=f"The {slug} group", visibility=visibility, summary="Talk"))
        session.flush()
        _join("mona", "open", "owner")
        _join("mona", "part", "owner")
        _join("alice", "open")
        _join("alice", "part")
        _join("bob", "open")
        _join("vera", "open")
        filed = Topic(slug="filing", name="Filing", groups=[_group("open"), _group("part")])
        session.add(filed)
        if world.hidden:
            filed.groups.append(_group(SECRET))
            _join("hilda", SECRET, "owner")
            _join("alice", SECRET)
    with acting(world, time), unit_of_work():
        for handle in ("bob", "mona"):
            subscribe(actor_of(_who(handle)), _group("open"), "daily")
        confirm_subscription(subscriber_of_address("visitor@example.org"), _group("open"), "daily")
        # At once: what is filed anywhere, and a group.
        choose(own_subscriber(_who("vera")), _topic(), "at_once")
        confirm_subscription(subscriber_of_address("reader@example.org"), _group("open"), "at_once")
        for slug in ("open", "part"):
            _webhook("mona", slug)


def _webhook(handle: str, slug: str) -> None:
    name, address = f"The chat of {slug}", f"https://{slug}.example/hook"
    set_up(actor_of(_who(handle)), _group(slug), name, address, list(KINDS))


def _person(handle: str) -> Person:
    return Person(
        handle=handle,
        name=handle.title(),
        email=f"{handle}@example.org",
        confirmed_at=BEGIN,
        fs_uniquifier=f"the session of {handle}",
        sector="local_government",
    )


def _join(handle: str, slug: str, role: str = "member") -> None:
    group = _group(slug)
    group.member_count += 1
    db.session.add(Membership(person_id=_who(handle).id, group_id=group.id, role=role))


def _who(handle: str) -> Person:
    return db.session.scalars(select(Person).where(Person.handle == handle)).one()


def _group(slug: str) -> Group:
    return db.session.scalars(select(Group).where(Group.slug == slug)).one()


def _visibly(world: World, time, number: int) -> None:
    """A question with an answer and a discussion with a reply, in the open and the part-open group."""
    for slug in ("open", "part"):
        with acting(world, time), unit_of_work():
            asked = ask_question(
                actor_of(_who("alice")),
                _group(slug),
                f"How long do we keep records {number}?",
                "Retention",
                topics=[_topic()],
            )
            world.addresses[f"{slug} question {number}"] = asked.path
        with acting(world, time), unit_of_work():
            asked = _item(slug, "question", number)
            given = answer(actor_of(_who("mona")), asked, "Seven years, says the schedule.")
            comment(actor_of(_who("alice")), given, "Thank you @mona")
            if number:
                accept_answer(actor_of(_who("alice")), given)
        with acting(world, time), unit_of_work():
            talk = start_discussion(
                actor_of(_who("mona")), _group(slug), f"Shared drives {number}", "Who owns them?"
            )
            reply(
                actor_of(_who("alice")),
                talk,
                "> Who owns them?\n\nNobody, @mona.",
                files=_files(f"visible plan {number}"),
            )
            world.addresses[f"{slug} discussion {number}"] = talk.path
        if number == 1:
            _guidance(world, time, slug)


def _guidance(world: World, time, slug: str) -> None:
    with acting(world, time), unit_of_work():
        mona = actor_of(_who("mona"))
        page = start_guidance(mona, _group(slug), "Retention in brief", "Keep what matters.", "Seven years.")
        publish(mona, page, _who("mona"), date(2027, 3, 1))
        world.addresses[f"{slug} guidance"] = page.path


def _files(name: str) -> list[StoredFile]:
    """A document and a picture of Alice's; in the hidden group they have the bytes of the visible ones."""
    sent = [Sent(f"{name}.pdf", BytesIO(PDF)), Sent(f"{name}.png", BytesIO(picture()), f"The {name}")]
    taken = [found for found in map(take, sent) if isinstance(found, Taken)]
    return keep_waiting(_who("alice").id, "/here", taken)[0]


def _topic() -> Topic:
    return db.session.scalars(select(Topic)).one()


def _item(slug: str, kind: str, number: int) -> Item:
    found = db.session.scalars(
        select(Item).where(Item.group_id == _group(slug).id, Item.kind == kind).order_by(Item.id)
    ).all()
    return found[number]


def _secretly(world: World, time, number: int) -> None:
    """What nobody outside may notice. The clock stays where it is."""
    if not world.hidden:
        return
    minutes = world.minutes
    before = _all_tokens(world)
    with acting(world, time), unit_of_work():
        hilda, secret = actor_of(_who("hilda")), _group(SECRET)
        asked = ask_question(
            hilda,
            secret,
            f"The zanzibarine records {number}",
            "retention quokkaberg @alice",
            topics=[_topic()],
        )
        given = answer(actor_of(_who("alice")), asked, "Seven years of vellichor, says the schedule.")
        accept_answer(hilda, given)
        talk = start_discussion(hilda, secret, f"Zanzibarine drives {number}", "quokkaberg records retention")
        reply(actor_of(_who("alice")), talk, "vellichor", files=_files(f"zanzibarine plan {number}"))
        world.addresses[f"hidden question {number}"] = asked.path
        world.addresses[f"hidden discussion {number}"] = talk.path
        if number == 0:
            choose(subscribe(hilda, secret, "daily").subscriber, _topic(), "at_once")
            _webhook("hilda", SECRET)
    with acting(world, time), unit_of_work():
        draft = start_guidance(
            actor_of(_who("mona")),
            _group("part"),
            f"Zanzibarine draft {number}",
            "vellichor",
            "quokkaberg retention",
        )
        world.addresses[f"hidden draft {number}"] = draft.path
    if number == 1:
        _private_collection(world)
        _sealed_collection(world)
    for name, token in _all_tokens(world).items():
        if name not in before:
            world.tokens[f"hidden {name}"] = token
    world.minutes = minutes


def _private_collection(world: World) -> None:
    archive = XArchive(handle="quokkaberg", name="Quokkaberg Council", account_id="999")
    archive.picture(archive.post("zanzibarine vellichor records", at="2024-01-16T07:00"), png())
    archive.deleted_post("vellichor", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    with world.app.app_context():
        keeper = _who("hilda")
        kept = collection(keeper, name="The zanzibarine collection")
        bring_in(keeper, kept, archive.write(world.app.extensions["settings"].data.parent / "hidden.zip"))
        declare(keeper, kept, archive.account_id)
        with unit_of_work():
            post = db.session.scalars(
                select(Post).join(Post.item).where(Item.group_id == _group(SECRET).id)
            ).first()
            attach(actor_of(keeper), post, choices(actor_of(keeper), None, "vellichor")[:1], "zanzibarine")
        _covered(world, keeper, "hidden")
        _prepared(world, keeper, SECRET, "vellichor")
        drain()


def _covered(world: World, keeper: Person, name: str) -> None:
    """A face is covered in each of the keeper's pictures; where the last of them stand."""
    with unit_of_work() as session:
        found = session.scalars(
            select(Media)
            .join(Keeper, Keeper.collection_id == Media.collection_id)
            .where(Keeper.person_id == keeper.id)
            .order_by(Media.id)
        ).all()
        for place, media in enumerate(found):
            kept = session.get_one(Collection, media.collection_id)
            made = cover(actor_of(keeper), kept, media, [[10, 10, 30, 30]])
            assert made is not None
            world.paths[f"{name} covered picture {place}"] = f"{kept.path}/covered/{made.token}"
            world.paths[f"{name} original {place}"] = f"{kept.path}/media/{media.token}"
            world.paths[f"{name} covering {place}"] = f"{kept.path}/media/{media.token}/cover"


def _prepared(world: World, keeper: Person, slug: str, words: str) -> None:
    """An example is chosen while its post is still written."""
    with unit_of_work():
        place = f"/groups/{slug}/questions/new"
        found = choices(actor_of(keeper), None, words)[:1]
        made = prepare(actor_of(keeper), place, found, "What we said then")
        world.paths[f"{slug} prepared"] = f"/examples/prepared/{made.token}/drop"
        world.paths[f"{slug} preparing"] = f"/examples/prepare?place={place}&back={place}"


def _sealed_collection(world: World) -> None:
    """Official business in a chat: its keepers alone may ever know of it."""
    chat = ANDROID.replace("schools", "zanzibarine schools of vellichor records")
    with world.app.app_context():
        keeper = _who("hilda")
        with unit_of_work() as session:
            kept = Collection(name="The sealed quokkaberg collection", sealed=True)
            kept.keepers.append(Keeper(person_id=keeper.id))
            session.add(kept)
        folder = world.app.extensions["settings"].data.parent
        assert bring_in(keeper, kept, android_chat(folder / "chat.zip", chat)).new
        drain()


def _examples(world: World, time, folder: Path) -> None:
    """Visible examples: one post from a collection of which the rest stays private, in both worlds."""
    archive = XArchive(handle="openshire", name="Openshire Council", account_id="5")
    archive.picture(archive.post("Schools are closed today, say the records.", at="2024-01-16T07:00"), png())
    archive.picture(
        archive.post("Another of the zanzibarine posts that is never attached", at="2024-01-17T07:00"), png()
    )
    with acting(world, time):
        keeper = _who("alice")
        kept = collection(keeper)
        bring_in(keeper, kept, archive.write(folder / "visible.zip"))
        declare(keeper, kept, archive.account_id)
        with unit_of_work():
            post = db.session.scalars(
                select(Post).where(Post.item_id == _item("open", "question", 0).id, Post.kind == "opening")
            ).one()
            attach(actor_of(keeper), post, choices(actor_of(keeper), None, "Schools")[:1], "A closure")
        _covered(world, keeper, "visible")
        _prepared(world, keeper, "open", "Schools")
    with acting(world, time):
        assert db.session.scalars(select(Collection.token)).first()


def _digests(world: World, time) -> None:
    """The next mornings' digests: the first tells of all that happened, the second has nothing to tell."""
    for day in range(1, 3):
        time.move_to(BEGIN + timedelta(days=day))
        with world.app.app_context():
            send_due_now(clock.now())
            theirs = Mail.to_address == "hilda@example.org"
            for mail in db.session.scalars(select(Mail).where(theirs)):
                world.tokens[f"hidden mail {mail.id}"] = mail.token
            for digest in db.session.scalars(
                select(Digest).join(Mail, Digest.mail_id == Mail.id).where(theirs)
            ):
                world.tokens[f"hidden digest {digest.id}"] = digest.token
            db.session.remove()


def _all_tokens(world: World) -> dict[str, str]:
    """Every random address part in the database, by table and row."""
    found = {}
    with world.app.app_context():
        for table in Base.metadata.sorted_tables:
            if "token" in table.columns and "id" in table.columns:
                made = select(table.c.id, table.c.token).order_by(table.c.id)
                for row_id, token in db.session.execute(made):
                    found[f"{table.name} {row_id}"] = token
        db.session.remove()
    return found


def visible_tokens(world: World) -> dict[str, list[str]]:
    """The tokens of what is not hidden, by table, in the order in which it was made: the same in both."""
    hidden = set(world.tokens.values())
    found: dict[str, list[str]] = {}
    for name, token in _all_tokens(world).items():
        if token not in hidden:
            found.setdefault(name.split()[0], []).append(token)
    return found
