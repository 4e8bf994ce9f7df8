"""Transfers to an archive

A disposal may be a transfer: to whom, with which bag, and what the archive answered. A hand-over may be made
for one.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('disposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('transferred_to', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('bag', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('handed_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('receipt', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('received_by', sa.String(length=160), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('received_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('given_up_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('disposal_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('events', sa.Integer(), nullable=False, server_default='0'))

    with op.batch_alter_table('hand_over', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disposal_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_hand_over_disposal_id'), ['disposal_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_hand_over_disposal_id'), 'disposal', ['disposal_id'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    with op.batch_alter_table('hand_over', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_hand_over_disposal_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_hand_over_disposal_id'))
        batch_op.drop_column('disposal_id')

    with op.batch_alter_table('disposal_post', schema=None) as batch_op:
        batch_op.drop_column('events')

    with op.batch_alter_table('disposal', schema=None) as batch_op:
        for name in ('given_up_at', 'received_at', 'received_by', 'receipt', 'handed_at', 'bag', 'transferred_to'):
            batch_op.drop_column(name)
