"""Fields of ActivityStreams 2.0, as Mastodon and the rest of the Fediverse write them.

All of it is one platform here: a reply from any server must find the post that it answers, and nothing in
an object says which software wrote it. A post's id is its object's id (an address), an account's its actor's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from hub.archive.adapters.base import Account, MediaRef, Mention, Parent
from hub.archive.adapters.fields import as_dict, as_word, iso_time, web_address
from hub.archive.adapters.plain_text import from_html
from hub.archive.platforms import LONGEST_ID
from hub.core.urls import path_of

PLATFORM = "mastodon"

PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
ADDRESSED = ("to", "cc", "bto", "bcc", "audience")
HANDLE_IN_PATH = re.compile(r"/(?:@|users/|u/|author/|accounts/|profile/)([^/@]+)/?$")
MASTODON_ID = re.compile(r"(https?://[^/]+/users/[^/]+)/statuses/\d+")
MEDIA_KINDS = {"image": "photo", "video": "video", "audio": "other"}
KINDS_BY_TYPE = {"Image": "photo", "Video": "video"}
# Pictures of one post: far more than any has.
MOST_MEDIA = 100


def as_list(value: Any) -> list:
    """A value that may stand alone or in a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """The id of an object or of what is only named by its id; its address where it has none."""
    one = next(iter(as_list(value)), None)
    if not isinstance(one, dict):
        return _id(one)
    url = next(iter(as_list(one.get("url"))), None)
    return _id(one.get("id")) or _id(as_dict(url).get("href") or url) or _id(one.get("href"))


def _id(value: Any) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable() and " " not in value:
        return value
    return None


def address_of(value: Any) -> str | None:
    """The web page of an object: of several addresses the one of HTML, else the first."""
    found = as_list(value)
    pages = [one for one in found if isinstance(one, dict) and one.get("mediaType") == "text/html"]
    for one in (*pages, *found):
        if address := web_address(one.get("href") if isinstance(one, dict) else one):
            return address
    return None


def audience_of(*holders: dict) -> str | None:
    """public or unlisted; "" when the source does not say for whom it is; None when it is for some only."""
    said: dict[str, list] = {}
    for holder in reversed(holders):
        said |= {key: as_list(holder[key]) for key in ADDRESSED if key in holder}
    if _is_public(said.get("to")) or _is_public(said.get("audience")):
        return "public"
    if _is_public(said.get("cc")):
        return "unlisted"
    return None if any(said.values()) else ""


def _is_public(named: list | None) -> bool:
    return any(id_of(one) in PUBLIC for one in named or ())


def author_in(post_id: str | None) -> str | None:
    """Mastodon's ids of posts begin with the id of whose they are."""
    found = MASTODON_ID.fullmatch(post_id or "")
    return found[1] if found else None


def account_of(value: Any, at: Any = None, *, own: bool = False) -> Account | None:
    """The account that an object is by: an actor, or only its id."""
    first = next(iter(as_list(value)), None)
    actor, account_id = as_dict(first), id_of(first)
    if not account_id:
        return None
    return Account(
        platform=PLATFORM,
        account_id=account_id,
        at=iso_time(at),
        handle=handle_of(actor, account_id),
        name=as_word(actor.get("name")),
        own=own,
        description=_bio(actor.get("summary")),
    )


def _bio(summary: Any) -> str | None:
    return from_html(summary)[:1_000] or None if isinstance(summary, str) else None


def handle_of(actor: dict, account_id: str) -> str | None:
    """name@server, as people in the Fediverse are called."""
    name, host = as_word(actor.get("preferredUsername"), 100), host_of(account_id)
    if name is None:
        found = HANDLE_IN_PATH.search(path_of(account_id))
        name = found[1][:100] if found else None
    return f"{name}@{host}"[:200] if name and host else name


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "") if web_address(address) else ""
    except ValueError:
        return ""


def parent_of(holder: dict) -> Parent | None:
    for one in as_list(holder.get("inReplyTo"))[:1]:
        parent = Parent(id_of(one), id_of(as_dict(one).get("attributedTo")), None)
        return parent if parent.post_id else None
    return None


def quoted(holder: dict) -> str | None:
    """What a post quotes: Mastodon, Misskey and others each have their own word for it."""
    for key in ("quote", "quoteUri", "quoteUrl", "_misskey_quote"):
        if found := id_of(holder.get(key)):
            return found
    return None


def language_of(holder: dict) -> str | None:
    """The one language that a post is written in, where it says so."""
    names = as_dict(holder.get("contentMap"))
    named = next(iter(names)) if len(names) == 1 else as_dict(holder.get("@context")).get("@language")
    return as_word(named, 10) if named != "und" else None


def mentions_of(holder: dict) -> list[Mention]:
    return [
        Mention(_mentioned(name, href), href, None)
        for one in as_list(holder.get("tag"))
        if isinstance(one, dict) and one.get("type") == "Mention"
        if (href := id_of(one.get("href"))) and (name := as_word(one.get("name")) or handle_of({}, href))
    ]


def _mentioned(name: str, href: str) -> str:
    """ "@user@server" without its first "@"; "@user" is of the server that it is on."""
    plain = name.removeprefix("@")
    host = host_of(href)
    return plain if "@" in plain or not host else f"{plain}@{host}"


def attachments_of(holder: dict) -> Iterator[MediaRef]:
    """Pictures, films and sounds: attachments and the object's own picture. `url`: as the source has it."""
    pictures = as_list(holder.get("image"))
    found = [one for one in as_list(holder.get("attachment")) if isinstance(one, dict)]
    found += [one if isinstance(one, dict) else {"type": "Image", "url": one} for one in pictures]
    for one in found[:MOST_MEDIA]:
        address = _media_address(one)
        kind = kind_of(one)
        if address and kind:
            yield MediaRef(
                key=file_name(address)[:LONGEST_ID],
                kind=kind,
                url=address,
                alt_text=as_word(one.get("name") or one.get("summary"), 5_000),
            )


def _media_address(one: dict) -> str | None:
    for url in as_list(one.get("url") or one.get("href")):
        found = as_word(url.get("href") if isinstance(url, dict) else url, 2_000)
        if found:
            return found
    return None


def kind_of(attachment: dict) -> str | None:
    """photo, video or other; None for what is no medium (a link, a place)."""
    stated, kind = attachment.get("mediaType"), as_word(attachment.get("type"))
    if kind in KINDS_BY_TYPE:
        return KINDS_BY_TYPE[kind]
    if isinstance(stated, str):
        return MEDIA_KINDS.get(stated.partition("/")[0], "other")
    return "other" if kind in ("Document", "Audio") else None


def file_name(address: str) -> str:
    """The last part of an address: the name a server drew for a file when it was uploaded, the same in
    every export and on every storage; what signs the address stands behind it."""
    return address.partition("?")[0].rpartition("/")[2]
