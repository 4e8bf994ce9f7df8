"""The audit trail: who did what, to what, why. Append-only; it outlives its subjects, so it names them by
kind and id instead of pointing at them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Base, UtcDateTime, db
from .policy import Actor


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    group_id: Mapped[int | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    group_id: int | None = None,
    reason: str = "",
    **details: Any,
) -> AuditEntry:
    """Write an entry about `subject` (a row that has its id) into the current transaction."""
    entry = AuditEntry(
        person_id=actor.person_id,
        action=action,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        group_id=group_id if group_id is not None else getattr(subject, "group_id", None),
        reason=reason,
        details=details,
    )
    db.session.add(entry)
    return entry
