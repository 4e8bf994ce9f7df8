"""One person known twice

An account that is known by its handle alone may turn out to be one whose own number the platform tells. Those
that a collection holds already are brought together by its next import.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('social_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('same_as_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_social_account_same_as_id'), ['same_as_id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_social_account_same_as_id'), 'social_account', ['same_as_id'], ['id'],
            ondelete='SET NULL',
        )


def downgrade() -> None:
    with op.batch_alter_table('social_account', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_social_account_same_as_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_social_account_same_as_id'))
        batch_op.drop_column('same_as_id')
