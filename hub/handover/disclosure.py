"""The disclosure of posts to whoever asked for information: redacted, with a schedule of what was taken
out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_babel import gettext as _

from hub.archive.importing.history import edits_among
from hub.archive.masked_text import Mask
from hub.archive.masking import mask_of, masks
from hub.archive.models import CoveredPicture, PostMedia
from hub.archive.showing import kind_of, said, strip
from hub.core.pages import machine_time, moment_with_zone

from .describing import account_words, media_kind, picture_of, pictures_of, told_of, version_heading
from .gathering import Gathered
from .paper import Block, Facts, Heading, Paper, Quote, Table, Text
from .paper.printing import explanation
from .redacting import Redactor
from .tables import csv_line
from .telling import VersionTold
from .words import REDACTED

HEAD = ("Number", "Platform", "Account", "Written", "Version", "Text", "What happened", "Redactions")
LEFT_OUT = "[Redacted: this post is left out.]"


@dataclass
class Disclosed:
    paper: Paper
    rows: list[bytes] = field(default_factory=list)


def disclose(
    posts: Iterable[Gathered],
    redactor: Redactor,
    *,
    covered: Mapping[int, CoveredPicture],
    holder: str,
    hub: str,
    reason: str,
    at: datetime,
) -> Disclosed:
    """The paper, and its posts as lines of CSV. Nothing that the redactor takes out is in either.

    covered: pictures with places covered by hand, by media id."""
    paper = Paper(
        _("Disclosure of archived social media posts"),
        hub,
        _(
            "Posts that %(holder)s keeps, disclosed on %(at)s. Where words, a picture or a whole post were "
            "taken out, the place says so and names the exemption. Private people are not named: “[private "
            "person]” stands in their place. A schedule at the end lists everything that was taken out.",
            holder=holder,
            at=moment_with_zone(at),
        ),
    )
    if reason:
        paper.add(Facts(((_("In answer to"), reason),)))
    disclosed = Disclosed(paper, [b"\xef\xbb\xbf" + csv_line(HEAD)])
    for place, found in enumerate(posts, 1):
        paper.add(Heading(_("Post %(number)s", number=place)))
        exemption = redactor.post(found.post.token, place)
        if exemption:
            paper.add(Text(_("[Redacted: this post is left out. %(exemption)s]", exemption=exemption)))
            disclosed.rows.append(csv_line([place, "", "", "", "", LEFT_OUT, "", exemption]))
        else:
            _add_post(disclosed, found, place, redactor, covered)
    _add_schedule(paper, redactor)
    return disclosed


def _add_post(
    disclosed: Disclosed,
    found: Gathered,
    place: int,
    redactor: Redactor,
    covered: Mapping[int, CoveredPicture],
) -> None:
    told = told_of(found)
    private = masks(found.post)
    author = _author(told[-1], private, place, redactor)
    disclosed.paper.add(_facts(told[-1], author))
    for one in told:
        if len(found.versions) > 1:
            disclosed.paper.add(Heading(version_heading(one), 3))
        disclosed.paper.add(*_words(one, place, redactor))
        for medium in pictures_of(one):
            over = covered.get(medium.media_id or 0)
            disclosed.paper.add(_picture(medium, one, place, redactor, over))
        disclosed.rows.append(_row(one, place, author, redactor))
    if happened := _happened(found):
        disclosed.paper.add(Text(_("What happened to it: %(what)s.", what=happened)))


def _happened(found: Gathered) -> str:
    """Each kind of thing once, however many exports told of it: as a card says it."""
    copies = [one.captured_at for one in found.sightings if one.captured_at]
    edits = edits_among(found.versions)
    return "; ".join(f"{word} {text}" for _meaning, word, text in
                     strip(found.events, copies, edits, found.post.posted_at))  # fmt: skip


def _author(told: VersionTold, private: bool, place: int, redactor: Redactor) -> str:
    if private:
        redactor.name_left_out(place)
        return _("A private person, whose name is left out")
    return redactor.plain(told.called or _("Not recorded"), place)


def _facts(told: VersionTold, author: str) -> Facts:
    posted = told.found.post.posted_at
    return Facts(
        (
            (_("Platform"), told.platform),
            (_("What it is"), kind_of(told.found.post)),
            (account_words(told), author),
            (_("Posted"), moment_with_zone(posted) if posted else _("not recorded")),
        )
    )


def _words(told: VersionTold, place: int, redactor: Redactor) -> Iterator[Block]:
    version = told.version
    if version is None:
        yield Text(_("No source held its words."))
        return
    mask = _mask(told, redactor)
    spoken = said(version.text, version.details)
    for words in spoken:
        yield Quote(redactor.runs(words, place, mask), version.language)
    if not spoken:
        yield Text(_("It has no words of its own."))


def _mask(told: VersionTold, redactor: Redactor) -> Mask:
    """What is left out of the words of a version, and of what stands with it."""
    if told.version is None:
        return Mask(redactor.public)
    return mask_of(told.found.post, told.version, told.found.names, redactor.public)


def _picture(
    one: PostMedia,
    told: VersionTold,
    place: int,
    redactor: Redactor,
    over: CoveredPicture | None,
) -> Block:
    exemption = redactor.picture(one.media.sha256 if one.media else "", place, private=masks(told.found.post))
    if exemption:
        kind = media_kind(one)
        return Text(_("[Redacted: a %(kind)s is left out. %(exemption)s]", kind=kind, exemption=exemption))
    about = redactor.plain(one.alt_text, place, _mask(told, redactor))
    shown = picture_of(one, told.found.post.collection.token, about, over)
    if isinstance(shown, Text):
        return shown
    if over is not None:
        redactor.places_covered(place)
    return replace(shown, named="", url="")


def _row(told: VersionTold, place: int, author: str, redactor: Redactor) -> bytes:
    before = redactor.taken_out.copy()
    text = redactor.plain(told.text, place, _mask(told, redactor))
    taken = ", ".join(sorted({exemption for _place, _kind, exemption in redactor.taken_out - before}))
    redactor.taken_out = before  # the table says again what the paper said
    cells = [place, told.platform, author, machine_time(told.at) if told.at else "", told.place, text]
    return csv_line([*cells, _happened(told.found), taken])


def _add_schedule(paper: Paper, redactor: Redactor) -> None:
    paper.add(Heading(_("Schedule of redactions")))
    rows = [
        (_("Post %(number)s", number=place), str(REDACTED[kind]), str(count), exemption)
        for place, kind, count, exemption in redactor.schedule()
    ]
    if rows:
        head = (_("Where"), _("What"), _("How often"), _("Exemption relied on"))
        paper.add(Table(_("What was taken out"), head, tuple(rows), (2, 4, 2, 6)))
    else:
        paper.add(Text(_("Nothing was taken out.")))
    paper.add(Text(explanation()))
