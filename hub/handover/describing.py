"""One post on paper: what was said, how it was kept, what happened. Private people are masked unless it says
otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from hub.archive.covering import COVERED
from hub.archive.masked_text import Mask, Public
from hub.archive.masking import mask_of, masks
from hub.archive.models import ArchiveEvent, CoveredPicture, PostMedia, Sighting
from hub.archive.showing import each_once, kind_of, said
from hub.archive.storage import THUMBNAIL, MediaStore, covered
from hub.archive.words import EVIDENCE, event_sentence, event_word
from hub.core.pages import day, moment_with_zone

from .gathering import Gathered, Imports
from .paper import Block, Facts, Picture, Quote, Table, Text
from .telling import VersionTold, shown_events, versions_told

# Of a post that was met a hundred times, the first and the last are told one by one.
SIGHTINGS_TOLD = 6


@dataclass(frozen=True)
class Masking:
    """Whom a paper names. `public`: those who are not private. Whoever is always masked is always masked.
    `covered`: pictures with places covered by hand, by media id."""

    names_shown: bool
    public: Public
    covered: Mapping[int, CoveredPicture] = field(default_factory=dict)

    def masks(self, found: Gathered) -> bool:
        account = found.account
        always = bool(found.post.protected) or (account is not None and bool(account.protected))
        return always or (not self.names_shown and masks(found.post))

    def text(self, text: str, told: VersionTold) -> str:
        if told.version is None or (self.names_shown and not self.masks(told.found)):
            return text
        return str(mask_of(told.found.post, told.version, told.found.names, self.public)(text))

    def told_elsewhere(self, text: str, found: Gathered) -> str:
        """A text that tells of a post: what a file was called, why somebody did something."""
        if not self.masks(found):
            return text
        own = tuple(called for one in found.names for called in (one.name, one.handle) if called)
        return str(Mask(self.public, own, contacts=True)(text))

    def picture(self, one: PostMedia, told: VersionTold) -> Block:
        """A face is as good as a name."""
        if self.masks(told.found):
            kind = media_kind(one)
            return Text(_("A %(kind)s belonged to the post; it is left out with the name.", kind=kind))
        over = None if self.names_shown else self.covered.get(one.media_id or 0)
        return picture_of(one, told.found.post.collection.token, self.text(one.alt_text, told), over)

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
    spoken = said(version.text, version.details)
    for words in spoken:
        yield Quote.of(masking.text(words, told), version.language)
    if not spoken:
        yield Text(_("It has no words of its own."))
    if not version.complete:
        yield Text(_("The source held only the beginning of this text."))


def picture_of(one: PostMedia, token: str, about: str, over: CoveredPicture | None = None) -> Picture | Text:
    """A small picture of it, or what is known instead. about: what its author said that it shows. over: the
    same picture with places covered by hand, which is shown in its stead."""
    about = about or _("Nobody described it.")
    if one.media is None:
        return Text(_("A %(kind)s belonged to the post; its file is not held.", kind=media_kind(one)))
    named = _("SHA-256 %(sha256)s", sha256=one.media.sha256)
    if over is not None:
        return _covered(one.media.sha256, token, about, over)
    path = MediaStore(token).path(one.media.sha256, THUMBNAIL)
    if not one.media.has_thumbnail or not path.is_file():
        return Text(_("A %(kind)s. %(about)s %(named)s", kind=media_kind(one), about=about, named=named))
    url = f"/collections/{token}/media/{one.media.token}/thumbnail"
    return Picture(str(path), _("Picture, shown smaller than it is. %(about)s", about=about), named, url)


def _covered(sha256: str, token: str, about: str, over: CoveredPicture) -> Picture | Text:
    path = MediaStore(token).path(sha256, covered(over.token))
    if not path.is_file():
        return Text(f"{about} {COVERED}")
    url = f"/collections/{token}/covered/{over.token}"
    return Picture(str(path), _("Picture. %(about)s", about=f"{about} {COVERED}"), url=url)


def media_kind(one: PostMedia) -> str:
    return {"photo": _("picture"), "video": _("film"), "animation": _("moving picture")}.get(
        one.kind, _("file")
    )


def pictures_of(told: VersionTold) -> list[PostMedia]:
    return each_once(told.version.media) if told.version else []


def kept_blocks(found: Gathered, imports: Imports, masking: Masking) -> Iterator[Block]:
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
        yield _sighting(found, one, imports, masking)


def _sighting(found: Gathered, one: Sighting, imports: Imports, masking: Masking) -> Facts:
    number, came_in = imports[one.import_id, one.earlier]
    seen = _when(one.captured_at) if one.captured_at else _(
        "no later than %(at)s", at=_when(came_in.uploaded_at)
    )  # fmt: skip
    rows = [
        (_("How"), str(EVIDENCE.get(one.evidence, one.evidence))),
        (_("Seen on the platform"), seen),
        (_("Kept"), _("%(at)s, out of “%(file)s” (import %(number)s)", at=_when(came_in.uploaded_at),
                      file=masking.told_elsewhere(came_in.file_name, found), number=number)),
    ]  # fmt: skip
    if one.file and one.row:
        file = masking.told_elsewhere(one.file, found)
        rows.append((_("Where in it"), _("%(file)s, row %(row)s", file=file, row=one.row)))
    if len(found.versions) > 1:
        rows.append((_("Shows version"), str(found.place_of(one.version_id))))
    rows.append((_("SHA-256 of the exact bytes"), one.source.sha256))
    rows += [(_("SHA-256 of what it cites"), cited.source.sha256) for cited in one.citations]
    code = frozenset({_("SHA-256 of the exact bytes"), _("SHA-256 of what it cites")})
    return Facts(tuple(rows), code)


def history_table(found: Gathered, masking: Masking, number: int = 0) -> Table:
    """number: the post's among several, so that no two tables are called alike."""
    rows = (
        [(_when(found.post.posted_at), _("Posted"), _("as its platform says"))]
        if found.post.posted_at
        else []
    )
    rows += [_happened(event, found, masking) for event in shown_events(found)]
    what = _("What happened to post %(number)s", number=number) if number else _("What happened to it")
    return Table(
        _("%(what)s, in the order in which it came to be known", what=what),
        (_("When"), _("What"), _("How that is known")),
        tuple(rows),
        (3, 2, 5),
    )


def _happened(event: ArchiveEvent, found: Gathered, masking: Masking) -> tuple[str, str, str]:
    at = event.at or event.known_at
    when = _when(at) if event.at else _("by %(at)s", at=_when(at or event.recorded_at))
    how = event_sentence(event, lambda typed: masking.told_elsewhere(typed, found))
    return when, event_word(event)[1], how


def _when(at: datetime | None) -> str:
    return moment_with_zone(at) if at else _("not recorded")


def told_of(found: Gathered) -> list[VersionTold]:
    return list(versions_told(found))
