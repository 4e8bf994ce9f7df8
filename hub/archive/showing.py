"""An archived post as its keepers' pages show it: plain values, in words, nothing masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from hub.core.pages import day

from . import became, words
from .masking import Named, is_masked, name_at
from .models import (
    FOUND_AGAIN,
    NOT_FOUND,
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    PostMedia,
    PostVersion,
)
from .platforms import platform_name

# Platforms' codes for texts in no language: undetermined, only pictures, too short, nothing spoken.
NO_LANGUAGE = frozenset({"und", "qme", "qst", "zxx"})


@dataclass(frozen=True)
class ShownMedia:
    """A picture or film; `path` is empty while nobody holds the file."""

    kind: str  # image, video, file: how a page shows it
    path: str
    thumbnail: str
    alt: str
    filename: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class ShownPost:
    """One version of a post. The names are those of templates/components/example_card.html."""

    platform: str
    kind: str
    name: str
    handle: str
    later_handle: str  # see masking.Named
    met_on: datetime | None  # see there
    private: bool
    at: datetime | None
    stated_at: str
    text: str
    lang: str
    complete: bool
    media: tuple[ShownMedia, ...]
    links: tuple[tuple[str, str], ...]
    events: tuple[tuple[str, str, str], ...]  # (meaning, word, text)
    version: str
    source: str  # export or capture
    kept_by: str
    sha256: str
    url: str
    sample: bool = False
    # What its author put above and in front of the text, and for whom it was.
    title: str = ""
    warning: str = ""
    audience: str = ""
    # The text again, cut where words are marked: (words, marked).
    runs: tuple[tuple[str, bool], ...] = ()


def language_of(version: PostVersion | None) -> str:
    """The language that a version is written in; "" when its platform could not or did not tell."""
    return version.language if version and version.language not in NO_LANGUAGE else ""


def kind_of(post: ArchivedPost) -> str:
    """What a post is, in a word: by its form on the platform, else by what it does."""
    if post.reposts_id:
        return _("Repost")
    if post.form in words.FORMS:
        return str(words.FORMS[post.form])
    if post.reply_to_id or post.reply_to_account:
        return _("Reply")
    return _("Quoting post") if post.quotes_id else _("Post")


def said(text: str, details: Mapping[str, Any]) -> list[str]:
    """All that a version says, as far as it does: its title, its warning, its text."""
    return [words for words in (details.get("title"), details.get("warning"), text) if words]


def audience_of(details: Mapping[str, Any]) -> str:
    """For whom it was written, in words; "" where the platform does not say."""
    return str(words.AUDIENCES.get(details.get("audience", ""), ""))


def show_media(media: Iterable[PostMedia]) -> tuple[ShownMedia, ...]:
    return tuple(_one_medium(one) for one in each_once(media))


def each_once(media: Iterable[PostMedia]) -> list[PostMedia]:
    """Each picture once, with its file if any import brought it."""
    best: dict[str, PostMedia] = {}
    for one in media:
        key = one.key or str(one.position)
        if key not in best or (best[key].media_id is None and one.media_id is not None):
            best[key] = one
    return list(best.values())


def _one_medium(one: PostMedia) -> ShownMedia:
    name = one.url.partition("?")[0].rpartition("/")[2]
    if one.media is None:
        return ShownMedia(one.kind, "", "", one.alt_text, name)
    path = f"{one.media.collection.path}/media/{one.media.token}"
    kind = one.media.media_type.partition("/")[0]
    return ShownMedia(
        kind=kind if kind in ("image", "video") else "file",
        path=path,
        thumbnail=f"{path}/thumbnail" if one.media.has_thumbnail else "",
        alt=one.alt_text,
        filename=name,
        sha256=one.media.sha256,
    )


def strip(
    events: Sequence[ArchiveEvent],
    copies: Sequence[datetime],
    edits: Sequence[PostVersion],
    posted_at: datetime | None,
) -> tuple[tuple[str, str, str], ...]:
    """What happened to a post, for a card: at most one line for each kind of thing.

    copies: when the versions that are kept were seen on the platform. edits: the versions that are edits.
    """
    lines = []
    gone = became.still_gone(events)
    if gone:
        lines.append(("deleted", words.event_word(gone[-1])[1], became.deleted(gone, posted_at, copies)))
    if edits:
        text = _("%(often)s; each version is kept", often=became.edited(edits, posted_at))
        lines.append(("edited", _("Edited"), text))
    missed = _missed(events)
    if missed and not gone:
        text = (
            _("in the account's export of %(day)s", day=day(missed.known_at))
            if missed.known_at
            else _("in a later export of the account")
        )
        lines.append(("edited", _("Not found"), text))
    return tuple(lines)


def _missed(events: Sequence[ArchiveEvent]) -> ArchiveEvent | None:
    """The absence that a post has not come back from."""
    told = [event for event in events if event.kind in (NOT_FOUND, FOUND_AGAIN)]
    told.sort(key=became.known)
    return told[-1] if told and told[-1].kind == NOT_FOUND else None


def show(
    post: ArchivedPost,
    version: PostVersion | None,
    *,
    names: Sequence[AccountName],
    events: Sequence[ArchiveEvent],
    copies: Sequence[datetime],
    edits: Sequence[PostVersion] = (),
    number: int = 1,
    total: int = 1,
    source: str = "",
    sha256: str = "",
) -> ShownPost:
    """A post and one of its versions as a page shows it, unmasked."""
    at = (version.written_at if version else None) or post.posted_at
    named = name_at(names, at) or Named("", "")
    details = version.details if version else {}
    collection = post.collection
    return ShownPost(
        platform=platform_name(post.platform, at),
        kind=kind_of(post),
        name=named.name,
        handle=named.handle,
        later_handle=named.later,
        met_on=named.met_on,
        private=is_masked(post.account),
        at=at,
        stated_at=version.stated_at if version else "",
        text=version.text if version else "",
        lang=language_of(version),
        complete=version.complete if version else True,
        media=show_media(version.media) if version else (),
        links=tuple((shown, expanded) for shown, expanded in details.get("links", ())),
        events=strip(events, copies, edits, post.posted_at),
        version=_("Version %(number)s of %(total)s", number=number, total=total) if total > 1 else "",
        source={"import": "export", "capture": "capture"}.get(source, ""),
        kept_by=collection.organisation.name if collection.organisation else "",
        sha256=sha256,
        url=post.url,
        sample=collection.is_sample,
        title=details.get("title", ""),
        warning=details.get("warning", ""),
        audience=audience_of(details),
    )
