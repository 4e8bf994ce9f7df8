"""How mail goes: counts of days and weeks, and of providers, out of the small table of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date
from sqlalchemy import func, select

from hub.core import clock
from hub.core.database import db
from hub.core.mail_days import BOUNCED, COUNTED, DELIVERED, REFUSED, MailDay

# What the page can look at: so many periods of so many days, up to today.
DAYS, WEEKS = "days", "weeks"
SPANS = {DAYS: (30, 1), WEEKS: (52, 7)}

# Providers by name; the rest together.
MOST_PROVIDERS = 20

# A strip of the picture, in its own units.
WIDTH, HEIGHT = 720, 60
# What happened at all can be seen, beside what happened a thousand times.
LEAST_HEIGHT = 3


@dataclass(frozen=True)
class Bar:
    """One period. In the picture's units, from the top left."""

    begins: str
    number: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Strip:
    """One thing that is counted, over time; its bars have a scale of their own."""

    what: str
    total: int
    most: int
    bars: list[Bar]


@dataclass(frozen=True)
class Period:
    begins: date
    counts: dict[str, int]


@dataclass(frozen=True)
class Provider:
    """counts of one domain; an empty domain is all the others."""

    domain: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Health:
    span: str
    periods: list[Period]
    providers: list[Provider]

    @property
    def total(self) -> dict[str, int]:
        return {what: sum(period.counts[what] for period in self.periods) for what in COUNTED}

    @property
    def strips(self) -> list[Strip]:
        return [_strip(what, self.periods) for what in COUNTED]

    @property
    def is_empty(self) -> bool:
        return not any(self.total.values())


def health(span: str) -> Health:
    """Of the days or weeks up to today."""
    number, days = SPANS[span]
    first = clock.now().date() - timedelta(days=number * days - 1)
    return Health(span, _periods(first, number, days), _providers(first))


def _periods(first: date, number: int, days: int) -> list[Period]:
    sums = [func.sum(getattr(MailDay, what)).label(what) for what in COUNTED]
    rows = db.session.execute(select(MailDay.day, *sums).where(MailDay.day >= first).group_by(MailDay.day))
    periods = [Period(first + timedelta(days=at * days), dict.fromkeys(COUNTED, 0)) for at in range(number)]
    for row in rows:
        place = (row.day - first).days // days
        if place < number:  # a clock that was set back has days to come
            for what in COUNTED:
                periods[place].counts[what] += int(row._mapping[what])
    return periods


def _providers(first: date) -> list[Provider]:
    """Those with most mail, then all others as one."""
    sums = [func.sum(getattr(MailDay, what)).label(what) for what in COUNTED]
    much = func.sum(MailDay.delivered + MailDay.deferred + MailDay.refused + MailDay.bounced)
    rows = db.session.execute(
        select(MailDay.domain, *sums)
        .where(MailDay.day >= first)
        .group_by(MailDay.domain)
        .order_by(much.desc(), MailDay.domain)
        .limit(MOST_PROVIDERS)
    )
    named = [Provider(row.domain, {what: int(row._mapping[what]) for what in COUNTED}) for row in rows]
    if len(named) < MOST_PROVIDERS:
        return named
    others = db.session.execute(
        select(*sums)
        .where(MailDay.day >= first)
        .where(MailDay.domain.not_in([provider.domain for provider in named]))
    ).one()
    rest = {what: int(others._mapping[what] or 0) for what in COUNTED}
    return [*named, Provider("", rest)] if any(rest.values()) else named


def _strip(what: str, periods: list[Period]) -> Strip:
    most = max(period.counts[what] for period in periods)
    each = WIDTH / len(periods)
    bars = []
    for place, period in enumerate(periods):
        if number := period.counts[what]:
            height = max(round(HEIGHT * number / most, 1), LEAST_HEIGHT)
            x, width = round(place * each + each * 0.1, 1), round(each * 0.8, 1)
            bars.append(Bar(format_date(period.begins), number, x, width, round(HEIGHT - height, 1), height))
    return Strip(what, sum(bar.number for bar in bars), most, bars)


def lost_share(counts: dict[str, int]) -> float:
    """Which share of what was settled did not arrive, from 0 to 1."""
    lost = counts[REFUSED] + counts[BOUNCED]
    settled = counts[DELIVERED] + counts[REFUSED]
    return min(lost / settled, 1.0) if settled else 0.0
