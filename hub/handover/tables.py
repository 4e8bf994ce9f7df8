"""Tables (CSV) that other systems read: one row for each version of a post, columns as those systems document
them.

- `sharepoint.csv`: a SharePoint library's columns, led by the two paths that migration tools ask for.
- `metadata.csv`: Dublin Core as Archivematica reads it beside a transfer (`filename`, `dc.*`); Preservica's
  tools take the same elements.
- `customer-system.csv`: the fields of Salesforce's Social Post object, which other customer systems map from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.core.pages import machine_time

from .layout import DATA, media_path
from .telling import VersionTold

# Spreadsheets take what begins so for a formula; an apostrophe in front makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Tell = Callable[[VersionTold], object]


def safe(value: object) -> str:
    """A cell that no spreadsheet carries out."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def csv_line(cells: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue().encode()


@dataclass(frozen=True)
class Layout:
    """One table: its file, and for each column its name and what stands in it."""

    file: str
    columns: tuple[tuple[str, Tell], ...]

    def head(self) -> bytes:
        # The mark lets Excel read the file as UTF-8.
        return b"\xef\xbb\xbf" + csv_line([name for name, _tell in self.columns])

    def row(self, told: VersionTold) -> bytes:
        return csv_line([tell(told) for _name, tell in self.columns])


def _bytes(told: VersionTold) -> str:
    """Where the version's exact bytes lie."""
    if told.sighting is None:
        return ""
    return told.found.slices[told.sighting.source.sha256].path


def _sha256(told: VersionTold) -> str:
    return told.sighting.source.sha256 if told.sighting else ""


def _time(at) -> str:
    return machine_time(at) if at else ""


def _media(told: VersionTold) -> str:
    held = [one.media for one in told.version.media if one.media] if told.version else []
    return "; ".join(media_path(one) for one in held)


def _kind(told: VersionTold) -> str:
    post = told.found.post
    if post.reposts_id:
        return "Repost"
    return "Reply" if post.reply_to_id or post.reply_to_account else "Post"


def _outbound(told: VersionTold) -> str:
    """Whether the organisation wrote it: what its keepers have said of the account."""
    account = told.found.account
    return "TRUE" if account is not None and account.kind in ("organisation", "office_holder") else "FALSE"


def _language(told: VersionTold) -> str:
    return told.version.language if told.version else ""


def _name(told: VersionTold) -> str:
    return told.named.name or told.named.handle


SHAREPOINT = Layout(
    "sharepoint.csv",
    (
        ("SourcePath", _bytes),
        ("DestinationPath", lambda told: _bytes(told).removeprefix(DATA)),
        ("Title", lambda told: told.title),
        ("Created", lambda told: _time(told.found.post.posted_at)),
        ("Created By", _name),
        ("Modified", lambda told: _time(told.at)),
        ("Version", lambda told: f"{told.place}.0"),
        ("Platform", lambda told: told.found.post.platform),
        ("Handle", lambda told: told.named.handle),
        ("Post ID", lambda told: told.found.post.platform_id),
        ("Address", lambda told: told.found.post.url),
        ("Text", lambda told: told.text),
        ("Kind", _kind),
        ("In Reply To", lambda told: told.found.post.reply_to_id),
        ("Media", _media),
        ("What Happened", lambda told: told.happened),
        ("First Kept", lambda told: _time(told.kept_at)),
        ("Evidence", lambda told: told.sighting.evidence if told.sighting else ""),
        ("SHA-256", _sha256),
    ),
)

DUBLIN_CORE = Layout(
    "metadata.csv",
    (
        ("filename", lambda told: f"objects/{_bytes(told)}" if _bytes(told) else ""),
        ("dc.title", lambda told: told.title),
        ("dc.creator", _name),
        ("dc.date", lambda told: _time(told.at)),
        ("dc.description", lambda told: told.text),
        ("dc.type", lambda _told: "Text"),
        ("dc.identifier", lambda told: f"{told.found.post.platform}:{told.found.post.platform_id}"),
        ("dc.source", lambda told: told.found.post.url),
        ("dc.language", _language),
        ("dc.relation", lambda told: told.found.post.reply_to_id),
        ("platform", lambda told: told.found.post.platform),
        ("handle", lambda told: told.named.handle),
        ("version", lambda told: told.place),
        ("what_happened", lambda told: told.happened),
        ("first_kept", lambda told: _time(told.kept_at)),
        ("media", _media),
        ("sha256", _sha256),
    ),
)

CUSTOMER_SYSTEM = Layout(
    "customer-system.csv",
    (
        ("ExternalPostId", lambda told: told.found.post.platform_id),
        ("Name", lambda told: told.title),
        ("Provider", lambda told: told.found.post.platform),
        ("Posted", lambda told: _time(told.at)),
        ("Handle", lambda told: told.named.handle),
        ("PersonaName", lambda told: told.named.name),
        ("Content", lambda told: told.text),
        ("PostUrl", lambda told: told.found.post.url),
        ("MessageType", _kind),
        ("IsOutbound", _outbound),
        ("ResponseContextExternalId", lambda told: told.found.post.reply_to_id),
        ("Language", _language),
        ("AttachmentUrl", _media),
        ("Version", lambda told: told.place),
        ("StatusMessage", lambda told: told.happened),
    ),
)

LAYOUTS = (SHAREPOINT, DUBLIN_CORE, CUSTOMER_SYSTEM)
