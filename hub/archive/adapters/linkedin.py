"""The tables that LinkedIn gives a member of themselves: Shares.csv and Comments.csv, in their zip or alone.

A share is named by its own address (urn:li:share:...). A comment has no id of its own: its id is derived
from its moment and the post that it answers. LinkedIn names that post as urn:li:activity:..., which is not
the number of a share, so a comment on one's own share is not joined to it. A share with several pictures has
a row for each; they are sightings of one post.

A file alone does not say whose it is: its posts then have no author. In the zip, the account is told by the
moment at which the member registered (names change), else by the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from flask_babel import lazy_gettext as _l

from hub.archive.adapters.base import (
    Account,
    CapturedPost,
    Export,
    LeftOut,
    Link,
    MediaRef,
    Parent,
    Record,
    content_hash,
)
from hub.archive.adapters.csv_file import CsvFile, TableRow, base_name, csv_file, named_members
from hub.archive.adapters.derived_ids import DerivedIds
from hub.archive.adapters.fields import as_word, iso_time, web_address
from hub.archive.sources import Source

PLATFORM = "linkedin"
SHARES, COMMENTS, PROFILE, REGISTRATION = "Shares.csv", "Comments.csv", "Profile.csv", "Registration.csv"
SHARE_COLUMNS = ("Date", "ShareLink", "ShareCommentary")
COMMENT_COLUMNS = ("Date", "Link", "Message")
PROFILE_COLUMNS = ("First Name", "Last Name")
REGISTRATION_COLUMNS = ("Registered At",)

# Who may read a share: what is not named here is not public. LinkedIn calls all its members MEMBER_NETWORK,
# and its own pages show such shares to everybody.
AUDIENCES = {"": "", "MEMBER_NETWORK": "", "PUBLIC": "public", "ANYONE": "public", "LOGGED_IN": ""}

URN = re.compile(r"urn:li:(?:share|ugcPost|activity|groupPost|article):[\w-]+")
# Each line break of a share arrives with a quote before and behind it.
WRAPPED_BREAK = re.compile(r'"(\r?\n)"')

# Only to say in the report what kind of thing was left out; being absent here lets nothing in.
PRIVATE = (
    "message",
    "connection",
    "contact",
    "email",
    "phone",
    "invitation",
    "login",
    "security",
    "registration",
)


class LinkedIn:
    name = "linkedin"
    label = _l("LinkedIn data export")
    evidence = "import"
    how = _l(
        "The zip, as you downloaded it, or Shares.csv and Comments.csv out of it. On LinkedIn, open "
        "Settings, “Data privacy”, “Get a copy of your data”."
    )

    def recognises(self, source: Source) -> bool:
        return any(True for _ in _tables(source))

    def read(self, source: Source) -> Iterator[Record]:
        account = _account(source)
        if account:
            yield account
        author = account.account_id if account else ""
        whole = source.holds_files
        tables = list(_tables(source))
        for refused in source.refused:
            whole = whole and base_name(refused.name) not in ("shares.csv", "comments.csv")
            yield LeftOut(refused.reason, refused.name)
        for table, read in tables:
            for record in table.records():
                yield from read(record, author) if isinstance(record, TableRow) else (record,)
            whole = whole and table.whole
        yield from _left_out(source, {table.name for table, _ in tables})
        if author:
            # The zip does not say when it was made, so nothing can be said of what a later one lacks.
            yield Export(PLATFORM, author, None, whole)


def _tables(source: Source) -> Iterator[tuple[CsvFile, object]]:
    ids = DerivedIds("comment")
    for name in named_members(source, (SHARES, COMMENTS)):
        if table := csv_file(source, name, SHARE_COLUMNS):
            yield table, _share
        elif table := csv_file(source, name, COMMENT_COLUMNS):
            yield table, lambda row, author: _comment(row, author, ids)


def _account(source: Source) -> Account | None:
    """Whose zip it is. Of the registration only its moment is read, of the profile name and headline."""
    if not source.holds_files:
        return None
    profile = _first_row(source, PROFILE, PROFILE_COLUMNS)
    registration = _first_row(source, REGISTRATION, REGISTRATION_COLUMNS)
    names = [profile.get(one).strip() for one in ("first name", "last name")] if profile else []
    name = " ".join(one for one in names if one)
    since = registration.get("registered at") if registration else ""
    if not name and not since:
        return None
    told_by = ("registered", since) if since else ("name", name)
    return Account(
        platform=PLATFORM,
        account_id=f"member:{content_hash(*told_by)[:24]}",
        name=as_word(name),
        own=True,
        description=as_word(profile.get("headline"), 1_000) if profile else None,
    )


def _first_row(source: Source, name: str, columns: tuple[str, ...]) -> TableRow | None:
    for member in named_members(source, (name,)):
        if table := csv_file(source, member, columns):
            return next((one for one in table.records() if isinstance(one, TableRow)), None)
    return None


def _left_out(source: Source, read: set[str]) -> Iterator[LeftOut]:
    known = {PROFILE.casefold(), REGISTRATION.casefold()}
    for member in source.members():
        name = base_name(member.name)
        if member.name in read or name in known:
            continue
        if "/articles/" in f"/{member.name.casefold()}" or name.endswith(".html"):
            yield LeftOut("articles", member.name)
        else:
            private = any(word in name for word in PRIVATE)
            yield LeftOut("private" if private else "not_posts", member.name)


def _share(row: TableRow, author: str) -> Iterator[Record]:
    found = URN.search(unquote(row.get("sharelink")))
    audience = AUDIENCES.get(row.get("visibility").strip().upper())
    if not found:
        yield LeftOut("no_id", row.slice.file)
    elif audience is None:
        yield LeftOut("private", row.slice.file)
    else:
        text = WRAPPED_BREAK.sub(r"\1", row.get("sharecommentary")).replace("\r\n", "\n").strip()
        shared, picture = web_address(row.get("sharedurl")), web_address(row.get("mediaurl"))
        yield CapturedPost(
            evidence="import",
            platform=PLATFORM,
            post_id=found[0],
            version_id=found[0],
            account_id=author,
            text=text,
            # The address that was shared is what the author put beside the words. The picture's is not: it is
            # signed anew for each export.
            content_hash=content_hash(PLATFORM, text, shared or ""),
            source=row.slice,
            posted_at=iso_time(row.get("date").strip()),
            stated_at=_unread(row.get("date")),
            audience=audience,
            url=web_address(row.get("sharelink")),
            links=[Link(shared, shared)] if shared else [],
            media=[MediaRef(key="", kind="photo", url=picture)] if picture else [],
        )


def _comment(row: TableRow, author: str, ids: DerivedIds) -> Iterator[Record]:
    text = row.get("message").replace("\r\n", "\n").strip()
    date, link = row.get("date").strip(), row.get("link").strip()
    if not text or not date:
        yield LeftOut("unexpected_shape", row.slice.file)
        return
    answered = URN.search(unquote(link))
    own_id = ids.of(date, answered[0] if answered else link)
    yield CapturedPost(
        evidence="import",
        platform=PLATFORM,
        post_id=own_id,
        version_id=own_id,
        account_id=author,
        text=text,
        content_hash=content_hash(PLATFORM, text),
        source=row.slice,
        posted_at=iso_time(date),
        stated_at=_unread(date),
        form="comment",
        url=web_address(link),
        reply_to=Parent(answered[0], None, None) if answered else None,
    )


def _unread(date: str) -> str | None:
    """What stands for a moment that cannot be read as one. LinkedIn writes "2025-07-01 14:33:22", in UTC."""
    return None if iso_time(date.strip()) else as_word(date.strip())
