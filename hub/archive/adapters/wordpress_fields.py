"""Fields of WordPress's export (WXR), and the ids that this archive gives to what has only numbers there.

A post is its site's address and number (`https://site/?p=7`, which WordPress answers whatever the post is
called later), a comment `https://site#comment-8`. Who has an account on the site is `https://site#login`; who
has none goes by a hash of name and website. Neither an e-mail address nor one of the network ever goes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hub.archive.adapters.base import Account, Link, MediaRef, content_hash
from hub.archive.adapters.feed_entries import medium, visitor_id, without_mail
from hub.archive.adapters.fields import as_word, iso_time, web_address
from hub.archive.adapters.plain_text import from_html, links_in, pictures_in
from hub.archive.sources.xml_spans import Node

PLATFORM = "wordpress"
# "http://wordpress.org/export/1.0/", "https://wordpress.org/export/1.2/": the tags' own namespace.
WXR = ("http://wordpress.org/export/", "https://wordpress.org/export/")
CONTENT = "http://purl.org/rss/1.0/modules/content/"
NEVER = "0000"
LONGEST_NUMBER = 20
MOST_MEDIA = 500


def is_wxr(space: str) -> bool:
    return space.startswith(WXR) and "excerpt" not in space


def wp(node: Node, name: str) -> str:
    """The text of a child in the export's own namespace; "" where there is none."""
    return next((one.text for one in node.children if one.name == name and is_wxr(one.space)), "")


def number_of(node: Node, name: str) -> str | None:
    """A number of WordPress's, which is never 0."""
    found = wp(node, name)
    sound = found.isascii() and found.isdigit() and len(found) <= LONGEST_NUMBER and found.strip("0")
    return found if sound else None


def moment(node: Node, name: str) -> datetime | None:
    """A time "2024-05-01 09:00:00" in UTC; None for WordPress's "0000-00-00 00:00:00"."""
    found = wp(node, name)
    return None if found.startswith(NEVER) else iso_time(found)


def published(item: Node) -> datetime | None:
    return moment(item, "post_date_gmt") or mail_time(item.value("pubDate"))


def mail_time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def meta(item: Node, key: str) -> str:
    """A value that WordPress keeps beside a post."""
    for one in item.children:
        if one.name == "postmeta" and is_wxr(one.space) and wp(one, "meta_key") == key:
            return wp(one, "meta_value")
    return ""


@dataclass(slots=True)
class Attached:
    """A picture or film that belongs to a post."""

    address: str
    alt_text: str


@dataclass
class Site:
    """What the export says of the site: `address` as far as it is known; its people; what is attached to
    which post (by its number)."""

    address: str = ""
    title: str | None = None
    language: str | None = None
    authors: dict[str, Account] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)  # by the number of the account
    attached: dict[str, list[Attached]] = field(default_factory=dict)

    def post_id(self, number: str) -> str:
        return f"{self.address}/?p={number}"

    def comment_id(self, number: str) -> str:
        return f"{self.address}#comment-{number}"

    def add_author(self, node: Node) -> None:
        login = wp(node, "author_login")
        if login:
            shown = without_mail(wp(node, "author_display_name"))
            self.authors[login] = self._member(login, shown)
            if number := number_of(node, "author_id"):
                self.logins[number] = login

    def author(self, login: str) -> Account:
        """Whoever wrote a post: one of the site's people, or the site itself where nobody is named."""
        if not login:
            return Account(PLATFORM, self.address, name=self.title, own=True)
        return self.authors.get(login) or self._member(login, None)

    def _member(self, login: str, name: str | None) -> Account:
        """Some people's login is their e-mail address: that goes by its hash. Early exports say the name."""
        shown = without_mail(login)
        plain = login if "@" not in login and login.isprintable() and " " not in login else None
        own_id = f"{self.address}#{plain[:80]}" if plain else visitor_id(self.address, login, "login")
        return Account(
            PLATFORM, own_id, handle=as_word(plain), name=name or (None if plain else shown), own=True
        )

    def visitor(self, comment: Node) -> Account:
        """Whoever wrote a comment."""
        if login := self.logins.get(number_of(comment, "comment_user_id") or ""):
            return self.authors[login]
        name = without_mail(wp(comment, "comment_author"))
        address = web_address(wp(comment, "comment_author_url"))
        return Account(PLATFORM, visitor_id(self.address, name, address), name=name)


@dataclass
class Words:
    """What an item or a comment says."""

    text: str
    title: str | None = None
    links: list[Link] = field(default_factory=list)
    media: list[MediaRef] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """What its author wrote: title, words and where links lead, and pictures by the names of their files
        (servers, sizes and signatures change by themselves) with their descriptions."""
        led = [[one.shown, one.expanded] for one in self.links]
        pictures = [[one.key, one.alt_text or ""] for one in self.media]
        return content_hash(PLATFORM, self.title or "", self.text, led, pictures)


def words_of(item: Node, attached: list[Attached]) -> Words:
    """The words and pictures of a post or a page; `attached`: what the site keeps with it."""
    written = item.value("encoded", CONTENT)
    media = list(_pictures(written, attached))
    return Words(from_html(written), from_html(item.value("title"))[:1_000] or None, links_in(written), media)


def _pictures(written: str, attached: list[Attached]) -> Iterator[MediaRef]:
    shown = [(address, alt or "") for address, alt in pictures_in(written)]
    known: set[str] = set()
    for address, alt in [*shown, *((one.address, one.alt_text) for one in attached)][:MOST_MEDIA]:
        for ref in medium(address, "image", alt):
            if ref.key not in known:
                known.add(ref.key)
                yield ref
