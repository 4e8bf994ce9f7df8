"""What digests say

Notes of moderators; how each digest was arranged; whether a closed group's words may be mailed.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('digest_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=24), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('byline', sa.JSON(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('written_at', hub.core.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('taken_back_at', hub.core.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_digest_note_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['group_id'], ['community.id'], name=op.f('fk_digest_note_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_digest_note_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_note')),
    sa.UniqueConstraint('activity_id', name=op.f('uq_digest_note_activity_id')),
    sa.UniqueConstraint('token', name=op.f('uq_digest_note_token'))
    )
    with op.batch_alter_table('digest_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_digest_note_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_digest_note_person_id'), ['person_id'], unique=False)

    # What stands already is told as titles, as a new group's would be; its owners may decide otherwise. Digests
    # that were sent before have nothing to show on their page but what they told.
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mails_words', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('digest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('entries', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.alter_column('mails_words', server_default=None)
    with op.batch_alter_table('digest', schema=None) as batch_op:
        batch_op.alter_column('entries', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('digest', schema=None) as batch_op:
        batch_op.drop_column('entries')
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.drop_column('mails_words')
    op.drop_table('digest_note')
