"""The summary beside the elements of the model plan: what the hub holds, what it cannot tell, for its
keepers."""

import io
import re

import pypdf

from hub.archive import actions
from hub.archive.adapters.by_hand import ByHand
from hub.archive.capturing.by_hand import Seen, pack
from hub.archive.proof.erasing import erase
from hub.core.database import unit_of_work
from hub.core.last_backup import last_backup
from hub.handover.plan.elements import ELEMENTS
from hub.records.backup import back_up
from tests.archive.capturing.test_by_hand import SEEN_AT
from tests.archive.conftest import carry_through
from tests.budget import queries
from tests.factories.archived import declare
from tests.factories.people import person, sign_in

from .conftest import filled, made
from .test_papers import one_post

# As the Keeper of the Records of Scotland names them.
NAMES = (
    "Senior management responsibility",
    "Records manager responsibility",
    "Records management policy statement",
    "Business classification",
    "Retention schedules",
    "Destruction arrangements",
    "Archiving and transfer arrangements",
    "Information security",
    "Data protection",
    "Business continuity and vital records",
    "Audit trail",
    "Competency framework for records management staff",
    "Assessment and review",
    "Shared information",
    "Public records created or held by third parties",
)


def address(kept, ending=""):
    return f"/collections/of/{kept.collection.organisation.slug}/records-plan{ending}"


def test_every_element_is_there_in_the_keepers_own_words(kept, browser):
    filled(kept)
    assert address(kept) in browser.get(kept.collection.path).text
    page = browser.get(address(kept)).text
    assert len(ELEMENTS) == 15
    for number, name in enumerate(NAMES, 1):
        assert f"<h2>{number}. {name}</h2>" in page
    assert page.count("What it cannot tell:") == 15


def test_it_counts_what_there_is(kept, browser, tmp_path):
    filled(kept)
    made(kept, recipient="The national archive", reason="x")
    page = browser.get(address(kept)).text
    for said in (
        "It counts 6 posts in 1 collection.",
        "1 hand-over was made.",
        "Bag for The national archive, 6 posts",
        "Keeper has kept",
        "Wanting a second keeper",
        "No backup is known of",
        "last checkpoint was signed",
        "6 posts are of accounts that nobody has said to be the authority",
    ):
        assert said in page.replace("&#39;", "'"), said
    declare(kept.person, kept.collection, "830012345")
    back_up(tmp_path / "backup.zip")
    page = browser.get(address(kept)).text
    assert "0 posts are of accounts" in page
    assert "The hub was last backed up on" in page
    assert last_backup() is not None


def test_what_was_erased_is_not_held_any_more(kept, browser):
    filled(kept)
    with unit_of_work():
        erase(one_post(kept, "Wrong channel"), "Article 17", "Asked for.", kept.actor)
    page = browser.get(address(kept)).text
    for said in (
        "It counts 5 posts in 1 collection.",
        "5 posts are of accounts that nobody has said to be the authority",
    ):
        assert said in page.replace("&#39;", "'"), said


def test_one_is_not_many(kept, browser):
    seen = Seen("https://council.example/a", "Words", "@ana", "Ana", None, SEEN_AT, by="Keeper")
    with unit_of_work(), pack(seen) as packed:
        upload = actions.keep_upload(packed)
        started = actions.start_import(kept.actor, kept.collection, "by hand", upload, adapter=ByHand.name)
    carry_through(started)
    page = browser.get(address(kept)).text
    for said in (
        "It counts 1 post in 1 collection.",
        "1 post is of an account that nobody has said to be the authority",
        "1 sighting was observed from outside",
    ):
        assert said in page.replace("&#39;", "'"), said


def test_the_pdf_says_the_same_and_is_tagged(kept, browser):
    filled(kept)
    answer = browser.get(address(kept, ".pdf"))
    reader = pypdf.PdfReader(io.BytesIO(answer.data))
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    shown = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    assert "15. Public records created or held by third parties" in shown
    assert "It counts 6 posts" in shown


def test_it_is_for_those_who_keep_a_collection_of_the_organisation(kept, client):
    filled(kept)
    assert client.get(address(kept)).status_code in (302, 404)
    stranger = sign_in(client, person("Stranger", handle="stranger"))
    for ending in ("", ".pdf"):
        assert stranger.get(address(kept, ending)).status_code == 404
    assert stranger.get("/collections/of/nowhere/records-plan").status_code == 404


def test_it_costs_the_same_however_much_there_is(kept, browser):
    browser.get(address(kept))
    with queries() as few:
        browser.get(address(kept))
    filled(kept)
    browser.get(address(kept))
    with queries() as more:
        browser.get(address(kept))
    assert more.count <= few.count + 2, more
