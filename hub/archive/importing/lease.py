"""One reader an import, one import at a time in a collection, however many processes there are.

The lease is a column of the import's own row. Each piece of writing renews it in its own transaction, so a
reader that was thought dead and wakes up again can write nothing more.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta

from sqlalchemy import or_, select, update

from hub.archive.models import READING, UNFINISHED, WAITING, Collection, Import
from hub.core import clock
from hub.core.database import db, unit_of_work

LEASE = timedelta(seconds=60)


class Busy(RuntimeError):
    """Somebody else reads this import, or an earlier one of the same collection."""


class Lost(RuntimeError):
    """The lease went to another reader; nothing more may be written."""


class CancelAsked(Exception):
    """A keeper asked to stop."""


class Lease:
    def __init__(self, import_id: int):
        self.import_id = import_id
        self.reader = f"{os.getpid()}-{secrets.token_hex(6)}"

    def take(self) -> Import:
        """Become the reader. Raises Busy."""
        with unit_of_work() as session:
            found = session.get(Import, self.import_id, populate_existing=True)
            # One at a time may pass here for a collection, also on PostgreSQL.
            session.execute(
                select(Collection.id).where(Collection.id == found.collection_id).with_for_update()
            )
            if found.unfinished and earlier_unfinished(found) is not None:
                raise Busy(f"An earlier import of collection {found.collection_id} is not finished.")
            now = clock.now()
            session.execute(
                update(Import)
                .where(
                    Import.id == self.import_id,
                    Import.state.in_(UNFINISHED),
                    or_(Import.leased_until.is_(None), Import.leased_until <= now),
                )
                .values(
                    state=READING,
                    reader=self.reader,
                    leased_until=now + LEASE,
                    started_at=found.started_at or now,
                )
                .execution_options(synchronize_session=False)
            )
            found = session.get(Import, self.import_id, populate_existing=True)
            if found.unfinished and found.reader != self.reader:
                raise Busy(f"Import {self.import_id} is being read.")
            session.expunge(found)
            return found

    def renew(self, **values) -> None:
        """Keep the lease, and change further columns, in the current transaction.

        Raises Lost or CancelAsked; the transaction must then not be committed.
        """
        changed = db.session.execute(
            update(Import)
            .where(Import.id == self.import_id, Import.reader == self.reader, Import.state == READING)
            .values(leased_until=clock.now() + LEASE, **values)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:
            raise Lost(f"Import {self.import_id} is read by another.")
        if db.session.scalar(select(Import.cancel_asked).where(Import.id == self.import_id)):
            raise CancelAsked

    def renew_now(self, **values) -> None:
        """`renew`, in a transaction of its own."""
        with unit_of_work():
            self.renew(**values)

    def give_back(self) -> None:
        """Something went wrong here: let somebody else take it up at once, and count the failure."""
        with unit_of_work() as session:
            session.execute(
                update(Import)
                .where(Import.id == self.import_id, Import.reader == self.reader)
                .values(leased_until=None, reader="", attempts=Import.attempts + 1)
            )


def earlier_unfinished(found: Import) -> int | None:
    """The id of the oldest import of the same collection that must be finished first."""
    return db.session.scalar(
        select(Import.id)
        .where(
            Import.collection_id == found.collection_id,
            Import.state.in_((WAITING, READING)),
            Import.number < found.number,
        )
        .order_by(Import.number)
        .limit(1)
    )
