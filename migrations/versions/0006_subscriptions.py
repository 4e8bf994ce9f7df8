"""Subscriptions to topics, searches and guidance; hours, days and lengths; what each digest told

A subscription had one group and the day of its last window; it has a subject of three kinds now, and the
moment at which it falls due next. A person's "nothing" meant "no digest": mentions were mailed all the same,
so it becomes "only mentions"; nobody's mail changes by the upgrade.

Revision: 0006
Follows: 0005
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alembic import op
import sqlalchemy as sa

import hub.core.database

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

MOMENT = hub.core.database.UtcDateTime(timezone=True)
ZONES = (
    "SELECT DISTINCT coalesce(person.time_zone, subscriber.time_zone) FROM subscriber "
    "LEFT JOIN person ON person.id = subscriber.person_id"
)
OF_ZONE = (
    "(SELECT subscriber.id FROM subscriber LEFT JOIN person ON person.id = subscriber.person_id "
    "WHERE coalesce(person.time_zone, subscriber.time_zone) = :zone)"
)


def upgrade() -> None:
    with op.batch_alter_table('subscriber') as batch:
        batch.add_column(sa.Column('digest_hour', sa.Integer(), nullable=False, server_default='7'))
        batch.add_column(sa.Column('weekly_on', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('separate', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('length', sa.String(12), nullable=False, server_default='openings'))
        batch.add_column(sa.Column('away_until', sa.Date(), nullable=True))
        batch.create_check_constraint(op.f('ck_subscriber_digest_hour'), 'digest_hour BETWEEN 0 AND 23')
        batch.create_check_constraint(op.f('ck_subscriber_weekly_on'), 'weekly_on BETWEEN 0 AND 6')
        batch.create_check_constraint(
            op.f('ck_subscriber_length'), "length IN ('titles', 'openings', 'whole')"
        )
    with op.batch_alter_table('subscriber') as batch:
        for column in ('digest_hour', 'weekly_on', 'separate', 'length'):
            batch.alter_column(column, server_default=None)
    op.create_table(
        'saved_search',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(24), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(120), nullable=False),
        sa.Column('asked', sa.JSON(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ['subscriber_id'], ['subscriber.id'],
            name=op.f('fk_saved_search_subscriber_id'), ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
        sa.UniqueConstraint('token', name=op.f('uq_saved_search_token')),
    )
    op.create_index(op.f('ix_saved_search_subscriber_id'), 'saved_search', ['subscriber_id'])
    _subscriptions()
    _digests()


def _subscriptions() -> None:
    op.execute("CREATE TABLE earlier_subscription AS SELECT * FROM subscription")
    op.drop_table('subscription')
    op.create_table(
        'subscription',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=True),
        sa.Column('topic_id', sa.Integer(), nullable=True),
        sa.Column('search_id', sa.Integer(), nullable=True),
        sa.Column('told', sa.String(12), nullable=False),
        sa.Column('frequency', sa.String(8), nullable=False),
        sa.Column('last_number', sa.Integer(), nullable=False),
        sa.Column('next_due_at', MOMENT, nullable=True),
        sa.Column('chosen_at', MOMENT, nullable=False),
        sa.CheckConstraint(
            "frequency IN ('at_once', 'daily', 'weekly', 'mentions', 'never')",
            name=op.f('ck_subscription_frequency'),
        ),
        sa.CheckConstraint("told IN ('everything', 'guidance')", name=op.f('ck_subscription_told')),
        sa.CheckConstraint(
            "CASE WHEN group_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN topic_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN search_id IS NOT NULL THEN 1 ELSE 0 END = 1",
            name=op.f('ck_subscription_one_subject'),
        ),
        sa.ForeignKeyConstraint(
            ['subscriber_id'], ['subscriber.id'],
            name=op.f('fk_subscription_subscriber_id'), ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['group_id'], ['community.id'], name=op.f('fk_subscription_group_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['topic_id'], ['topic.id'], name=op.f('fk_subscription_topic_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['search_id'], ['saved_search.id'], name=op.f('fk_subscription_search_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    )
    for column in ('group_id', 'topic_id', 'search_id'):
        op.create_index(op.f(f'ix_subscription_{column}'), 'subscription', [column])
    op.create_index('ix_subscription_due', 'subscription', ['next_due_at'])
    op.create_index(
        'uq_subscription_group', 'subscription', ['subscriber_id', 'group_id', 'told'], unique=True
    )
    op.create_index(
        'uq_subscription_topic', 'subscription', ['subscriber_id', 'topic_id', 'told'], unique=True
    )
    op.create_index(
        'uq_subscription_search', 'subscription', ['subscriber_id', 'search_id'], unique=True
    )
    op.execute(
        """
        INSERT INTO subscription (subscriber_id, group_id, told, frequency, last_number, chosen_at)
        SELECT kept.subscriber_id, kept.group_id, 'everything',
               CASE WHEN kept.frequency = 'never' AND subscriber.person_id IS NOT NULL THEN 'mentions'
                    ELSE kept.frequency END,
               kept.last_number, kept.chosen_at
        FROM earlier_subscription kept JOIN subscriber ON subscriber.id = kept.subscriber_id
        ORDER BY kept.subscriber_id, kept.group_id
        """
    )
    connection = op.get_bind()
    due = sa.text(
        "UPDATE subscription SET next_due_at = :due WHERE frequency = :frequency AND EXISTS ("
        "SELECT 1 FROM earlier_subscription kept WHERE kept.subscriber_id = subscription.subscriber_id "
        "AND kept.group_id = subscription.group_id AND kept.last_window = :last) "
        f"AND subscriber_id IN {OF_ZONE}"
    ).bindparams(sa.bindparam('due', type_=MOMENT), sa.bindparam('last', type_=sa.Date()))
    windows = connection.execute(
        sa.text("SELECT DISTINCT last_window FROM earlier_subscription").columns(last_window=sa.Date())
    ).scalars().all()
    for zone in connection.execute(sa.text(ZONES)).scalars().all():
        for last in windows:
            for frequency, opens in _next_windows(last):
                connection.execute(
                    due, {"due": _moment(opens, zone), "frequency": frequency, "zone": zone, "last": last}
                )
    op.drop_table('earlier_subscription')


def _next_windows(last: date) -> list[tuple[str, date]]:
    """What followed the day of the last window as it was until now: the next day, and the next Monday."""
    return [("daily", last + timedelta(days=1)), ("weekly", last + timedelta(days=7 - last.weekday()))]


def _moment(day: date, zone: str) -> datetime:
    try:
        known = ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        known = ZoneInfo("Europe/London")
    return datetime.combine(day, time(7), known).astimezone(UTC)


def _digests() -> None:
    with op.batch_alter_table('digest') as batch:
        batch.add_column(sa.Column('token', sa.String(24), nullable=True))
        batch.add_column(sa.Column('part_of', sa.String(20), nullable=False, server_default=''))
        batch.add_column(sa.Column('told', sa.JSON(), nullable=False, server_default='[]'))
    op.execute("UPDATE digest SET token = 'earlier' || id")
    with op.batch_alter_table('digest') as batch:
        batch.alter_column('token', existing_type=sa.String(24), nullable=False)
        batch.alter_column('part_of', server_default=None)
        batch.alter_column('told', server_default=None)
        batch.drop_constraint(op.f('uq_digest_subscriber_id_due_on'), type_='unique')
        batch.create_unique_constraint(
            op.f('uq_digest_subscriber_id_due_on_part_of'), ['subscriber_id', 'due_on', 'part_of']
        )
        batch.create_unique_constraint(op.f('uq_digest_token'), ['token'])
    op.execute("CREATE TABLE earlier_part AS SELECT * FROM digest_part")
    op.drop_table('digest_part')
    op.create_table(
        'digest_part',
        sa.Column('digest_id', sa.Integer(), nullable=False),
        sa.Column('subscription_id', sa.Integer(), nullable=False),
        sa.Column('after', sa.Integer(), nullable=False),
        sa.Column('upto', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['digest_id'], ['digest.id'], name=op.f('fk_digest_part_digest_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['subscription_id'], ['subscription.id'],
            name=op.f('fk_digest_part_subscription_id'), ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('digest_id', 'subscription_id', name=op.f('pk_digest_part')),
    )
    op.create_index(op.f('ix_digest_part_subscription_id'), 'digest_part', ['subscription_id'])
    op.execute(
        """
        INSERT INTO digest_part (digest_id, subscription_id, after, upto)
        SELECT part.digest_id, subscription.id, part.after, part.upto
        FROM earlier_part part
        JOIN digest ON digest.id = part.digest_id
        JOIN subscription ON subscription.subscriber_id = digest.subscriber_id
                         AND subscription.group_id = part.group_id
        """
    )
    op.drop_table('earlier_part')


def downgrade() -> None:
    """Choices for topics, searches, guidance alone and single posts are not known to the earlier hub."""
    op.execute("CREATE TABLE later_part AS SELECT * FROM digest_part")
    op.execute("CREATE TABLE later_subscription AS SELECT * FROM subscription")
    op.drop_table('digest_part')
    op.drop_table('subscription')
    op.drop_table('saved_search')
    op.create_table(
        'subscription',
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('frequency', sa.String(8), nullable=False),
        sa.Column('last_number', sa.Integer(), nullable=False),
        sa.Column('last_window', sa.Date(), nullable=False),
        sa.Column('chosen_at', MOMENT, nullable=False),
        sa.CheckConstraint("frequency IN ('daily', 'weekly', 'never')", name=op.f('ck_subscription_frequency')),
        sa.ForeignKeyConstraint(
            ['group_id'], ['community.id'], name=op.f('fk_subscription_group_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['subscriber_id'], ['subscriber.id'],
            name=op.f('fk_subscription_subscriber_id'), ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('subscriber_id', 'group_id', name=op.f('pk_subscription')),
    )
    op.create_index('ix_subscription_due', 'subscription', ['frequency', 'last_window'])
    op.create_index(op.f('ix_subscription_group_id'), 'subscription', ['group_id'])
    today = datetime.now(UTC).date().isoformat()
    op.execute(
        f"""
        INSERT INTO subscription (subscriber_id, group_id, frequency, last_number, last_window, chosen_at)
        SELECT subscriber_id, group_id,
               CASE frequency WHEN 'at_once' THEN 'daily' WHEN 'mentions' THEN 'never' ELSE frequency END,
               last_number, DATE '{today}', chosen_at
        FROM later_subscription WHERE group_id IS NOT NULL AND told = 'everything'
        """.replace("DATE '", "'" if op.get_bind().dialect.name == "sqlite" else "DATE '")
    )
    op.execute(
        "DELETE FROM digest WHERE part_of <> '' AND EXISTS (SELECT 1 FROM digest other WHERE "
        "other.subscriber_id = digest.subscriber_id AND other.due_on = digest.due_on AND other.id < digest.id)"
    )
    with op.batch_alter_table('digest') as batch:
        batch.drop_constraint(op.f('uq_digest_token'), type_='unique')
        batch.drop_constraint(op.f('uq_digest_subscriber_id_due_on_part_of'), type_='unique')
        batch.create_unique_constraint(op.f('uq_digest_subscriber_id_due_on'), ['subscriber_id', 'due_on'])
        batch.drop_column('told')
        batch.drop_column('part_of')
        batch.drop_column('token')
    op.create_table(
        'digest_part',
        sa.Column('digest_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('after', sa.Integer(), nullable=False),
        sa.Column('upto', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['digest_id'], ['digest.id'], name=op.f('fk_digest_part_digest_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['group_id'], ['community.id'], name=op.f('fk_digest_part_group_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('digest_id', 'group_id', name=op.f('pk_digest_part')),
    )
    op.create_index(op.f('ix_digest_part_group_id'), 'digest_part', ['group_id'])
    op.execute(
        """
        INSERT INTO digest_part (digest_id, group_id, after, upto)
        SELECT part.digest_id, kept.group_id, part.after, part.upto
        FROM later_part part JOIN later_subscription kept ON kept.id = part.subscription_id
        JOIN digest ON digest.id = part.digest_id
        WHERE kept.group_id IS NOT NULL AND kept.told = 'everything'
        """
    )
    op.drop_table('later_part')
    op.drop_table('later_subscription')
    with op.batch_alter_table('subscriber') as batch:
        for name in ('digest_hour', 'weekly_on', 'length'):
            batch.drop_constraint(op.f(f'ck_subscriber_{name}'), type_='check')
        for column in ('digest_hour', 'weekly_on', 'separate', 'length', 'away_until'):
            batch.drop_column(column)
