"""Webhooks

Revision: 0013
Follows: 0012
"""

from alembic import op
import sqlalchemy as sa

import hub.core.database

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

MOMENT = hub.core.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'webhook',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(24), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.String(120), nullable=False),
        sa.Column('address', sa.String(2000), nullable=False),
        sa.Column('secret', sa.String(80), nullable=False),
        sa.Column('kinds', sa.JSON(), nullable=False),
        sa.Column('paused', sa.String(12), nullable=False),
        sa.Column('failing_since', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.CheckConstraint(
            "paused IN ('', 'by_hand', 'failing', 'gone', 'maker')", name=op.f('ck_webhook_paused')
        ),
        sa.ForeignKeyConstraint(
            ['group_id'], ['community.id'], name=op.f('fk_webhook_group_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_webhook_person_id'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook')),
        sa.UniqueConstraint('token', name=op.f('uq_webhook_token')),
    )
    op.create_index(op.f('ix_webhook_group_id'), 'webhook', ['group_id'])
    op.create_index(op.f('ix_webhook_person_id'), 'webhook', ['person_id'])
    op.create_table(
        'webhook_delivery',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(24), nullable=False),
        sa.Column('webhook_id', sa.Integer(), nullable=False),
        sa.Column('activity_id', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(40), nullable=False),
        sa.Column('state', sa.String(12), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('problem', sa.String(300), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('tried_at', MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'failed', 'dropped')", name=op.f('ck_webhook_delivery_state')
        ),
        sa.ForeignKeyConstraint(
            ['activity_id'], ['activity.id'], name=op.f('fk_webhook_delivery_activity_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['webhook_id'], ['webhook.id'], name=op.f('fk_webhook_delivery_webhook_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery')),
        sa.UniqueConstraint('token', name=op.f('uq_webhook_delivery_token')),
        sa.UniqueConstraint(
            'webhook_id', 'activity_id', name=op.f('uq_webhook_delivery_webhook_id_activity_id')
        ),
    )
    op.create_index(op.f('ix_webhook_delivery_activity_id'), 'webhook_delivery', ['activity_id'])
    op.create_index('ix_webhook_delivery_created_at', 'webhook_delivery', ['created_at'])
    op.create_index('ix_webhook_delivery_newest', 'webhook_delivery', ['webhook_id', 'created_at'])


def downgrade() -> None:
    op.drop_table('webhook_delivery')
    op.drop_table('webhook')
