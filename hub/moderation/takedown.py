"""Whoever is shown in an example asks for it to be taken down: out of sight at once, then decided by people.

Anybody can ask, without an account, so what happens by itself is bounded: an example that a person has
decided about is not withdrawn again by a request, and many requests in a day wait for a person too.
"""

from datetime import timedelta

from sqlalchemy import func, select

from hub.accounts.models import Person
from hub.archive.models import ArchivedPost, Keeper
from hub.content.actions.permitting import permit
from hub.content.models import Post
from hub.core import clock
from hub.core.database import db
from hub.core.mail import post_mail
from hub.core.outbox import emit
from hub.core.policy import ANYBODY, Actor, visible
from hub.examples import actions as examples
from hub.examples.models import Example, ExamplePost

from .actions import WITHDRAWN, tell_author
from .models import Report
from .queries import decided_before
from .rules import LONGEST_REPORT

# The purpose of the mail to keepers.
ASKED = "report.takedown"

# In a day, on the whole hub. People who are shown ask one by one; somebody who empties a library does not.
BY_ITSELF_IN_A_DAY = 20


def ask(actor: Actor, example: Example, relation: str, text: str, email: str = "") -> Report:
    """Keep the request, and take the example out of sight until somebody has decided (see `_by_itself`)."""
    permit(actor, "report.make", None)
    made = Report(
        about=example.path,
        group_id=example.post.item.group_id,
        example_id=example.id,
        why="private",
        takedown=relation,
        text=text.strip()[:LONGEST_REPORT],
        reporter_id=actor.person_id,
        reporter_address="" if actor.signed_in else email.strip(),
        withdrew=example.withdrawn_at is None and _by_itself(example),
    )
    db.session.add(made)
    db.session.flush()
    if made.withdrew:
        # As nobody's act: who asked is not written into a history that others read.
        examples.set_withdrawn(ANYBODY, example, "", withdrawn=True)
        tell_author(ANYBODY, made, WITHDRAWN)
    emit("report.made", report_id=made.id, group_id=made.group_id)
    for keeper in keepers_told(example):
        post_mail(
            ASKED, keeper.email, key=f"{ASKED}:{made.id}:{keeper.id}", person_id=keeper.id, report_id=made.id
        )
    return made


def _by_itself(example: Example) -> bool:
    if decided_before(example):
        return False
    lately = select(func.count()).where(Report.withdrew, Report.created_at > clock.now() - timedelta(days=1))
    return db.session.scalar(lately) < BY_ITSELF_IN_A_DAY


def keepers_told(example: Example) -> list[Person]:
    """The keepers of what an example shows, who see where it stands; others must not learn of the place."""
    kept = (
        select(Keeper.person_id)
        .join(ArchivedPost, ArchivedPost.collection_id == Keeper.collection_id)
        .join(ExamplePost, ExamplePost.archived_post_id == ArchivedPost.id)
        .where(ExamplePost.example_id == example.id)
    )
    people = db.session.scalars(select(Person).where(Person.id.in_(kept), Person.active).order_by(Person.id))
    return [person for person in people if _sees(person.as_actor(), example)]


def _sees(actor: Actor, example: Example) -> bool:
    seen = select(Post.id).where(Post.id == example.post_id, visible(Post, actor))
    return db.session.scalar(seen) is not None
