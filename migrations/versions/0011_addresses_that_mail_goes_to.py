"""Addresses that mail goes to

What is known of those with whom something was wrong, how mail goes by day and provider, what came back.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=24), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('hard_since', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('soft_since', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failed_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failed_days', sa.Integer(), nullable=False),
    sa.Column('taken_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('complained_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('changed_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_address')),
    sa.UniqueConstraint('address', name=op.f('uq_mail_address_address')),
    sa.UniqueConstraint('token', name=op.f('uq_mail_address_token'))
    )
    with op.batch_alter_table('mail_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_address_changed_at'), ['changed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_address_complained_at'), ['complained_at'], unique=False)

    op.create_table('mail_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('delivered', sa.Integer(), nullable=False),
    sa.Column('deferred', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('bounced', sa.Integer(), nullable=False),
    sa.Column('complained', sa.Integer(), nullable=False),
    sa.Column('ended', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'domain', name=op.f('pk_mail_day'))
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.add_column(sa.Column('came_back_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_column('came_back_at')

    op.drop_table('mail_day')
    with op.batch_alter_table('mail_address', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_address_complained_at'))
        batch_op.drop_index(batch_op.f('ix_mail_address_changed_at'))

    op.drop_table('mail_address')
