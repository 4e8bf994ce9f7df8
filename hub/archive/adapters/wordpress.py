"""WordPress's own export (WXR 1.0 to 1.2): a site's posts and pages, with the comments that it received.

An export can be of some posts only (of one author, of some months, in several files) and does not say so:
what it lacks means nothing, so it is never called whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from hub.archive.adapters import wordpress_fields as fields
from hub.archive.adapters.base import (
    ROWS_BETWEEN_SIGNS,
    Account,
    CapturedPost,
    Deletion,
    Export,
    LeftOut,
    Link,
    Parent,
    Record,
    Slice,
    StillReading,
)
from hub.archive.adapters.feed_entries import sound_id
from hub.archive.adapters.fields import as_word, web_address
from hub.archive.adapters.plain_text import from_html, links_in
from hub.archive.adapters.wordpress_fields import PLATFORM, Attached, Site, Words, is_wxr, moment, wp
from hub.archive.sources import Broken, Source, Unreadable
from hub.archive.sources.xml_spans import Element, Node, elements

FORMS = {"post": "article", "page": "page"}
COMMENT_FORMS = {"": "comment", "comment": "comment", "pingback": "pingback", "trackback": "pingback"}
PUBLISHED, BINNED, APPROVED = "publish", "trash", "1"
OF_THE_SITE = frozenset({"title", "link", "language", "pubDate", "base_blog_url", "author", "wxr_version"})

Path = tuple[tuple[str, str], ...]


class WordPress:
    name = "wordpress-wxr"
    label = "WordPress export"
    evidence = "import"
    how = _l("The .xml file as you downloaded it. In WordPress: Tools, Export, “All content”.")

    def recognises(self, source: Source) -> bool:
        if source.holds_files:
            return False
        try:
            with source.open(_file(source)) as stream:
                first = (one for one in elements(stream, _is_telling) if isinstance(one, Element))
                return any(is_wxr(one.node.space) or _has_number(one.node) for one in _few(first))
        except (Broken, Unreadable):
            return False

    def read(self, source: Source) -> Iterator[Record]:
        yield from _Reading(source, _file(source)).records()


def _file(source: Source) -> str:
    return next(iter(source.members())).name


def _is_item(path: Path) -> bool:
    return path[-1][1] == "item"


def _is_of_the_site(path: Path) -> bool:
    return len(path) == 3 and path[-2][1] == "channel" and path[-1][1] in OF_THE_SITE


def _is_telling(path: Path) -> bool:
    """A feed has neither the version of an export nor items with a number of WordPress's."""
    return _is_item(path) or (path[-1][1] == "wxr_version" and is_wxr(path[-1][0]))


def _few(found: Iterator[Element]) -> Iterator[Element]:
    """The version stands before the first item; an item before it shows a feed, or an early export."""
    for one in found:
        yield one
        return


def _has_number(item: Node) -> bool:
    return bool(wp(item, "post_id"))


class _Reading:
    """One pass over one export."""

    def __init__(self, source: Source, file: str):
        self.source, self.file = source, file
        self.site = Site()
        self.made_at: datetime | None = None
        self.met: set[str] = set()

    def records(self) -> Iterator[Record]:
        try:
            with self.source.open(self.file) as stream:
                yield from self._look_over(stream)
        except Broken as error:
            raise Unreadable(error.reason, str(error.row)) from error
        if not self.site.address:
            raise Unreadable("no_account")
        yield Account(PLATFORM, self.site.address, self.made_at, name=self.site.title, own=True)
        with self.source.open(self.file) as stream:
            for found in elements(stream, _is_item):
                if isinstance(found, Broken):
                    yield LeftOut(found.reason, self.file, detail=str(found.row))
                else:
                    yield from self._item(found)
        yield Export(PLATFORM, self.site.address, self.made_at, whole=False)

    def _look_over(self, stream: BinaryIO) -> Iterator[Record]:
        """Reads the file to its end, and who and what is attached where."""
        told: dict[str, str] = {}
        authors: list[Node] = []
        found = (one for one in elements(stream, lambda path: _is_item(path) or _is_of_the_site(path)))
        for rows, one in enumerate(found, 1):
            if rows % ROWS_BETWEEN_SIGNS == 0:
                yield StillReading()
            if isinstance(one, Broken):
                continue
            if one.node.name == "item":
                self._attachment(one.node)
            elif one.node.name == "author" and is_wxr(one.node.space):
                authors.append(one.node)
            else:
                told.setdefault(one.node.name, one.node.text)
        self.site.address = _address(told)
        for author in authors:
            self.site.add_author(author)
        self.site.title = as_word(from_html(told.get("title", "")))
        self.site.language = as_word(told.get("language"), 10)
        self.made_at = fields.mail_time(told.get("pubDate", ""))

    def _attachment(self, item: Node) -> None:
        parent, address = fields.number_of(item, "post_parent"), web_address(wp(item, "attachment_url"))
        if wp(item, "post_type") == "attachment" and parent and address:
            alt = fields.meta(item, "_wp_attachment_image_alt")
            self.site.attached.setdefault(parent, []).append(Attached(address, alt[:5_000]))

    # Posts and pages.

    def _item(self, found: Element) -> Iterator[Record]:
        item = found.node
        kind, post_id = wp(item, "post_type"), self._id(item)
        comments = [one for one in item.children if one.name == "comment" and is_wxr(one.space)]
        if kind == "attachment":
            if not fields.number_of(item, "post_parent"):
                yield LeftOut("private_media", self.file)
        elif kind not in FORMS:
            yield LeftOut("not_posts", as_word(kind) or self.file)
        elif not post_id:
            yield LeftOut("no_id", self.file)
        elif not _was_public(item):
            yield LeftOut("not_public", self.file, 1 + len(comments))
        else:
            yield from self._post(found, post_id, kind)
            for comment in comments:
                yield from self._comment(comment, found, post_id)

    def _id(self, item: Node) -> str | None:
        """By its number; exports that were made smaller by hand may have kept its first address only."""
        number = fields.number_of(item, "post_id")
        return self.site.post_id(number) if number else sound_id(web_address(item.value("guid")))

    def _post(self, found: Element, post_id: str, kind: str) -> Iterator[Record]:
        item = found.node
        source = Slice(found.raw, self.file, found.number)
        author = self.site.author(item.value("creator"))
        words = fields.words_of(item, self.site.attached.get(wp(item, "post_id"), []))
        at, changed = fields.published(item), moment(item, "post_modified_gmt")
        yield from self._named(author)
        yield self._captured(
            post_id,
            author,
            words,
            source,
            posted_at=at,
            written_at=changed if changed and at and changed > at else None,
            url=_page(item),
            form=FORMS[kind],
        )
        if wp(item, "status") == BINNED:
            yield Deletion(
                platform=PLATFORM,
                post_id=post_id,
                told_by="own_export",
                source=source,
                account_id=author.account_id,
                posted_at=at,
                deleted_at=_unix(fields.meta(item, "_wp_trash_meta_time")),
                known_at=self.made_at,
            )

    def _comment(self, comment: Node, found: Element, post_id: str) -> Iterator[Record]:
        """What somebody else said below a post: a post of their own, with bytes of its own."""
        form = COMMENT_FORMS.get(wp(comment, "comment_type"))
        number = fields.number_of(comment, "comment_id")
        if form is None:
            yield LeftOut("not_posts", self.file)
        elif wp(comment, "comment_approved") != APPROVED:
            yield LeftOut("not_public", self.file)
        elif not number:
            yield LeftOut("no_id", self.file)
        else:
            author = self.site.visitor(comment)
            answered = fields.number_of(comment, "comment_parent")
            yield from self._named(author)
            page = _page(found.node)
            yield self._captured(
                self.site.comment_id(number),
                author,
                _words_of_comment(comment, form),
                Slice(found.part(comment), self.file, found.number),
                posted_at=moment(comment, "comment_date_gmt") or moment(comment, "comment_date"),
                url=as_word(f"{page}#comment-{number}", 500) if page else None,
                form=form,
                reply_to=Parent(self.site.comment_id(answered) if answered else post_id, None, None),
            )

    def _captured(self, post_id: str, author: Account, words: Words, source: Slice, **known) -> CapturedPost:
        return CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=post_id,
            version_id=post_id,
            account_id=author.account_id,
            text=words.text,
            content_hash=words.hash,
            source=source,
            captured_at=self.made_at,
            title=words.title,
            audience="public",
            language=self.site.language,
            links=words.links,
            media=words.media,
            **known,
        )

    def _named(self, author: Account) -> Iterator[Record]:
        """An account, the first time that it is met."""
        if author.account_id not in self.met:
            self.met.add(author.account_id)
            author.at = self.made_at
            yield author


def _address(told: dict[str, str]) -> str:
    """The site's address without a slash behind it; 300 characters leave room for what is named by it."""
    address = web_address(told.get("base_blog_url")) or web_address(told.get("link")) or ""
    plain = address.rstrip("/")
    return plain if len(plain) <= 300 and plain.isprintable() and " " not in plain else ""


def _was_public(item: Node) -> bool:
    """Published to everybody, or so until it was put into the bin."""
    status = wp(item, "status")
    if status == BINNED:
        status = fields.meta(item, "_wp_trash_meta_status")
    return status == PUBLISHED and not wp(item, "post_password")


def _page(item: Node) -> str | None:
    address = web_address(item.value("link"))
    return address if address and len(address) <= 450 else None


def _unix(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _words_of_comment(comment: Node, form: str) -> Words:
    written = wp(comment, "comment_content")
    links = links_in(written)
    source = web_address(wp(comment, "comment_author_url"))
    if form == "pingback" and source:
        links.insert(0, Link(as_word(wp(comment, "comment_author")) or source, source))
    return Words(from_html(written), links=links)
