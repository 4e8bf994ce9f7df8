"""What should never have been added is deleted for good by a moderator, from every revision."""

import os

from sqlalchemy import select

from hub.content.actions import edit_post
from hub.content.files.hanging import FileChange
from hub.content.files.storing import store, sweep
from hub.content.queries import opening_post
from hub.core.audit import AuditEntry
from hub.core.checks import run_checks
from hub.core.database import db, unit_of_work
from tests.factories.content import discussion, form_on, fresh
from tests.factories.files import waiting
from tests.factories.people import actor_of, sign_in


def test_a_moderator_deletes_a_file_for_good_with_a_reason(client, place):
    talk, file = discussion(place.ann, place.group), waiting(place.ann, "names.pdf")
    with unit_of_work():
        edit_post(actor_of(place.ann), opening_post(talk), "Words", files=FileChange((file,)))
    path = f"{talk.path}/files/{file.token}"
    history = f"{talk.path}/posts/1/history"
    sign_in(client, place.ann)
    assert client.get(f"{path}/erasure").status_code == 404
    assert f"{path}/erasure" not in client.get(history).text
    sign_in(client, place.mod)
    assert f"{path}/erasure" in client.get(history).text
    page = client.get(f"{path}/erasure")
    assert client.post(f"{path}/erasure", data={**form_on(page), "reason": ""}).status_code == 422
    sent = {**form_on(page), "reason": "It named a child."}
    assert client.post(f"{path}/erasure", data=sent).status_code == 303
    assert client.get(path).status_code == client.get(f"{path}/erasure").status_code == 404
    assert "names.pdf" not in client.get(talk.path).text
    assert "names.pdf" in client.get(history).text and "deleted for good" in client.get(history).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "file.erased")).one()
    assert (entry.reason, entry.group_id) == ("It named a child.", place.group.id)
    assert fresh(opening_post(talk)).file_count == 0
    assert run_checks()["files of posts"] == []
    for kept in store().files():
        os.utime(kept, (0, 0))
    sweep()
    assert store().files() == []


def test_also_one_that_only_an_earlier_revision_had(client, place):
    talk, file = discussion(place.ann, place.group), waiting(place.ann)
    for change in (FileChange((file,)), FileChange(dropped=frozenset({file.id}))):
        with unit_of_work():
            edit_post(actor_of(place.ann), opening_post(talk), "Words", files=change)
    sign_in(client, place.mod)
    path = f"{talk.path}/files/{file.token}/erasure"
    assert client.post(path, data={**form_on(client.get(path)), "reason": "By mistake"}).status_code == 303
    assert fresh(file).erased_at is not None and fresh(opening_post(talk)).file_count == 0
