"""Consultations

Until when a discussion asks for replies.

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replies_by', sa.Date(), nullable=True))
        batch_op.create_index('ix_item_replies_by', ['replies_by'], unique=False, sqlite_where=sa.text('replies_by IS NOT NULL'), postgresql_where=sa.text('replies_by IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.drop_index('ix_item_replies_by', sqlite_where=sa.text('replies_by IS NOT NULL'), postgresql_where=sa.text('replies_by IS NOT NULL'))
        batch_op.drop_column('replies_by')
