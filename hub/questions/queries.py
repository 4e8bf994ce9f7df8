"""A question with its answers: the accepted one first, then what most found useful."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from hub.content.models import ANSWER, COMMENT, OPENING, Item, Post
from hub.content.queries import POST_COLUMNS
from hub.content.rules import shows_post_of
from hub.content.showing import Piece, kept, render_pieces, size_of
from hub.core.database import db
from hub.core.policy import ANYBODY, Actor

from .models import Question

ANSWERS_A_PAGE = 20

# Under one page of answers. A thread that is longer than this belongs in a discussion.
MOST_COMMENTS = 400


@dataclass(frozen=True, order=True)
class Place:
    """Where in the order of answers a page begins: the most useful first, then by position."""

    score: int
    position: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """From "3.17"; None for anything else."""
        score, _dot, position = text.partition(".")
        if not (score.isdecimal() and position.isdecimal()) or len(text) > 18:
            return None
        return cls(min(int(score), 2**31 - 1), min(int(position), 2**31 - 1))

    def __str__(self) -> str:
        return f"{self.score}.{self.position}"


@dataclass(frozen=True)
class Sheet:
    """One page of a question, rendered: the same for everybody who reads it."""

    opening: Piece | None
    accepted: Piece | None
    accepted_at: datetime | None
    reason: str
    answers: Sequence[Piece]
    comments: dict[int, list[Piece]]
    following: Place | None
    everything: Sequence[Piece] = field(repr=False)
    # Answers and comments that this reader does not see, with all under them; told where all others stand.
    gone: int = 0


def sheet(actor: Actor, item: Item, begin: Place | None = None) -> Sheet:
    """The question as the actor sees it. Only who sees withdrawn posts gets one made for them."""
    shared = kept(item, ("sheet", str(begin)), lambda: _make(ANYBODY, item, begin), _size)
    if actor.signed_in and len(shared.everything) < item.last_position:
        return _make(actor, item, begin)
    return shared


def place_of(actor: Actor, item: Item, position: int) -> Place | None:
    """Where the page begins that shows a post: None is the first, which shows all there is if it can."""
    if item.reply_count <= ANSWERS_A_PAGE:
        return None
    post = db.session.execute(_posts(actor, item).where(Post.position == position)).one_or_none()
    if post is not None and post.kind == COMMENT:
        post = db.session.execute(_posts(actor, item).where(Post.id == post.parent_id)).one_or_none()
    if post is None or post.kind != ANSWER or post.id == _question(item).accepted_post_id:
        return None
    return Place(post.score, post.position)


def _make(actor: Actor, item: Item, begin: Place | None) -> Sheet:
    question = _question(item)
    first = begin is None
    rows = list(db.session.execute(_top(actor, item, question)).all()) if first else []
    answers = db.session.execute(_answers(actor, item, question, begin)).all()
    following = answers[ANSWERS_A_PAGE] if len(answers) > ANSWERS_A_PAGE else None
    rows += answers[:ANSWERS_A_PAGE]
    comments = db.session.execute(
        _posts(actor, item)
        .where(Post.kind == COMMENT, Post.parent_id.in_([row.id for row in rows]))
        .order_by(Post.position)
        .limit(MOST_COMMENTS)
    ).all()
    rows += comments
    whole = first and following is None and len(comments) < MOST_COMMENTS
    gone = item.last_position - len(rows) if whole else 0
    return _arranged(render_pieces(item, rows), question, following, gone)


def _arranged(pieces: Sequence[Piece], question: Question, following: Any, gone: int) -> Sheet:
    comments: dict[int, list[Piece]] = {}
    for piece in pieces:
        if piece.kind == COMMENT and piece.parent_id is not None:
            comments.setdefault(piece.parent_id, []).append(piece)
    accepted = next((piece for piece in pieces if piece.id == question.accepted_post_id), None)
    return Sheet(
        opening=next((piece for piece in pieces if piece.kind == OPENING), None),
        accepted=accepted,
        accepted_at=question.accepted_at,
        reason=question.reason,
        answers=[piece for piece in pieces if piece.kind == ANSWER and piece is not accepted],
        comments=comments,
        following=Place(following.score, following.position) if following is not None else None,
        everything=pieces,
        gone=gone,
    )


def _question(item: Item) -> Question:
    return db.session.get_one(Question, item.id)


def _posts(actor: Actor, item: Item) -> Select[Any]:
    return select(*POST_COLUMNS).where(Post.item_id == item.id, shows_post_of(actor, item))


def _top(actor: Actor, item: Item, question: Question) -> Select[Any]:
    return _posts(actor, item).where(
        or_(Post.position == 1, Post.id == question.accepted_post_id)
        if question.accepted_post_id
        else Post.position == 1
    )


def _answers(actor: Actor, item: Item, question: Question, begin: Place | None) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [Post.kind == ANSWER]
    if question.accepted_post_id is not None:
        wanted.append(Post.id != question.accepted_post_id)
    if begin is not None:
        later = and_(Post.score == begin.score, Post.position >= begin.position)
        wanted.append(or_(Post.score < begin.score, later))
    return (
        _posts(actor, item)
        .where(*wanted)
        .order_by(Post.score.desc(), Post.position)
        .limit(ANSWERS_A_PAGE + 1)
    )


def _size(made: Sheet) -> int:
    return size_of(made.everything) + len(made.reason)
