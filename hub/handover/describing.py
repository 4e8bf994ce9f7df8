"""One post on paper: what was said, how it was kept, what happened. Private people are masked unless it says
otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from hub.archive.masked_text import Public
from hub.archive.masking import mask_of, masks
from hub.archive.models import ArchiveEvent, PostMedia, Sighting
from hub.archive.showing import each_once, kind_of
from hub.archive.storage import THUMBNAIL, MediaStore
from hub.archive.words import EVIDENCE, event_sentence, event_word
from hub.core.pages import day, moment_with_zone

from .gathering import Gathered, Imports
from .paper import Block, Facts, Picture, Quote, Run, Table, Text
from .telling import VersionTold, shown_events, versions_told

# Of a post that was met a hundred times, the first and the last are told one by one.
SIGHTINGS_TOLD = 6


@dataclass(frozen=True)
class Masking:
    """Whom a paper names. `public`: those who are not private. Whoever is always masked is always masked."""

    names_shown: bool
    public: Public

    def masks(self, found: Gathered) -> bool:
        account = found.account
        always = bool(found.post.protected) or (account is not None and bool(account.protected))
        return always or (not self.names_shown and masks(found.post))

    def text(self, text: str, told: VersionTold) -> str:
        if told.version is None or (self.names_shown and not self.masks(told.found)):
            return text
        return str(mask_of(told.found.post, told.version, told.found.names, self.public)(text))

    def author(self, told: VersionTold) -> str:
        if self.masks(told.found):
            return _("A private person, whose name is left out")
        return told.called or _("Not recorded")


def account_words(told: VersionTold) -> str:
    if told.named.met_on:
        return _("Account, as first recorded on %(day)s", day=day(told.named.met_on))
    return _("Account, as it was called then")


def said_facts(told: VersionTold, masking: Masking) -> Facts:
    """Who, where and when, as far as it is known."""
    post = told.found.post
    masked = masking.masks(told.found)
    rows = [
        (_("Platform"), told.platform),
        (_("What it is"), kind_of(post)),
        (account_words(told), masking.author(told)),
        (_("Posted"), _when(post.posted_at)),
    ]
    if told.version and told.version.stated_at:
        rows.append((_("Time that the source states, which cannot be true"), told.version.stated_at))
    if not masked:
        rows.append((_("Number on the platform"), post.platform_id))
        if post.url:
            rows.append((_("Address then"), post.url))
    return Facts(tuple(rows), frozenset({_("Number on the platform"), _("Address then")}))


def version_heading(told: VersionTold) -> str:
    total = len(told.found.versions)
    if total < 2:
        return _("Its words")
    return _("Version %(number)s of %(total)s, written %(at)s", number=told.place, total=total,
             at=_when(told.at))  # fmt: skip


def words_of(told: VersionTold, masking: Masking) -> Iterator[Block]:
    version = told.version
    if told.found.post.erased_at:
        return
    if version is None:
        yield Text(_("No source held its words. That it existed is known from the news of its deletion."))
        return
    title = version.details.get("title")
    if title:
        yield Quote.of(masking.text(title, told), version.language)
    if version.text:
        yield Quote((Run(masking.text(version.text, told)),), version.language)
    elif not title:
        yield Text(_("It has no words of its own."))
    if not version.complete:
        yield Text(_("The source held only the beginning of this text."))


def picture_of(one: PostMedia, token: str) -> Picture | Text:
    """A small picture of it, or what is known instead."""
    about = one.alt_text or _("Nobody described it.")
    if one.media is None:
        return Text(_("A %(kind)s belonged to the post; its file is not held.", kind=media_kind(one)))
    named = _("SHA-256 %(sha256)s", sha256=one.media.sha256)
    path = MediaStore(token).path(one.media.sha256, THUMBNAIL)
    if not one.media.has_thumbnail or not path.is_file():
        return Text(_("A %(kind)s. %(about)s %(named)s", kind=media_kind(one), about=about, named=named))
    url = f"/collections/{token}/media/{one.media.token}/thumbnail"
    return Picture(str(path), _("Picture, shown smaller than it is. %(about)s", about=about), named, url)


def media_kind(one: PostMedia) -> str:
    return {"photo": _("picture"), "video": _("film"), "animation": _("moving picture")}.get(
        one.kind, _("file")
    )


def pictures_of(told: VersionTold) -> list[PostMedia]:
    return each_once(told.version.media) if told.version else []


def kept_blocks(found: Gathered, imports: Imports) -> Iterator[Block]:
    """How it is known: each time that it was met, and the bytes."""
    sightings = list(found.sightings)
    if found.post.erased_at:
        yield Text(_("What told of it was erased with it."))
    elif not sightings:
        yield Text(_("It was never met itself."))
    elif len(sightings) > SIGHTINGS_TOLD:
        yield Text(
            _(
                "It was met %(count)s times, each time in its own record; the first and the last are told "
                "here.",
                count=len(sightings),
            )
        )
        sightings = [sightings[0], sightings[-1]]
    for one in sightings:
        yield _sighting(found, one, imports)


def _sighting(found: Gathered, one: Sighting, imports: Imports) -> Facts:
    number, came_in = imports[one.import_id, one.earlier]
    seen = _when(one.captured_at) if one.captured_at else _(
        "no later than %(at)s", at=_when(came_in.uploaded_at)
    )  # fmt: skip
    rows = [
        (_("How"), str(EVIDENCE.get(one.evidence, one.evidence))),
        (_("Seen on the platform"), seen),
        (_("Kept"), _("%(at)s, out of “%(file)s” (import %(number)s)", at=_when(came_in.uploaded_at),
                      file=came_in.file_name, number=number)),
    ]  # fmt: skip
    if one.file and one.row:
        rows.append((_("Where in it"), _("%(file)s, row %(row)s", file=one.file, row=one.row)))
    if len(found.versions) > 1:
        rows.append((_("Shows version"), str(found.place_of(one.version_id))))
    rows.append((_("SHA-256 of the exact bytes"), one.source.sha256))
    rows += [(_("SHA-256 of what it cites"), cited.source.sha256) for cited in one.citations]
    code = frozenset({_("SHA-256 of the exact bytes"), _("SHA-256 of what it cites")})
    return Facts(tuple(rows), code)


def history_table(found: Gathered, number: int = 0) -> Table:
    """number: the post's among several, so that no two tables are called alike."""
    rows = (
        [(_when(found.post.posted_at), _("Posted"), _("as its platform says"))]
        if found.post.posted_at
        else []
    )
    rows += [_happened(event) for event in shown_events(found)]
    what = _("What happened to post %(number)s", number=number) if number else _("What happened to it")
    return Table(
        _("%(what)s, in the order in which it came to be known", what=what),
        (_("When"), _("What"), _("How that is known")),
        tuple(rows),
        (3, 2, 5),
    )


def _happened(event: ArchiveEvent) -> tuple[str, str, str]:
    at = event.at or event.known_at
    when = _when(at) if event.at else _("by %(at)s", at=_when(at or event.recorded_at))
    return when, event_word(event)[1], event_sentence(event)


def _when(at: datetime | None) -> str:
    return moment_with_zone(at) if at else _("not recorded")


def told_of(found: Gathered) -> list[VersionTold]:
    return list(versions_told(found))
