"""Posts at once

What each subscriber is told at once; and whether people want what they watch by e-mail. Whoever stopped mail
about mentions did not ask for more of it.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('instant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscriber_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('mail_id', sa.Integer(), nullable=True),
    sa.Column('told_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_instant_mail_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(
        ['subscriber_id'], ['subscriber.id'], name=op.f('fk_instant_subscriber_id'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instant')),
    sa.UniqueConstraint('subscriber_id', 'number', name=op.f('uq_instant_subscriber_id_number'))
    )
    with op.batch_alter_table('instant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_instant_mail_id'), ['mail_id'], unique=False)
        batch_op.create_index('ix_instant_told_at', ['told_at'], unique=False)

    with op.batch_alter_table('notice_preference', schema=None) as batch_op:
        batch_op.add_column(sa.Column('watched', sa.Boolean(), nullable=True))
    op.execute("UPDATE notice_preference SET watched = mentions")
    with op.batch_alter_table('notice_preference', schema=None) as batch_op:
        batch_op.alter_column('watched', existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('notice_preference', schema=None) as batch_op:
        batch_op.drop_column('watched')

    with op.batch_alter_table('instant', schema=None) as batch_op:
        batch_op.drop_index('ix_instant_told_at')
        batch_op.drop_index(batch_op.f('ix_instant_mail_id'))

    op.drop_table('instant')
