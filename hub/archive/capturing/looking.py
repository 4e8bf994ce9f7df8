"""What lies behind an address: found at the first look, fetched at each further one. No database here.

A feed is fetched as it is; a page may name its feed; an account of the federated web is followed from its
name to its outbox; one of Bluesky is asked for at its public interface.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import lxml.html
from flask_babel import lazy_gettext as _l

from hub.archive.adapters.fields import as_dict, as_word, dicts
from hub.core.fetching import Fetched, Fetcher, NotFetched
from hub.core.fetching.refusing import sentence_of
from hub.core.urls import joined, server_of

from .models import ACTIVITYPUB, BLUESKY, FEED

ACTIVITY = "application/activity+json"
ACTIVITIES = f'{ACTIVITY}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9"
ANYTHING = f"{FEEDS}, {ACTIVITY};q=0.9, text/html;q=0.8, */*;q=0.1"

BLUESKY_INTERFACE = "https://public.api.bsky.app"
POSTS_ASKED_FOR = 50
LONGEST_VALIDATOR = 200
# Pages of an outbox: as many posts as an account writes between two looks.
MOST_PAGES = 2

_FEDERATED = re.compile(r"@?([\w.-]+)@([\w.-]+\.\w+(?::\d+)?)")
_ON_BLUESKY = re.compile(r"https?://bsky\.app/profile/([^/?#]+)/?$")
_FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json")

PROBLEMS = {
    "no_feed": _l("There is no feed at this address, and the page names none."),
    "no_account": _l("No account of that name was found there."),
    "no_outbox": _l("This account does not show its posts to outsiders."),
    "not_understood": _l("What it answered could not be read as posts."),
    "gone": _l("The address is gone: it answered with the code %(detail)s."),
}


class NothingThere(Exception):
    """The address was reached and has nothing to watch. `reason`: a key of PROBLEMS."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason} {detail}".strip())
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Place:
    """What is watched: a kind and the address that is fetched."""

    kind: str
    target: str


@dataclass(frozen=True)
class Asked:
    """A post was asked for at its own address. `gone`: it is not there; `says_so`: its platform says so."""

    address: str
    status: int
    gone: bool
    says_so: bool


def find(fetcher: Fetcher, address: str) -> Place:
    """What lies behind an address that a keeper wrote. Raises NotFetched or NothingThere."""
    if on_bluesky := _ON_BLUESKY.match(address):
        return _bluesky(on_bluesky[1])
    if federated := _FEDERATED.fullmatch(address.strip()):
        return _outbox_of(fetcher, _actor_named(fetcher, federated[1], federated[2]))
    found = _answer(fetcher, address, ANYTHING)
    if _is_activity(found):
        return _outbox_of(fetcher, _object(found))
    if "html" in found.headers.get("content-type", ""):
        return _named_by_page(fetcher, found)
    return Place(FEED, found.address)


def can_be_watched(address: str) -> bool:
    """Whether this is written like something that can be looked at: an address, or an account's name."""
    return bool(_FEDERATED.fullmatch(address.strip())) or _is_address(address.strip())


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def problem_sentence(reason: str, detail: str = "") -> str:
    """Why a look came to nothing, for the keepers."""
    if reason in PROBLEMS:
        return str(PROBLEMS[reason]) % {"detail": detail}
    return sentence_of(reason, detail)


def _bluesky(actor: str) -> Place:
    query = urlencode({"actor": actor, "limit": POSTS_ASKED_FOR, "filter": "posts_with_replies"})
    return Place(BLUESKY, f"{BLUESKY_INTERFACE}/xrpc/app.bsky.feed.getAuthorFeed?{query}")


def _named_by_page(fetcher: Fetcher, page: Fetched) -> Place:
    """A page names its feed, or is an account's profile."""
    try:
        tree = lxml.html.fromstring(page.body, base_url=page.address)
    except (ValueError, lxml.etree.ParserError) as error:
        raise NothingThere("no_feed") from error
    links = [
        (link.get("type", "").split(";")[0].strip().lower(), address)
        for link in tree.iter("link")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("href")
        and (address := joined(page.address, link.get("href", "")))
    ]
    for kind, address in links:
        if kind == ACTIVITY:
            return _outbox_of(fetcher, _object(_answer(fetcher, address, ACTIVITIES)))
    for kind, address in links:
        if kind in _FEED_TYPES:
            return Place(FEED, address)
    raise NothingThere("no_feed")


def _actor_named(fetcher: Fetcher, name: str, host: str) -> dict[str, Any]:
    """WebFinger (RFC 7033): from a name to the address of its actor."""
    scheme = "http" if host in fetcher.also else "https"
    asked = f"{scheme}://{host}/.well-known/webfinger?resource={quote(f'acct:{name}@{host}')}"
    told = _object(_answer(fetcher, asked, "application/jrd+json, application/json"))
    for link in dicts(told.get("links")):
        href = as_word(link.get("href"), 2_000)
        if link.get("rel") == "self" and href and "activity" in str(link.get("type")):
            return _object(_answer(fetcher, href, ACTIVITIES))
    raise NothingThere("no_account")


def _outbox_of(fetcher: Fetcher, actor: dict[str, Any]) -> Place:
    outbox = as_word(actor.get("outbox"), 2_000)
    if not outbox:
        raise NothingThere("no_outbox")
    first = _object(_answer(fetcher, outbox, ACTIVITIES)).get("first")
    target = as_word(first, 2_000) or as_word(as_dict(first).get("id"), 2_000)
    return Place(ACTIVITYPUB, target or outbox)


def look(fetcher: Fetcher, place: Place, validators: dict[str, str]) -> list[Fetched]:
    """The answers of one look, the first page first; none when nothing changed (304).

    Raises NotFetched or NothingThere.
    """
    accept = ACTIVITIES if place.kind == ACTIVITYPUB else ANYTHING
    found = fetcher.get(place.target, {"Accept": accept, **validators})
    if found.status == 304:
        return []
    answers = [_good(found)]
    while place.kind == ACTIVITYPUB and len(answers) < MOST_PAGES:
        onward = as_word(_object(answers[-1]).get("next"), 2_000)
        # A page of somebody else's is not this account's.
        if not onward or server_of(onward) != server_of(place.target):
            break
        answers.append(_answer(fetcher, onward, ACTIVITIES))
    return answers


def ask(fetcher: Fetcher, kind: str, post_id: str, address: str) -> Asked:
    """Ask for one post at its own address. Raises NotFetched where nobody answers, or not with yes or no."""
    asking: Callable[[], Asked] = {
        ACTIVITYPUB: lambda: _ask_activity(fetcher, post_id),
        BLUESKY: lambda: _ask_bluesky(fetcher, post_id),
    }.get(kind, lambda: _ask_page(fetcher, address))
    return asking()


def _ask_page(fetcher: Fetcher, address: str) -> Asked:
    return _by_status(fetcher.get(address, {"Accept": "text/html, */*;q=0.5"}), address)


def _ask_activity(fetcher: Fetcher, post_id: str) -> Asked:
    found = fetcher.get(post_id, {"Accept": ACTIVITIES})
    if found.status == 200 and _is_activity(found) and _object(found).get("type") == "Tombstone":
        return Asked(post_id, found.status, gone=True, says_so=True)
    return _by_status(found, post_id)


def _ask_bluesky(fetcher: Fetcher, post_id: str) -> Asked:
    address = f"{BLUESKY_INTERFACE}/xrpc/app.bsky.feed.getPosts?{urlencode({'uris': post_id})}"
    found = fetcher.get(address, {"Accept": "application/json"})
    posts = _object(found).get("posts") if found.status == 200 else None
    if not isinstance(posts, list):
        raise NotFetched("status", str(found.status))
    return Asked(address, found.status, gone=not posts, says_so=not posts)


def _by_status(found: Fetched, address: str) -> Asked:
    """404 means not there, 410 gone for good; what is neither yes nor no decides nothing."""
    if found.status in (404, 410):
        return Asked(address, found.status, gone=True, says_so=found.status == 410)
    if found.status == 200:
        return Asked(address, found.status, gone=False, says_so=False)
    raise NotFetched("status", str(found.status))


def _answer(fetcher: Fetcher, address: str, accept: str) -> Fetched:
    return _good(fetcher.get(address, {"Accept": accept}))


def _good(found: Fetched) -> Fetched:
    if found.status in (404, 410):
        raise NothingThere("gone", str(found.status))
    if found.status != 200:
        raise NothingThere("status", str(found.status))
    return found


def _is_activity(found: Fetched) -> bool:
    kind = found.headers.get("content-type", "")
    return "activity+json" in kind or "ld+json" in kind


def _object(found: Fetched) -> dict[str, Any]:
    """The JSON object of an answer. Raises NothingThere."""
    try:
        value = json.loads(found.body)
    except (ValueError, RecursionError) as error:
        raise NothingThere("not_understood") from error
    return as_dict(value)


def validators_of(found: Fetched) -> dict[str, str]:
    """What to send back next time, so that an unchanged answer need not be sent again."""
    known = {"etag": found.headers.get("etag", ""), "last_modified": found.headers.get("last-modified", "")}
    # One that does not fit is not sent back cut short.
    return {name: value if len(value) <= LONGEST_VALIDATOR else "" for name, value in known.items()}
