"""README.txt of a bag, in plain words, for whoever opens it without having heard of a hub."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from hub.core.pages import moment_with_zone

if TYPE_CHECKING:
    from .bag import About

WIDTH = 78


def text(about: About) -> str:
    parts = [
        _("Archived social posts, handed over on %(day)s", day=moment_with_zone(about.at)),
        _(
            "This folder holds %(choice)s, kept by %(organisation)s in a Knowledge Hub (%(address)s): "
            "%(posts)s posts. It is a “bag” (BagIt, RFC 8493): the files named manifest-*.txt list every "
            "file with its hash, so that anybody can tell that nothing was changed, added or lost. Any "
            "BagIt tool checks it.",
            choice=about.choice,
            organisation=about.organisation,
            address=about.address,
            posts=f"{about.posts:,}",
        ),
        _("What lies where, in the folder “data”:"),
        *(f"{name}\n    {said}" for name, said in _places()),
        _(
            "The tables never carry anything out: a cell that a spreadsheet would take for a formula begins "
            "with an apostrophe. Columns of sharepoint.csv are those of a SharePoint library, led by the "
            "two paths that migration tools ask for; metadata.csv is Dublin Core as Archivematica and "
            "Preservica's tools read it; customer-system.csv has the fields of Salesforce's Social Post."
        ),
        _(
            "To put the posts into another Knowledge Hub: upload the zip there under “Import posts”. Every "
            "version, event, sighting and hash comes back as it was. What differs there: who keeps them, the "
            "collection's name and address, and its own log (this one is kept as evidence beside it). Whose "
            "account is whose is asked anew, so that nobody is named by accident."
        ),
        _(
            "What this does not say: that a post was never changed before it was first kept, who wrote it "
            "beyond the account's name, or that what it says is true. Posts can be personal data: keep this "
            "folder as safe as the hub does."
        ),
    ]
    if about.parts > 1:
        parts.insert(
            2,
            _(
                "This is part %(part)s of %(parts)s. Each part can be checked and imported by itself.",
                part=about.part,
                parts=about.parts,
            ),
        )
    if about.reason:
        parts.insert(2, _("Why it was handed over: %(reason)s", reason=about.reason))
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def _places() -> list[tuple[str, str]]:
    return [
        ("source/", _("The exact bytes that each post was read from, named by their SHA-256.")),
        ("media/", _("Pictures and films, named by their SHA-256.")),
        (
            "web-archive.wacz",
            _(
                "Where posts were kept as pages of the web: the same records as one web archive (WACZ). Open "
                "it in ReplayWeb.page, or with any program that reads WACZ, to see the pages again."
            ),
        ),
        ("record/", _("Everything that is kept of each post: versions, sightings, history (JSON lines).")),
        ("activitystreams.json", _("The same as JSON of ActivityStreams 2.0, for other social software.")),
        ("premis.xml", _("The same as PREMIS 3.0, for preservation systems.")),
        ("tables/", _("One row for each version of a post, for records and customer systems (CSV).")),
        (
            "log/",
            _("The proof that nothing was changed since it was kept. To check it, run check-bag.py there."),
        ),
    ]


def _wrapped(part: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent=" " * (len(line) - len(line.lstrip())))
        for line in part.split("\n")
    )
