"""Attaching while one writes: what was chosen waits with the draft, and is attached when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from flask import flash, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import delete, select

from hub.archive.approvals.models import Approval
from hub.content.models import Post
from hub.content.posting import add_detour, when_sent
from hub.core import clock
from hub.core.access import current_actor
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import job, scheduled
from hub.core.policy import Actor
from hub.core.slots import fills

from .approved import attach_or_ask
from .highlighting import placed_in
from .models import PreparedExample
from .queries import Choice, chosen
from .rules import LONGEST_CAPTION, MOST_POSTS

LONGEST_PLACE = 200
# A draft that nobody sends takes what was prepared for it along.
KEPT = timedelta(days=30)
MOST_AT_A_PLACE = 10


def prepare(
    actor: Actor,
    place: str,
    choices: Sequence[Choice],
    caption: str,
    passages: Sequence[str] = (),
    **asked: str,
) -> PreparedExample:
    """Choose what is to stand under what the actor writes at a place. asked: `reason` and `second`, for what
    a second person has to agree to. Raises Refused."""
    if not choices or len(choices) > MOST_POSTS or not 0 < len(caption.strip()) <= LONGEST_CAPTION:
        raise Refused(_("Choose up to %(most)d posts, and say what they show.", most=MOST_POSTS))
    if len(prepared_at(actor, place)) >= MOST_AT_A_PLACE:
        raise Refused(_("There are enough examples for one post. Send it, and attach more afterwards."))
    placed_in(passages, [choice.said for choice in choices])
    if any(choice.needs_two for choice in choices) and not asked.get("reason", "").strip():
        raise Refused(_("Give your reason: whoever decides has to know it. Nothing was changed."))
    made = PreparedExample(
        person_id=actor.person_id,
        place=place[:LONGEST_PLACE],
        refs=[choice.ref for choice in choices],
        caption=caption.strip(),
        passages=list(passages),
        **asked,
    )
    db.session.add(made)
    db.session.flush()
    return made


def prepared_at(actor: Actor, place: str) -> Sequence[PreparedExample]:
    return db.session.scalars(
        select(PreparedExample)
        .where(PreparedExample.person_id == actor.person_id, PreparedExample.place == place[:LONGEST_PLACE])
        .order_by(PreparedExample.id)
    ).all()


def own_prepared(actor: Actor, token: str) -> PreparedExample | None:
    """One of the actor's own, by its address."""
    return db.session.scalar(
        select(PreparedExample).where(
            PreparedExample.person_id == actor.person_id, PreparedExample.token == token
        )
    )


def drop(actor: Actor, token: str) -> None:
    """It is not to be attached after all."""
    db.session.execute(
        delete(PreparedExample).where(
            PreparedExample.person_id == actor.person_id, PreparedExample.token == token
        )
    )


def _attach_prepared(actor: Actor, place: str, post: Post) -> None:
    """What was written is sent whatever becomes of its examples; what cannot be attached is said."""
    for one in prepared_at(actor, place):
        choices = chosen(actor, one.refs)
        try:
            with db.session.begin_nested():
                made = attach_or_ask(
                    actor, post, choices, one.caption, one.passages, reason=one.reason, second=one.second
                )
        except Refused as refused:
            flash(_("An example was not attached: %(why)s", why=refused.sentence), "warning")
        except PermissionError:
            flash(_("An example was not attached: you may not attach any here."), "warning")
        else:
            if isinstance(made, Approval):
                flash(
                    _("A second person is asked about an example. It follows as soon as they agree."),
                    "success",
                )
        db.session.delete(one)


when_sent(_attach_prepared)


def _on_the_way(place: str, back: str) -> str:
    return f"/examples/prepare?{urlencode({'place': place, 'back': back})}"


add_detour("attach", _on_the_way)


@fills("write.detours")
def _button() -> Markup:
    return Markup(
        '<button type="submit" class="word-button" name="keep" value="attach" formnovalidate>{}</button>'
    ).format(_("Attach an archived post to this"))


@fills("write.prepared")
def _prepared(place: str) -> Markup | None:
    """What waits to be attached here; asked for only where there is a draft."""
    found = prepared_at(current_actor(), place)
    return Markup(render_template("examples/_prepared.html", prepared=found)) if found else None


@job("examples.forget_prepared")
def forget_prepared() -> None:
    db.session.execute(delete(PreparedExample).where(PreparedExample.prepared_at < clock.now() - KEPT))


scheduled("examples.forget_prepared", timedelta(days=1))
