"""Private feeds

A person's own feeds, each opened by a key of which only the hash is kept. Items are listed by when they were
published, and what was recorded of a row is found by the row.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'private_feed',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(length=24), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('key_hash', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=True),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.Column('asked', sa.JSON(), nullable=False),
        sa.Column('made_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['group_id'], ['community.id'], name=op.f('fk_private_feed_group_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_private_feed_item_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_private_feed_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_private_feed')),
        sa.UniqueConstraint('key_hash', name=op.f('uq_private_feed_key_hash')),
        sa.UniqueConstraint('token', name=op.f('uq_private_feed_token')),
    )
    with op.batch_alter_table('private_feed', schema=None) as batch_op:
        for column in ('person_id', 'group_id', 'item_id'):
            batch_op.create_index(batch_op.f(f'ix_private_feed_{column}'), [column], unique=False)

    op.create_index('ix_item_published', 'item', ['published_at'], unique=False)
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['subject_kind', 'subject_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_entry_subject', table_name='audit_entry')
    op.drop_index('ix_item_published', table_name='item')
    op.drop_table('private_feed')
