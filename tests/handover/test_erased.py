"""A post that was erased by law leaves as the fact that it was kept, and comes back as that."""

import json

import pytest
from sqlalchemy import select

from hub.archive.models import ArchivedPost, ArchiveEvent
from hub.archive.proof.erasing import erase
from hub.archive.words import gone_words
from hub.core.database import db, unit_of_work
from hub.handover.models import ACTIVITYSTREAMS, CERTIFICATE, TABLES
from tests.archive.conftest import make_kept, problems
from tests.conftest import DATABASES

from .conftest import filled, made, path_of, payload
from .test_papers import one_post
from .test_round_trip import alike


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_nothing_but_the_fact_leaves_and_comes_back(kept, tmp_path):
    filled(kept)
    with unit_of_work():
        post = one_post(kept, "Wrong channel")
        erase(post, "Article 17", "Asked for.", kept.actor)
        number = post.platform_id
    first = made(kept)
    assert first.state == "done", (first.problem, first.problem_detail)
    held = b"".join(payload(first).values())
    assert b"Wrong channel" not in held
    posts = [json.loads(line) for line in payload(first)["data/record/posts.jsonl"].splitlines()]
    assert [one["erased_at"] is not None for one in posts].count(True) == 1
    other = make_kept(tmp_path, "other")
    brought = other.bring_in(path_of(first))
    assert (brought.state, brought.problem_detail) == ("done", "")
    theirs = select(ArchivedPost).where(ArchivedPost.collection_id == other.collection.id)
    back = db.session.scalars(theirs.where(ArchivedPost.platform_id == number)).one()
    assert back.erased_at is not None
    assert (
        gone_words(db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.post_id == back.id)))[0]
        == "Erased by law at localhost"
    )
    before, after = alike(first), alike(made(other))
    assert [name for name in before if before[name] != after.get(name)] == []
    assert problems() == ""
    for format_ in (TABLES, ACTIVITYSTREAMS, CERTIFICATE):
        assert made(kept, format_).state == "done"
