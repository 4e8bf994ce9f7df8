"""What may not be seen does not exist.

The same hub is built twice, once with a hidden group full of words that stand nowhere else, a private
collection and unpublished pages, between the visible activity. To a visitor, and to a member who is not in
it, every address answers in both alike: status, headers and bytes, for every method. It walks the URL map,
so that an address written tomorrow is covered tomorrow.
"""

import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import product

import pytest
import time_machine
from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hub.accounts.models import Person
from hub.core.database import unit_of_work
from hub.core.delivery import Folder
from hub.core.fragments import fragments
from hub.core.security import limiter
from hub.feeds.actions import make_private
from hub.feeds.subjects import PATHS, subject_at
from tests.house.worlds import BEGIN, CANARIES, DIGESTS, SECRET, World, build, visible_tokens

# Both worlds take long to build: one process builds them for all of these.
pytestmark = pytest.mark.xdist_group("worlds")

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# HEAD is GET without its bytes, OPTIONS the methods of the address.
ONCE = frozenset({"HEAD", "OPTIONS"})
SHARE = 24
NOW = BEGIN.replace(day=4)
# The hidden word that is asked for: what answers with "nothing found for ..." may say it again.
ASKED = CANARIES[0]
UNASKED = CANARIES[1:]

# Drawn at random anew in each world: address parts, drawn numbers, form tokens, signatures, cookies.
DRAWN = (
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    re.compile(r"\b[23456789bcdfghjkmnpqrstvwxyz]{12}\b"),
    re.compile(r"(?<=<)[0-9a-f]{24}(?=@)"),
    re.compile(r"(?<=<digest\.)[0-9a-f]{32}(?=@)"),
    re.compile(r"\b[1-9]\d{8}\b"),
    re.compile(r'(?<=name="csrf_token" value=")[^"]+'),
    re.compile(r"(?<=session=)[^;]+"),
    re.compile(r"\b[\w-]{10,}\.[\w-]{6,}\.[\w-]{20,}\b"),
    re.compile(r"\b[\w-]{12,}\.[\w-]{27}(?![\w-])"),
    re.compile(r"={15}\d+=="),
    # Secrets of webhooks.
    re.compile(r"\bwhsec_[\w+/]{43}="),
    # Keys of private feeds.
    re.compile(r"(?<=/feeds/private/)[\w-]{43}"),
    # Of a proof: what is salted is drawn, whatever it is of.
    re.compile(r'(?<="salt": ")[0-9a-f]{32}(?=")'),
    re.compile(r'(?<="digest": ")[0-9a-f]{64}(?=")'),
    re.compile(r'(?<="commitment": ")[0-9a-f]{64}(?=")'),
)

QUERIES = (
    "",
    "?q=retention",
    "?q=zanzibarine",
    "?q=zanz",
    '?q="quokkaberg+retention"',
    "?q=records&kind=question",
    "?topic=vellichor",
    "?after=WyIyMDI2LTAzLTAyVDEwOjAwOjAwKzAwOjAwIiwib3BlbiIsMV0",
)

NARROWED = (
    "?platform=x",
    "?platform=mastodon",
    "?sector=local_government",
    "?shows=deleted",
    "?platform=x&sector=local_government&q=zanzibarine",
    "?topic=vellichor&platform=x",
)


def normal(text: str) -> str:
    for drawn in DRAWN:
        text = drawn.sub("DRAWN", text)
    return text


def answer(response: TestResponse) -> tuple:
    """Everything that a reader is told. A validator is of the bytes: where something drawn stands in them, it
    is drawn too."""
    body = response.get_data().decode("utf-8", "replace")
    plain = normal(body)
    headers = sorted(
        (name, normal(value))
        for name, value in response.headers
        if not (name == "ETag" and (plain != body or not body))
        and name != "Content-Length"
        # Files bear the machine's own time.
        and not (name == "Last-Modified" and response.mimetype == "image/webp")
    )
    return response.status_code, headers, plain


@pytest.fixture(scope="module")
def worlds(quick_folder) -> Iterator[tuple[World, World]]:
    with time_machine.travel(BEGIN, tick=False) as time:
        folder = quick_folder("worlds")
        for name in ("without", "with"):
            (folder / name).mkdir()
        without = build(folder / "without" / "data", time, hidden=False)
        with_it = build(folder / "with" / "data", time, hidden=True)
        for world in (without, with_it):
            world.app.config["WTF_CSRF_ENABLED"] = False  # so that what is posted reaches the views
        limiter.enabled = False
        time.move_to(NOW)
        yield without, with_it
        limiter.enabled = True


def named(told: tuple, canaries: tuple[str, ...]) -> list[str]:
    """Hidden words that headers or page tell. (An address that was asked for may be named.)"""
    _status, headers, body = told
    words = f"{headers} {body}".casefold().replace(SECRET, "")
    return [canary for canary in canaries if canary in words]


def forget() -> None:
    """A process serves one hub: what it keeps of one must not answer for the other."""
    fragments.forget()


def ask(world: World, method: str, path: str, handle: str | None) -> tuple:
    forget()
    client = FlaskClient(world.app, Response)  # the suite's own parses every page: too slow for thousands
    if handle:
        with client.session_transaction() as session:
            session["_user_id"] = f"the session of {handle}"
            session["_fresh"] = True
    return answer(client.open(path, method=method, data=_sent(method)))


def _sent(method: str) -> dict[str, str] | None:
    if method in {"GET", "HEAD", "OPTIONS"}:
        return None
    return {"q": ASKED, "text": "Our records", "about": f"/groups/{SECRET}", "email": "a@example.org"}


def methods(rule: Rule, *, first: bool) -> tuple[str, ...]:
    """Routing answers a method that an address does not know, whatever is there: asked once an address."""
    known = tuple(method for method in METHODS if method in (rule.methods or ()) and method not in ONCE)
    return METHODS if first else known


def differing(what: str, one: tuple, other: tuple) -> str:
    """The first line in which two answers differ: a whole page would say nothing."""
    for here, there in zip(str(one).split("\\n"), str(other).split("\\n"), strict=False):
        if here != there:
            return f"{what}\nwithout: {here[:400]}\nwith:    {there[:400]}"
    return what


def candidates(rule: Rule, without: World, with_it: World) -> Iterator[tuple[str, str]]:
    """The rule's addresses in each world: of what both have, of what one hides, and of nothing at all."""
    if not rule.arguments:
        yield rule.rule, rule.rule
        return
    if "<slug>" in rule.rule:
        yield from _of_groups(rule, without, with_it)
    else:
        yield from _of_others(rule, without, with_it)


def _of_groups(rule: Rule, without: World, with_it: World) -> Iterator[tuple[str, str]]:
    names = [*without.addresses, *(name for name in with_it.addresses if name not in without.addresses)]
    places = [
        ("open", "open", {}),
        ("listed", "listed", {}),
        (SECRET, SECRET, {}),
        ("nothing", "nothing", {}),
    ]
    for name in names:
        here, there = (world.addresses.get(name, with_it.addresses[name]) for world in (without, with_it))
        places.append((here, there, {"number"}))
    tokens = _token_pairs(without, with_it) if "token" in rule.arguments else [("x", "x")]
    for (here, there, parts), (token, other) in product(places, tokens):
        if ("number" in rule.arguments) != bool(parts):
            continue
        yield _filled(rule, here, token), _filled(rule, there, other)


def _filled(rule: Rule, address: str, token: str) -> str:
    parts = address.split("/")
    slug, place, number = (parts[2], parts[3], parts[4]) if len(parts) == 5 else (address, "questions", "1")
    path = rule.rule
    for argument, value in {"slug": slug, "place": place, "number": number, "token": token}.items():
        path = re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{argument}>", value, path)
    return re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int)[^>]+>", "nothing", path))


def _of_others(rule: Rule, without: World, with_it: World) -> Iterator[tuple[str, str]]:
    handles = [("alice", "alice"), ("hilda", "hilda"), ("nobody", "nobody")]
    tokens = _token_pairs(without, with_it)
    for pair in handles if "handle" in rule.arguments else tokens:
        filled = tuple(
            re.sub(r"<(?:\w+(?:\([^)]*\))?:)?\w+>", value, re.sub(r"<int:\w+>", "1", rule.rule))
            for value in pair
        )
        yield filled[0], filled[1]


def _token_pairs(without: World, with_it: World) -> list[tuple[str, str]]:
    """Of each table the first visible, the last hidden; and one that is of nothing."""
    here, there = visible_tokens(without), visible_tokens(with_it)
    pairs = [(here[table][0], there[table][0]) for table in here if here[table]]
    hidden = {name.split()[1]: token for name, token in with_it.tokens.items()}
    return [*pairs, *((token, token) for token in hidden.values()), ("bcdfghjkmnpq", "bcdfghjkmnpq")]


def rules(world: World) -> list[Rule]:
    return [
        rule
        for rule in world.app.url_map.iter_rules()
        if not rule.endpoint.endswith("static") and rule.endpoint not in {"security.login"}
    ]


def test_both_worlds_are_built_alike(worlds):
    without, with_it = worlds
    assert {rule.rule for rule in rules(without)} == {rule.rule for rule in rules(with_it)}
    here, there = visible_tokens(without), visible_tokens(with_it)
    assert {table: len(tokens) for table, tokens in here.items()} == {
        table: len(tokens) for table, tokens in there.items()
    }
    assert with_it.tokens


@pytest.mark.parametrize("handle", [None, "bob"])
@pytest.mark.parametrize(
    "share", [pytest.param(SHARE, id="a-share"), pytest.param(1, id="all", marks=pytest.mark.soak)]
)
def test_every_address_answers_alike_for_every_method_and_names_nothing_hidden(worlds, handle, share):
    """Of each rule at least one address, of all addresses a share; all of them take ten minutes."""
    without, with_it = worlds
    for number, rule in enumerate(sorted(rules(without), key=lambda rule: rule.rule)):
        addresses = list(dict.fromkeys(candidates(rule, without, with_it)))
        for here, there in addresses[number % min(share, len(addresses)) :: share]:
            for method in methods(rule, first=here == addresses[0][0]):
                one, other = ask(without, method, here, handle), ask(with_it, method, there, handle)
                assert other == one, differing(f"{method} {here} / {there} as {handle}", one, other)
                assert not named(other, CANARIES if method == "GET" else UNASKED), (
                    f"{method} {there} as {handle}"
                )


@pytest.mark.parametrize("handle", [None, "bob"])
@pytest.mark.parametrize("query", QUERIES)
def test_lists_and_searches_answer_alike_whatever_is_asked(worlds, handle, query):
    without, with_it = worlds
    for rule in rules(without):
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        one, other = (
            ask(without, "GET", rule.rule + query, handle),
            ask(with_it, "GET", rule.rule + query, handle),
        )
        assert other == one, differing(f"{rule.rule}{query} as {handle}", one, other)


@pytest.mark.parametrize("handle", [None, "bob"])
@pytest.mark.parametrize("query", NARROWED)
def test_the_library_answers_alike_however_it_is_narrowed(worlds, handle, query):
    for path in ("/examples", "/groups/open/examples", f"/groups/{SECRET}/examples"):
        one, other = (ask(world, "GET", path + query, handle) for world in worlds)
        assert other == one, differing(f"{path}{query} as {handle}", one, other)
        assert not named(other, UNASKED), f"{path}{query} as {handle}"


@pytest.mark.parametrize("handle", [None, "bob"])
def test_covered_pictures_and_what_is_prepared_are_seen_by_whom_they_are_for(worlds, handle):
    without, with_it = worlds
    assert len(with_it.paths) > len(without.paths) > 0
    answered = {}
    for name, there in with_it.paths.items():
        here = without.paths.get(name, there)
        for method in ("GET", "POST"):
            one, other = ask(without, method, here, handle), ask(with_it, method, there, handle)
            assert other == one, differing(f"{method} {name} as {handle}", one, other)
            assert not named(other, CANARIES if method == "GET" else UNASKED), f"{method} {name} as {handle}"
            answered[name, method] = other[0]
    shown = [name for (name, method), status in answered.items() if method == "GET" and status == 200]
    pictures = [name for name in shown if "covered picture" in name]
    assert [name.split()[0] for name in pictures] == ["visible"]
    assert not [name for name in shown if "original" in name or "prepared" in name or "covering" in name]


@pytest.mark.parametrize("handle", [None, "bob"])
def test_files_are_read_by_whoever_reads_their_post(worlds, handle):
    """Under each address that both worlds have, and under the hidden ones: each file of each world."""
    without, with_it = worlds
    tokens = [
        *zip(*(visible_tokens(world)["stored_file"] for world in worlds), strict=True),
        *((token, token) for name, token in with_it.tokens.items() if "stored_file" in name),
    ]
    read = Counter()
    for name, there in with_it.addresses.items():
        here = without.addresses.get(name, there)
        for one_token, other_token in tokens:
            for end in ("", "/thumbnail"):
                one = ask(without, "GET", f"{here}/files/{one_token}{end}", handle)
                other = ask(with_it, "GET", f"{there}/files/{other_token}{end}", handle)
                assert other == one, differing(f"{name} {end} as {handle}", one, other)
                assert not named(other, CANARIES), name
                read[name, other[0]] += 1
    hidden = [name for (name, status) in read if name.startswith("hidden") and status == 200]
    shown = {name for (name, status) in read if status == 200}
    assert not hidden and "open discussion 0" in shown


def private_feeds(world: World, handle: str) -> dict[str, tuple]:
    """What somebody's private feeds of everything there is tell, in every format, by what they are of."""
    told = {}
    groups = [f"/groups/{slug}" for slug in ("open", "part", "listed", SECRET)]
    for of in [
        *(f"{root}{path}" or "/" for root in ("", *groups) for path in PATHS.values()),
        *dict.fromkeys([*world.addresses.values()]),
        *(f"/search{query}" for query in QUERIES),
    ]:
        with world.app.app_context(), unit_of_work() as session:
            actor = session.scalars(select(Person).where(Person.handle == handle)).one().as_actor()
            subject = subject_at(of, actor)
            key = make_private(actor, subject)[1] if subject is not None else ""
        for written in subject.formats if subject is not None else ():
            told[normal(f"{of} {written}")] = ask(world, "GET", f"/feeds/private/{key}.{written}", None)
    return told


def test_private_feeds_of_those_outside_tell_the_same(worlds, monkeypatch):
    monkeypatch.setattr("hub.feeds.actions.MOST_PRIVATE", 1_000)
    one, other = (private_feeds(world, "bob") for world in worlds)
    assert list(one) == list(other)
    assert len(one) > 60
    for of in one:
        assert one[of][0] == 200
        assert other[of] == one[of], differing(of, one[of], other[of])
        # What was searched for stands in the feed's own address and title.
        assert not named(other[of], tuple(word for word in CANARIES if word not in of)), of


def mail(world: World) -> list[tuple[str, str]]:
    """What was sent to people outside, by address, in the order in which it was written."""
    messages = Folder(world.app.extensions["settings"].folder("mail")).messages()
    sent = [(message["To"], normal(_decoded(message))) for _token, message in messages]
    return sorted((to, text) for to, text in sent if to.split("@")[0] not in {"alice", "hilda"})


def _decoded(message: EmailMessage) -> str:
    headers = [f"{name}: {value}" for name, value in message.items()]
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(headers + parts)


def test_mail_to_those_outside_is_the_same(worlds):
    without, with_it = worlds
    one, other = mail(without), mail(with_it)
    people = {"bob@example.org", "mona@example.org", "vera@example.org"}
    assert {to for to, _text in one} == people | {"visitor@example.org", "reader@example.org"}
    at_once = [text for to, text in one if "List-Id: <open.groups." in text or "filing.topics." in text]
    assert len(at_once) > 8 and all(f"List-Id: <{name}" in "".join(at_once) for name in ("open.", "filing."))
    assert len([text for to, text in one if to.startswith("visitor")]) == DIGESTS
    assert other == one, differing("mail", tuple(one), tuple(other))
    assert not any(canary in text.casefold() for _to, text in other for canary in CANARIES)


def webhooks_told(world: World) -> list[tuple[str, str, list[str]]]:
    """What other systems were told: where, what, and with which headers. Signatures are drawn."""
    return [(address, normal(body), sorted(headers)) for address, body, headers in world.told]


def test_webhooks_tell_the_same_and_those_of_the_hidden_group_tell_nobody_else(worlds):
    one, other = (webhooks_told(world) for world in worlds)
    outside = [told for told in other if SECRET not in told[0]]
    assert {address for address, _body, _headers in outside} == {
        "https://open.example/hook",
        "https://part.example/hook",
    }
    assert len(one) > 10
    assert outside == one, differing("webhooks", tuple(one), tuple(outside))
    assert not any(canary in str(told).casefold() for told in outside for canary in CANARIES)
    inside = "".join(body for address, body, _headers in other if SECRET in address)
    assert "Zanzibarine drives" in inside and "Thank you" not in inside


def unordered(told: tuple) -> tuple:
    """What was logged at the same instant comes in an order that is drawn."""
    status, headers, body = told
    return status, headers, "\n".join(sorted(re.split(r"\n|(?=<tr>)|(?=</tbody>)", body)))


@pytest.mark.parametrize("handle", ["mona", "bob", None])
def test_pages_and_logs_of_webhooks_are_the_same_for_all_who_do_not_own_the_hidden_group(worlds, handle):
    """Mona owns the other two groups. (Drafts in one of them, which are hidden from all others, are hers.)"""
    without, with_it = worlds
    hooks = [visible_tokens(world)["webhook"] for world in worlds]
    pairs = list(zip(*hooks, strict=True))
    hidden = [token for name, token in with_it.tokens.items() if name.startswith("hidden webhook ")]
    assert len(pairs) == 2 and len(hidden) == 1
    shown = 0
    for rule in (rule for rule in rules(without) if "/webhooks" in rule.rule):
        for slug in ("open", "part", SECRET):
            for here, there in [*pairs, *((token, token) for token in hidden)]:
                paths = [_filled(rule, slug, token) for token in (here, there)]
                one, other = (
                    unordered(ask(world, "GET", path, handle))
                    for world, path in zip(worlds, paths, strict=True)
                )
                assert other == one, differing(f"{paths} as {handle}", one, other)
                assert not named(other, CANARIES), f"{paths} as {handle}"
                shown += other[0] == 200
    assert (shown > 0) == (handle == "mona")
