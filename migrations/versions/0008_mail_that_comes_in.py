"""Mail that comes in

What came in, until it is forgotten, and how reading the mailbox goes.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('incoming',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=24), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('message_id', sa.String(length=300), nullable=False),
    sa.Column('how', sa.String(length=8), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('sender', sa.String(length=320), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('received_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('settled_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('compressed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("how IN ('pipe', 'imap', 'lmtp')", name=op.f('ck_incoming_how')),
    sa.CheckConstraint("state IN ('waiting', 'done', 'refused', 'held')", name=op.f('ck_incoming_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_incoming_fingerprint')),
    sa.UniqueConstraint('token', name=op.f('uq_incoming_token'))
    )
    with op.batch_alter_table('incoming', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_settled_at'), ['settled_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_state'), ['state'], unique=False)

    op.create_table('mailbox_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('read_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('failing_since', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailbox_reading'))
    )


def downgrade() -> None:
    op.drop_table('mailbox_reading')
    with op.batch_alter_table('incoming', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incoming_state'))
        batch_op.drop_index(batch_op.f('ix_incoming_settled_at'))
        batch_op.drop_index(batch_op.f('ix_incoming_message_id'))

    op.drop_table('incoming')
