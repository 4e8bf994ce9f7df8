"""Whether there is news for somebody, asked once for all who read the same groups."""

from collections import OrderedDict
from collections.abc import Collection

from sqlalchemy import select

from hub.content.models import JOINED, Activity
from hub.core.database import db
from hub.core.policy import Actor
from hub.guidance.models import DUE

from .ranges import Ranges, in_ranges, may_be_told

# Looks that are remembered: as many as there are ways in which people choose among some dozens of groups.
REMEMBERED = 2_000
# Of more than this much news nobody was told all.
LOOKED_AT = 500


class News:
    """What is out, in ranges, and seen by whoever reads the same groups, whoever they are.

    It only decides that a digest is begun: what that tells is asked again, for its reader alone, when it is
    sent. Where this knows of nothing, the reader must be asked about themselves (`has_news`).
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[object, dict[int, int | None]] = OrderedDict()

    def is_there(self, actor: Actor, ranges: Ranges, told: Collection[int] = ()) -> bool:
        """Whether anybody who reads what the actor reads has something new there that was not told, and that
        the actor did not do themselves."""
        key = (frozenset(actor.roles), tuple(ranges))
        if key not in self._seen:
            self._seen[key] = _seen(actor, ranges)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return any(
            number not in told and (whose is None or whose != actor.person_id)
            for number, whose in self._seen[key].items()
        )


def _seen(actor: Actor, ranges: Ranges) -> dict[int, int | None]:
    """Numbers, each with who did it to an item. Left out is what concerns one person: who joined is no news
    to themselves, and a page that is due only to its owner."""
    reader = Actor(roles=actor.roles)
    happened = select(Activity.number, Activity.item_id, Activity.person_id).where(
        may_be_told(reader, in_ranges(Activity, ranges)), Activity.kind.not_in((JOINED, DUE))
    )
    found = db.session.execute(happened.order_by(Activity.number.desc()).limit(LOOKED_AT))
    return {row.number: row.person_id if row.item_id is not None else None for row in found}
