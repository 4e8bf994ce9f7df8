"""When what a feed tells was changed, where its row does not say so: readers compare these moments."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from hub.core.audit import AuditEntry
from hub.core.database import db

# Of what came back, and of what is called otherwise, the row tells no date.
TOLD_BY_AUDIT = ("item.restored", "item.retitled", "post.restored", "example.restore", "example.edit")

Changes = dict[tuple[str, int], datetime]


def changes_of(**ids: Collection[int]) -> Changes:
    """The last such change of each row, by its table and id. ids: of rows, by table. One query."""
    asked = [
        and_(AuditEntry.subject_kind == table, AuditEntry.subject_id.in_(some))
        for table, some in ids.items()
        if some
    ]
    if not asked:
        return {}
    rows = db.session.execute(
        select(AuditEntry.subject_kind, AuditEntry.subject_id, func.max(AuditEntry.at))
        .where(AuditEntry.action.in_(TOLD_BY_AUDIT), or_(*asked))
        .group_by(AuditEntry.subject_kind, AuditEntry.subject_id)
    )
    return {(table, row_id): at for table, row_id, at in rows}


def latest(*moments: datetime | None) -> datetime:
    """The last of those that there are."""
    return max(moment for moment in moments if moment is not None)
