"""Sending to many

The pace of mail to many; of each message how often it was tried, its turn, its hash and bytes. Jobs have ranks.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_pace',
    sa.Column('scope', sa.String(length=255), nullable=False),
    sa.Column('used_up_to', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('left_alone_until', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_mail_pace'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rank', sa.Integer(), nullable=False, server_default='0'))
        batch_op.drop_index(batch_op.f('ix_job_open'), sqlite_where=sa.text('finished_at IS NULL AND failed_at IS NULL'))
        batch_op.create_index('ix_job_open', ['rank', 'run_at', 'id'], unique=False, sqlite_where=sa.text('finished_at IS NULL AND failed_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL AND failed_at IS NULL'))

    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('turn_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sha256', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('kept', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('delivered_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_column('delivered_at')
        batch_op.drop_column('kept')
        batch_op.drop_column('sha256')
        batch_op.drop_column('turn_at')
        batch_op.drop_column('tries')

    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_open', sqlite_where=sa.text('finished_at IS NULL AND failed_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL AND failed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_job_open'), ['run_at', 'id'], unique=False, sqlite_where=sa.text('finished_at IS NULL AND failed_at IS NULL'), postgresql_where=sa.text('finished_at IS NULL AND failed_at IS NULL'))
        batch_op.drop_column('rank')

    op.drop_table('mail_pace')
