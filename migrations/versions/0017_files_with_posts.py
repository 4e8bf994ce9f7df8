"""Files with posts

Files wait with a draft, then hang on a post by its revisions; posts know how many they have.

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

import hub.core.database

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: on SQLite that would make the table anew, and take along what points at its rows.
    op.add_column('post', sa.Column('file_count', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('place', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('width', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('height', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('erased_at', hub.core.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.alter_column('item_id', existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index('ix_stored_file_waiting', ['person_id', 'place'], unique=False)

    op.create_table('revision_file',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_revision_file_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['revision_id'], ['revision.id'], name=op.f('fk_revision_file_revision_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('revision_id', 'file_id', name=op.f('pk_revision_file'))
    )
    with op.batch_alter_table('revision_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revision_file_file_id'), ['file_id'], unique=False)


def downgrade() -> None:
    op.drop_table('revision_file')
    op.execute("DELETE FROM stored_file WHERE item_id IS NULL")
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_waiting')
        batch_op.alter_column('item_id', existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column('erased_at')
        batch_op.drop_column('height')
        batch_op.drop_column('width')
        batch_op.drop_column('place')
    op.drop_column('post', 'file_count')
