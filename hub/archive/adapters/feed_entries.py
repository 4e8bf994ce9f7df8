"""What the entries of all feeds have in common, however they are written, and what becomes of them.

A feed tells what a website says: the site is the account, unless an entry names an author of its own. People
without an address of their own go by a hash of their name and the site, never by their e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from hub.archive.adapters.activity_fields import MEDIA_KINDS, file_name
from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    LeftOut,
    MediaRef,
    Parent,
    Record,
    Slice,
    content_hash,
)
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.fields import as_word, web_address
from hub.archive.adapters.plain_text import from_html, links_in, pictures_in
from hub.archive.platforms import LONGEST_ID

PLATFORM = "web"
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+")
MAIL = re.compile(r"\S+@\S+\.\w+")
LONGEST_TITLE = 1_000


@dataclass
class Feed:
    """Whose feed it is. `address`: the site's, else the feed's own."""

    address: str | None = None
    title: str | None = None
    language: str | None = None
    derived: DerivedIds = field(default_factory=lambda: DerivedIds("feed"))

    @property
    def account_id(self) -> str:
        return self.address or f"feed:{content_hash(self.title or '')[:24]}"


@dataclass
class Entry:
    """One entry, as its feed has it. `html` or `text`: its content; `reply_to`: the id of what it answers."""

    source: Slice
    id: str | None = None
    url: str | None = None
    title: str | None = None
    html: str | None = None
    text: str | None = None
    author: str | None = None
    author_url: str | None = None
    site: Feed | None = None  # where a collecting feed has it from
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    reply_to: str | None = None
    media: list[MediaRef] = field(default_factory=list)


def read_entry(entry: Entry, feed: Feed, captured_at: datetime | None = None) -> Iterator[Record]:
    """The account and the post of an entry, or why it is left out."""
    title = from_html(entry.title or "")[:LONGEST_TITLE] or None
    text = from_html(entry.html) if entry.html is not None else (entry.text or "").strip()
    post_id = _post_id(entry, feed, title or text)
    if not post_id:
        yield LeftOut("no_id", entry.source.file)
        return
    account = _account(entry, entry.site or feed)
    media = [*entry.media, *_pictures(entry)]
    yield account
    yield CapturedPost(
        evidence="capture",
        platform=PLATFORM,
        post_id=post_id,
        version_id=post_id,
        account_id=account.account_id,
        text=text,
        content_hash=_hash(title, text, media),
        source=entry.source,
        posted_at=entry.published or entry.updated,
        written_at=_written_at(entry),
        captured_at=captured_at,
        title=title,
        form="article" if title else "",
        language=as_word(entry.language or feed.language, 10),
        url=entry.url if entry.url and len(entry.url) <= 500 else None,
        reply_to=Parent(entry.reply_to, None, None) if entry.reply_to else None,
        links=links_in(entry.html),
        media=media,
    )


def sound_id(value: str | None) -> str | None:
    """An id that can be kept as it is."""
    if value and len(value) <= LONGEST_ID and value.isprintable() and " " not in value:
        return value
    return None


def without_mail(name: str | None) -> str | None:
    """A person's name; nothing where it is, or holds, an e-mail address."""
    plain = MAIL.sub("", name or "").strip(" \t\n()<>,;")
    return plain[:200] or None


def visitor_id(site: str, name: str | None, address: str | None) -> str:
    """What somebody goes by who has no account: a hash of the name and the website they gave."""
    return f"{site[:400]}#visitor-{content_hash(name or '', address or '')[:16]}"


def medium(address: str | None, kind: object = None, alt: object = None) -> Iterator[MediaRef]:
    """A picture or film at an address; `kind` is its media type or the first part of it."""
    if found := web_address(address):
        stated = str(kind or "").partition("/")[0]
        yield MediaRef(
            key=file_name(found)[:LONGEST_ID],
            kind=MEDIA_KINDS.get(stated, "other"),
            url=found,
            alt_text=as_word(alt, 5_000),
        )


def _post_id(entry: Entry, feed: Feed, words: str) -> str | None:
    """Its id is the entry's own where that is unique in the world; else within the feed; else its page."""
    own = sound_id(entry.id)
    if own and not ADDRESS.fullmatch(own):
        own = sound_id(f"{feed.account_id}#{own}")
    if own or sound_id(entry.url):
        return own or entry.url
    at = entry.published or entry.updated
    if at:
        return feed.derived.of(feed.account_id, at.isoformat())
    # With nothing else to know it by, an entry is its words; an edited one is another.
    return feed.derived.of(feed.account_id, words) if words else None


def _account(entry: Entry, feed: Feed) -> Account:
    name = without_mail(entry.author)
    if not name or name == feed.title:
        return Account(PLATFORM, feed.account_id, entry.published, name=as_word(feed.title))
    address = sound_id(web_address(entry.author_url))
    return Account(PLATFORM, address or visitor_id(feed.account_id, name, None), entry.published, name=name)


def _written_at(entry: Entry) -> datetime | None:
    if entry.updated and entry.published and entry.updated > entry.published:
        return entry.updated
    return None


def _pictures(entry: Entry) -> Iterator[MediaRef]:
    """Pictures in the text that are not told of beside it as well."""
    known = {one.url for one in entry.media}
    for address, alt in pictures_in(entry.html):
        if address not in known:
            known.add(address)
            yield from medium(address, "image", alt)


def _hash(title: str | None, text: str, media: list[MediaRef]) -> str:
    """What the site said: title and words, and its pictures by the names of their files: sizes, servers and
    signatures in their addresses change by themselves."""
    return content_hash(PLATFORM, title or "", text, [[one.key, one.alt_text or ""] for one in media])
