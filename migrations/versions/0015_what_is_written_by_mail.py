"""What is written by mail

Groups that take it, what is held for its sender, and which messages became posts.

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('writes_by_mail',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('allowed_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['community.id'], name=op.f('fk_writes_by_mail_group_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', name=op.f('pk_writes_by_mail'))
    )
    op.create_table('held_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=24), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('item_kind', sa.String(length=12), nullable=False),
    sa.Column('why', sa.String(length=8), nullable=False),
    sa.Column('marking', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('held_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("item_kind IN ('', 'question', 'discussion')", name=op.f('ck_held_message_item_kind')),
    sa.CheckConstraint("why IN ('marked', 'unproven')", name=op.f('ck_held_message_why')),
    sa.CheckConstraint('(post_id IS NULL) <> (group_id IS NULL)', name=op.f('ck_held_message_one_place')),
    sa.ForeignKeyConstraint(['group_id'], ['community.id'], name=op.f('fk_held_message_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_held_message_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_held_message_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_message')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_held_message_fingerprint')),
    sa.UniqueConstraint('token', name=op.f('uq_held_message_token'))
    )
    with op.batch_alter_table('held_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_held_message_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_held_message_held_at'), ['held_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_held_message_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_held_message_post_id'), ['post_id'], unique=False)

    op.create_table('mailed_post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('posted_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mailed_post_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_mailed_post_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailed_post')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_mailed_post_fingerprint'))
    )
    with op.batch_alter_table('mailed_post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mailed_post_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mailed_post_post_id'), ['post_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('mailed_post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mailed_post_post_id'))
        batch_op.drop_index(batch_op.f('ix_mailed_post_person_id'))

    op.drop_table('mailed_post')
    with op.batch_alter_table('held_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_held_message_post_id'))
        batch_op.drop_index(batch_op.f('ix_held_message_person_id'))
        batch_op.drop_index(batch_op.f('ix_held_message_held_at'))
        batch_op.drop_index(batch_op.f('ix_held_message_group_id'))

    op.drop_table('held_message')
    op.drop_table('writes_by_mail')