"""Makes an import's numbers add up for whoever reads its report: from the rows that its files hold to what
each row became."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.core.database import db

from .adapters.x_archive import XArchive
from .models import ArchivedPost, Import, PostVersion

# Rows of files that are read, which themselves could not be: other reasons are of whole files.
LEFT_OUT_BY_THE_ROW = ("no_id", "unexpected_shape", "unmatched_long_text")
# The one format in which two rows become one post; in all others a row that is not read is left out.
JOINS_ROWS = XArchive.name


def became(found: Import, erased: int = 0) -> dict[str, int]:
    """What the rows of an import became, counted once all of it is written: their sum is the rows read.

    erased: rows of posts that are kept no longer."""
    new_with_words = (
        db.session.scalar(
            select(func.count(func.distinct(PostVersion.post_id)))
            .join(ArchivedPost, ArchivedPost.id == PostVersion.post_id)
            .where(PostVersion.import_id == found.id, ArchivedPost.import_id == found.id)
        )
        or 0
    )
    deletions = found.new - new_with_words
    rest = max(0, found.read - found.versions - deletions)
    another = min(found.unplaced, rest)
    gone = min(erased, rest - another)
    return {
        "first": new_with_words,
        "later": found.versions - new_with_words,
        "deletions": deletions,
        "another": another,
        "erased": gone,
        "known": rest - another - gone,
    }


@dataclass(frozen=True)
class Line:
    """A line of the reckoning. `total`: the lines below it, up to the next total, add up to it."""

    words: str
    number: int
    total: bool = False


def lines(found: Import) -> list[Line]:
    """The reckoning of an import that is done; nothing for one that was made before there was any."""
    told = found.report.get("became")
    if told is None:
        return []
    parts = [
        Line(_("First text of a new post"), told["first"]),
        Line(_("Further version of a post: an edit, or a differing text"), told["later"]),
        Line(_("Post whose words are not in the file, only what became of it"), told["deletions"]),
        Line(_("Another account's post, left out"), told["another"]),
        Line(_("Disposed of or erased here, and not brought in again"), told.get("erased", 0)),
        Line(_("Nothing new: the collection held it already, or it only tells of a deletion"), told["known"]),
    ]
    read = Line(_("Rows read as posts or deletions"), found.read, total=True)
    return [*_from_files(found), read, *(line for line in parts if line.number)]


def _from_files(found: Import) -> list[Line]:
    """How the rows in the files come to those that were read, of formats whose rows are counted first."""
    if not found.expected:
        return []
    rest = max(0, found.expected - found.read)
    left_out = rest
    if found.adapter == JOINS_ROWS:
        told = found.report.get("left_out", {})
        left_out = min(rest, sum(told[reason]["count"] for reason in LEFT_OUT_BY_THE_ROW if reason in told))
    joined = rest - left_out
    if not joined and not left_out:
        return []
    parts = [
        Line(_("Full text of a long post, joined to that post"), joined),
        Line(_("Left out; the reasons stand below"), left_out),
        Line(_("Read as posts or deletions"), found.read),
    ]
    total = Line(_("Rows in the files of posts"), found.expected, total=True)
    return [total, *(line for line in parts if line.number)]
