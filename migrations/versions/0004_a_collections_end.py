"""a collection's end

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('collection', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_by', sa.String(length=160), server_default='', nullable=False))
        batch_op.add_column(sa.Column('ended_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ended_by', sa.String(length=160), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('collection', schema=None) as batch_op:
        batch_op.drop_column('ended_by')
        batch_op.drop_column('ended_at')
        batch_op.drop_column('closed_by')
        batch_op.drop_column('closed_at')

