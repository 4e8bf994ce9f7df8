"""What the files of a Flickr export say: an account, a picture with what others wrote under it, a comment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.archive.adapters import plain_text
from hub.archive.adapters.base import Account, CapturedPost, MediaRef, Parent, Slice, content_hash
from hub.archive.adapters.fields import CLOCKS_DIFFER, as_count, as_dict, as_word, iso_time, web_address
from hub.core import clock

PLATFORM = "flickr"
BEGAN = datetime(2004, 2, 10, tzinfo=UTC)

NUMBER = re.compile(r"\d{1,25}")
ACCOUNT = re.compile(r"\d{1,20}@N\d{2}")
PAGE = re.compile(r"https?://(?:www\.)?flickr\.com/(?:photos|people)/([^/?#]{1,100})")
COMMENT_IN_ADDRESS = re.compile(r"#comment-?(\d{5,30})")
COMMENT_IN_ID = re.compile(r"(?:^|-)(\d{5,30})$")


@dataclass(slots=True)
class Owner:
    account_id: str
    handle: str | None
    name: str | None
    description: str | None

    def account(self, at: datetime | None) -> Account:
        return Account(PLATFORM, self.account_id, at, self.handle, self.name, True, self.description)


def owner_of(profile: Any) -> Owner | None:
    """The account of account_profile.json; None if that does not name it."""
    profile = as_dict(profile)
    account_id = as_word(profile.get("nsid"), 100)
    if not account_id or not ACCOUNT.fullmatch(account_id):
        return None
    name = as_word(profile.get("screen_name")) or as_word(profile.get("real_name"))
    about = words(profile.get("description"))[:1_000]
    return Owner(account_id, alias_in(profile.get("profile_url")), name, about or None)


def moment(value: Any) -> datetime | None:
    """Flickr writes when something reached it in UTC, without saying so."""
    time = iso_time(value)
    return time if time and BEGAN <= time <= clock.now() + CLOCKS_DIFFER else None


def words(value: Any) -> str:
    """Titles, descriptions and comments are HTML."""
    return plain_text.from_html(value) if isinstance(value, str) else ""


def alias_in(address: Any) -> str | None:
    """Whose page or picture an address leads to: the alias that somebody chose, or their account's number."""
    found = PAGE.match(address) if isinstance(address, str) else None
    return found[1] if found else None


def is_public(photo: dict) -> bool:
    """Whether everybody sees it. What does not say so is private."""
    return str(photo.get("privacy")).strip().lower() == "public"


def photo_id_of(value: Any) -> str | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if isinstance(text, str) and NUMBER.fullmatch(text) else None


def photo_post(photo: dict, owner: Owner, source: Slice, file: str | None) -> CapturedPost | None:
    """A picture or film; None for what has no number. `file`: the member that holds it."""
    photo_id = photo_id_of(photo.get("id"))
    if photo_id is None:
        return None
    title, text = words(photo.get("name")), words(photo.get("description"))
    original = web_address(photo.get("original"))
    is_film = (file or original or "").lower().endswith((".mp4", ".mov", ".m4v", ".avi"))
    counts = {"likes": as_count(photo.get("count_faves")), "replies": as_count(photo.get("count_comments"))}
    at = moment(photo.get("date_imported"))
    return CapturedPost(
        evidence="import",
        platform=PLATFORM,
        post_id=photo_id,
        version_id=photo_id,
        account_id=owner.account_id,
        text=text,
        # The picture has the post's own number; what is told about it changes with each visit.
        content_hash=content_hash(PLATFORM, title, text),
        source=source,
        posted_at=at,
        title=title or None,
        audience="public",
        form="film" if is_film else "picture",
        url=web_address(photo.get("photopage"))
        or f"https://www.flickr.com/photos/{owner.account_id}/{photo_id}/",
        media=[MediaRef(photo_id, "video" if is_film else "photo", original, file)],
        counts={name: count for name, count in counts.items() if count is not None},
    )


def comment_post(
    comment: dict, author: str, under: Parent, source: Slice, spare_id: str
) -> CapturedPost | None:
    """A comment; None for what is none. spare_id: for one that has no number of its own."""
    text = words(comment.get("comment") or comment.get("message"))
    at = moment(comment.get("date") or comment.get("created") or comment.get("date_create"))
    address = web_address(comment.get("url") or comment.get("comment_url"))
    if not text and at is None:
        return None
    post_id = _comment_number(comment, address) or spare_id
    return CapturedPost(
        "import", PLATFORM, post_id, post_id, author, text, content_hash(PLATFORM, "", text), source,
        posted_at=at, form="comment", url=address, reply_to=under,
    )  # fmt: skip


def author_of(comment: dict) -> str | None:
    """Whose comment it is, by the account's number: names may be taken by others later."""
    author = as_word(comment.get("user"), 100)
    return author if author and ACCOUNT.fullmatch(author) else None


def photo_under(comment: dict) -> Parent | None:
    """The picture that a comment of the account's own stands under, and whose that is."""
    photo_id = photo_id_of(comment.get("photo_id"))
    alias = alias_in(comment.get("photo_url"))
    if photo_id is None:
        return None
    is_account = bool(alias and ACCOUNT.fullmatch(alias))
    return Parent(photo_id, alias if is_account else None, None if is_account else alias)


def _comment_number(comment: dict, address: str | None) -> str | None:
    found = COMMENT_IN_ADDRESS.search(address) if address else None
    own = as_word(comment.get("id") or comment.get("comment_id"))
    found = found or (COMMENT_IN_ID.search(own) if own else None)
    return found[1] if found else None
