"""Inserts generated talks: rows of many at a time, with every counter as a recount would find it."""

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select, update

from hub.content.actions.spine import hold_numbering
from hub.content.documents import readers_of
from hub.content.models import (
    ANSWER,
    COMMENT,
    GUIDANCE,
    OPENING,
    QUESTION,
    REPLY,
    Activity,
    Item,
    Post,
    Revision,
    Topic,
    Vote,
    Watch,
    item_topic,
)
from hub.core import clock
from hub.core.database import Base, db
from hub.core.search import OPEN
from hub.guidance.models import Filing, Guidance
from hub.questions.models import ANSWERED, WAITING, Question
from hub.search.models import RelatedItem
from hub.search.similar import MOST_SHOWN

from .bulk_talk import Talk

NEWS = {REPLY: "replied", ANSWER: "answered", COMMENT: "commented", OPENING: "published"}


class Keeping:
    """Needs a unit of work for each call of `keep`."""

    def __init__(self, person_ids: list[int], random: Random) -> None:
        self.person_ids = person_ids
        self.random = random
        self.topics = list(db.session.scalars(select(Topic.id).order_by(Topic.id)))

    def keep(self, talks: list[Talk]) -> None:
        """Insert talks with all that hangs on them.

        Ids are read back by what is unique beside them: returning them row by row costs three times as much.
        """
        _insert(Item, [talk.item for talk in talks])
        ids = _ids(Item, Item.group_id, Item.number, {talk.item["group_id"] for talk in talks})
        for talk in talks:
            for post in talk.posts:
                post["item_id"] = ids[talk.item["group_id"], talk.item["number"]]
        self._keep_posts([post for talk in talks for post in talk.posts])
        self._keep_kinds(talks)
        self._keep_followings(talks)

    def _keep_posts(self, posts: list[dict[str, Any]]) -> None:
        """Comments last: they name the post that they hang on."""
        first = [post for post in posts if post["kind"] != COMMENT]
        above = _insert_posts(first)
        comments = [post for post in posts if post["kind"] == COMMENT]
        for post in comments:
            place = next(
                place for place in range(post["position"] - 1, 0, -1) if (post["item_id"], place) in above
            )
            post["parent_id"] = above[post["item_id"], place]
        _insert_posts(comments)

    def _keep_kinds(self, talks: list[Talk]) -> None:
        """What questions and guidance pages have beyond the spine."""
        questions, pages = [], []
        for talk in talks:
            opening = talk.posts[0]
            if talk.item["kind"] == QUESTION:
                questions.append(self._question(talk))
            elif talk.item["kind"] == GUIDANCE:
                pages.append(
                    {
                        "item_id": opening["item_id"],
                        "owner_id": opening["author_id"],
                        "review_by": (clock.now() + timedelta(days=self.random.randint(-60, 400))).date(),
                        "checked_at": opening["created_at"],
                        "checked_by_id": opening["author_id"],
                        "checked_byline": opening["byline"],
                        "newest_number": 1,
                        "published_number": 1,
                    }
                )
        _insert(Question, questions)
        _insert(Guidance, pages)
        answered = [row["item_id"] for row in questions if row["accepted_post_id"]]
        db.session.execute(update(Item.__table__).where(Item.id.in_(answered)).values(state=ANSWERED))

    def _question(self, talk: Talk) -> dict[str, Any]:
        answers = [post for post in talk.posts if post["kind"] == ANSWER]
        accepted = self.random.choice(answers) if answers and self.random.random() < 0.6 else None
        talk.item["state"] = ANSWERED if accepted else WAITING
        return {
            "item_id": talk.posts[0]["item_id"],
            "accepted_post_id": accepted["id"] if accepted else None,
            "accepted_at": accepted["created_at"] if accepted else None,
            "reason": "It worked when we tried it." if accepted else "",
        }

    def _keep_followings(self, talks: list[Talk]) -> None:
        """Revisions, votes, watches, topics and activities of a piece."""
        posts = [post for talk in talks for post in talk.posts]
        titles = {talk.posts[0]["item_id"]: talk.item for talk in talks}
        _insert(Revision, [_revision(post, titles[post["item_id"]]) for post in posts])
        pages = {talk.posts[0]["id"] for talk in talks if talk.item["kind"] == GUIDANCE}
        filed = _ids(Revision, Revision.post_id, Revision.number, pages).values()
        _insert(Filing, [{"revision_id": revision, "topic_ids": [], "sources": []} for revision in filed])
        votes = [
            {"post_id": post["id"], "person_id": person_id, "created_at": post["created_at"]}
            for post in posts
            for person_id in self.random.sample(self.person_ids, post["score"])
        ]
        _insert(Vote, votes)
        watches = {(post["author_id"], post["item_id"]) for post in posts}
        _insert(Watch, [{"person_id": person, "item_id": item} for person, item in watches])
        topics = [
            {"item_id": item_id, "topic_id": topic_id}
            for item_id in titles
            for topic_id in self.random.sample(self.topics, min(len(self.topics), self.random.randint(1, 2)))
        ]
        if topics:
            db.session.execute(insert(item_topic), topics)
        self._keep_activities(posts, titles)
        self._keep_related(titles)

    def _keep_related(self, items: dict[int, dict[str, Any]]) -> None:
        """Some of the same group: words of titles are drawn, so none is more alike than others."""
        rows = []
        for item_id, item in items.items():
            group_id = item["group_id"]
            near = [other for other in items if items[other]["group_id"] == group_id and other != item_id]
            for place, other in enumerate(self.random.sample(near, min(len(near), MOST_SHOWN))):
                rows += [
                    {"item_id": item_id, "audience": audience, "place": place, "other_id": other}
                    for audience in (OPEN, readers_of(group_id))
                ]
        _insert(RelatedItem, rows)

    def _keep_activities(self, posts: list[dict[str, Any]], items: dict[int, dict[str, Any]]) -> None:
        numbering = hold_numbering()
        last = numbering.last_number
        numbering.last_number += len(posts)
        rows = [
            {
                "number": number,
                "kind": NEWS[post["kind"]],
                "group_id": items[post["item_id"]]["group_id"],
                "item_id": post["item_id"],
                "post_id": post["id"],
                "person_id": post["author_id"],
                "happened_at": post["created_at"],
            }
            for number, post in enumerate(sorted(posts, key=lambda post: post["created_at"]), last + 1)
        ]
        _insert(Activity, rows)


def _revision(post: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: post[name] for name in ("author_id", "byline", "source", "html", "created_at")}
    return kept | {"post_id": post["id"], "number": 1, "title": item["title"], "summary": item["summary"]}


def _insert_posts(posts: list[dict[str, Any]]) -> dict[tuple[int, int], int]:
    """Insert posts, give each row its id, and all ids by item and position."""
    _insert(Post, posts)
    ids = _ids(Post, Post.item_id, Post.position, {post["item_id"] for post in posts})
    for post in posts:
        post["id"] = ids[post["item_id"], post["position"]]
    return ids


def _insert(model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model.__table__), rows)


def _ids(model: Any, owner: Any, place: Any, owners: set[int]) -> dict[tuple[int, int], int]:
    """The ids of an owner's rows by (owner, place among its siblings)."""
    rows = db.session.execute(select(model.id, owner, place).where(owner.in_(owners)))
    return {(row[1], row[2]): row[0] for row in rows}
