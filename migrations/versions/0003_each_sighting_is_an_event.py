"""Each sighting is an event

Until now only a post's first sighting was an event. The log seals events, and vouches for nothing else: so
what was kept before has its events made here, and the worker seals them.

Revision: 0003
Follows: 0002
"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

SIGHTING_OF_THE_FIRST = """
    SELECT min(sighting.id) FROM sighting
    WHERE sighting.post_id = archive_event.post_id
      AND sighting.import_id = archive_event.import_id
      AND sighting.slice_id = archive_event.slice_id
"""


def upgrade() -> None:
    op.execute(
        f"UPDATE archive_event SET sighting_id = ({SIGHTING_OF_THE_FIRST}) "
        "WHERE kind = 'first_seen' AND sighting_id IS NULL"
    )
    op.execute(
        "UPDATE archive_event SET version_id = "
        "(SELECT version_id FROM sighting WHERE sighting.id = archive_event.sighting_id) "
        "WHERE kind = 'first_seen' AND version_id IS NULL"
    )
    op.execute(
        """
        INSERT INTO archive_event (
            collection_id, post_id, import_id, kind, at, recorded_at, told_by, cause, version_id, sighting_id,
            slice_id, details, earlier
        )
        SELECT sighting.collection_id, sighting.post_id, sighting.import_id, 'met', sighting.captured_at,
               archive_import.uploaded_at, sighting.evidence, '', sighting.version_id, sighting.id,
               sighting.slice_id, '{}', 0
        FROM sighting JOIN archive_import ON archive_import.id = sighting.import_id
        WHERE NOT EXISTS (SELECT 1 FROM archive_event WHERE archive_event.sighting_id = sighting.id)
        ORDER BY sighting.id
        """
    )


def downgrade() -> None:
    """The table's earlier kinds know no `met`."""
    op.execute(
        "DELETE FROM archive_event "
        "WHERE kind NOT IN ('first_seen', 'edited', 'deleted', 'not_found', 'found_again')"
    )
