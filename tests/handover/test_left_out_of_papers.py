"""What papers and tables show of pictures, descriptions, titles and warnings: of private people nothing that
tells who they are, of everybody else all of it."""

import base64
import csv
import io
import re
import zipfile

import pytest
from sqlalchemy import select

from hub.archive import happenings
from hub.archive.covering import cover
from hub.archive.models import HELD, ArchivedPost, Media
from hub.archive.storage import MediaStore, covered
from hub.core.database import db, unit_of_work
from hub.handover import actions, choosing
from hub.handover.models import CERTIFICATE, DISCLOSURE, PASSAGE, TABLES, HandOver
from tests.factories.archived import declare
from tests.factories.mastodon import Mastodon
from tests.factories.x_archive import XArchive, png

from .conftest import carried_through, made, path_of

JEAN, COUNCIL = "99", "830012345"


def brought(kept, file_name="archive.zip", **whose):
    """A post with a picture that is described by name."""
    archive = XArchive(**whose)
    pictured = archive.post("My garden", at="2024-01-17T07:00")
    pictured["entities"] = {"user_mentions": [
        {"screen_name": "mary", "name": "Mary Gray", "id_str": "7", "indices": ["0", "5"]}
    ]}  # fmt: skip
    archive.picture(pictured, png(30, 20))
    pictured["extended_entities"]["media"][0]["ext_alt_text"] = "Jean Private and Mary Gray in the garden"
    kept.bring_in(archive.write(kept.folder / file_name))
    return db.session.scalars(select(ArchivedPost)).one()


def page_of(found) -> str:
    place = next(at for at, one in enumerate(found.files) if one["name"].endswith("html"))
    return path_of(found, place).read_text()


def disclosed(kept, *passages) -> HandOver:
    with unit_of_work():
        asked = actions.hand_over(kept.actor, kept.collection, DISCLOSURE, choosing.WHOLE, reason="FOI")
        for words in passages:
            actions.redact(kept.actor, asked, PASSAGE, words, "s.38")
        number = asked.id
    with unit_of_work():
        actions.finish(kept.actor, db.session.get_one(HandOver, number), "s.38(1)(b)")
    return carried_through(number)


def test_a_certificate_leaves_out_pictures_with_the_name_of_whoever_posted_them(kept):
    post = brought(kept, "jean-jean.zip", handle="jean", name="Jean Private", account_id=JEAN)
    scope = choosing.some([post.token])
    masked = page_of(made(kept, CERTIFICATE, scope, reason="A tribunal"))
    assert "image/webp" not in masked
    assert "Jean Private" not in masked and "jean-jean" not in masked
    assert "left out with the name" in masked
    named = page_of(made(kept, CERTIFICATE, scope, reason="A tribunal", names_shown=True))
    assert "image/webp" in named and "Jean Private and Mary Gray" in named and "jean-jean.zip" in named


def test_a_reason_that_names_them_is_masked_and_what_the_hub_itself_says_is_not(kept):
    """May is a month, too."""
    post = brought(kept, handle="may", name="May", account_id=JEAN)
    with unit_of_work():
        asked = db.session.get_one(ArchivedPost, post.id)
        happenings.record(kept.actor, asked, HELD, reason="May asked for it")
    shown = page_of(made(kept, CERTIFICATE, choosing.some([post.token]), reason="A tribunal"))
    assert "Reason given: [private person] asked for it" in shown
    told = re.sub(r"<[^>]+>", " ", shown[: shown.index("[private person] asked for it")])
    assert "[private person]" not in told, told[max(0, told.index("[private person]") - 200) :][:300]


def test_a_childs_picture_is_on_no_certificate(kept):
    post = brought(kept)
    declare(kept.person, kept.collection, COUNCIL)
    with unit_of_work():
        db.session.get_one(ArchivedPost, post.id).protected = "child"
    found = made(kept, CERTIFICATE, choosing.some([post.token]), reason="A tribunal", names_shown=True)
    assert "image/webp" not in page_of(found)


@pytest.mark.parametrize("format_", [CERTIFICATE, DISCLOSURE])
def test_whom_a_description_mentions_is_masked_there_too(kept, format_):
    brought(kept)
    declare(kept.person, kept.collection, COUNCIL)
    found = (
        disclosed(kept) if format_ == DISCLOSURE else made(kept, format_, choosing.WHOLE, reason="A tribunal")
    )
    shown = page_of(found)
    assert "image/webp" in shown and "in the garden" in shown
    assert "Mary Gray" not in shown


@pytest.mark.parametrize("format_", [CERTIFICATE, DISCLOSURE])
def test_what_a_keeper_covered_stays_covered(kept, format_):
    brought(kept)
    declare(kept.person, kept.collection, COUNCIL)
    with unit_of_work():
        over = cover(kept.actor, kept.collection, db.session.scalars(select(Media)).one(), [[0, 0, 50, 50]])
        assert over is not None
        burned = MediaStore(kept.collection.token).path(over.media.sha256, covered(over.token)).read_bytes()
    found = (
        disclosed(kept) if format_ == DISCLOSURE else made(kept, format_, choosing.WHOLE, reason="A tribunal")
    )
    shown = page_of(found)
    assert re.findall(r"data:image/webp;base64,([^\"]+)", shown) == [base64.b64encode(burned).decode()]
    assert "Parts of this picture are covered" in shown
    if format_ == DISCLOSURE:
        assert "Places of pictures that are covered" in shown[shown.index("Schedule of redactions") :]


def titled(kept):
    mastodon = Mastodon()
    mastodon.post(
        "<p>Votes are counted at noon.</p>", "2024-05-01T11:00", summary="Election talk", sensitive=True
    )
    kept.bring_in(mastodon.write(kept.folder / "mastodon.tar.gz"))


def test_a_warning_in_front_of_a_text_is_on_its_certificate(kept):
    titled(kept)
    shown = page_of(made(kept, CERTIFICATE, choosing.WHOLE, reason="A tribunal"))
    assert "Election talk" in shown and "Votes are counted at noon." in shown


def test_tables_hold_what_stands_in_front_of_a_text_too(kept):
    titled(kept)
    with zipfile.ZipFile(path_of(made(kept, TABLES))) as tables:
        names = [name for name in tables.namelist() if name.endswith(".csv")]
        held = {name.rpartition("/")[2]: tables.read(name).decode() for name in names}
    for name in ("sharepoint.csv", "metadata.csv", "customer-system.csv"):
        assert "Election talk\n\nVotes are counted at noon." in held[name], name


def test_the_table_of_a_disclosure_holds_what_stands_in_front_of_a_text_redacted(kept):
    titled(kept)
    found = disclosed(kept, "talk")
    rows = list(csv.reader(io.StringIO(path_of(found, 0).read_text("utf-8-sig"))))
    assert rows[1][5] == "Election [Redacted: s.38]\n\nVotes are counted at noon."
