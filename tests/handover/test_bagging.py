"""What a hand-over as a bag holds, and that other tools find it valid."""

import csv
import hashlib
import io
import json
import zipfile

import bagit
import pytest
from lxml import etree
from sqlalchemy import select, update

from hub.archive.models import EXPORTED, ArchivedPost, ArchiveEvent, Media, SourceSlice
from hub.archive.storage import MediaStore
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from hub.handover import bag as bags
from hub.handover import choosing, store
from hub.handover.bagging import folded
from hub.handover.models import ACTIVITYSTREAMS, TABLES
from hub.handover.tables import LAYOUTS, safe
from tests.archive.conftest import count

from .conftest import filled, made, member, path_of, payload

PREMIS = "{http://www.loc.gov/premis/v3}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"

# The order in which the schema of PREMIS 3.0 wants what we write; each name once unless it ends with "*".
ORDER = {
    "premis": ["object*", "event*", "agent*", "rights*"],
    "file": ["objectIdentifier", "objectCharacteristics"],
    "representation": ["objectIdentifier", "significantProperties*", "relationship*"],
    "intellectualEntity": ["objectIdentifier", "significantProperties*", "originalName"],
    "objectIdentifier": ["objectIdentifierType", "objectIdentifierValue"],
    "objectCharacteristics": ["fixity", "size", "format"],
    "fixity": ["messageDigestAlgorithm", "messageDigest"],
    "relationship": ["relationshipType", "relationshipSubType", "relatedObjectIdentifier"],
    "event": ["eventIdentifier", "eventType", "eventDateTime", "eventDetailInformation",
              "linkingAgentIdentifier", "linkingObjectIdentifier"],
    "agent": ["agentIdentifier", "agentName", "agentType"],
    "rights": ["rightsStatement"],
    "rightsStatement": ["rightsStatementIdentifier", "rightsBasis", "otherRightsInformation"],
    "otherRightsInformation": ["otherRightsBasis", "otherRightsNote"],
}  # fmt: skip


def test_bagit_finds_it_valid_and_it_says_whose_it_is(kept, tmp_path):
    filled(kept)
    found = made(kept, recipient="The archive", reason="It is due")
    with zipfile.ZipFile(path_of(found)) as packed:
        packed.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    bag = bagit.Bag(str(folder))
    assert bag.validate()
    assert bag.info["Source-Organization"] == "Organisation of keeper"
    assert bag.info["Contact-Email"] == kept.person.email
    assert found.token in bag.info["External-Identifier"]
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    assert bag.info["Payload-Oxum"] == f"{sum(path.stat().st_size for path in files)}.{len(files)}"
    assert "The archive" in bag.info["Internal-Sender-Description"]
    assert set(bag.algorithms) == {"sha256", "sha512"}


def test_it_holds_every_byte_that_is_kept(kept):
    filled(kept)
    files = payload(made(kept))
    hashes = {hashlib.sha256(content).hexdigest() for content in files.values()}
    assert hashes >= set(db.session.scalars(select(SourceSlice.sha256)))
    assert hashes >= set(db.session.scalars(select(Media.sha256)))
    for name, content in files.items():
        if name.startswith(("data/source/", "data/media/")):
            assert hashlib.sha256(content).hexdigest() in name


def test_its_tables_have_a_row_for_each_version_and_no_formula(kept):
    filled(kept)
    files = payload(made(kept))
    for layout in LAYOUTS:
        rows = list(csv.reader(io.StringIO(files[f"data/tables/{layout.file}"].decode("utf-8-sig"))))
        assert rows[0] == [name for name, _tell in layout.columns]
        assert len(rows) == 1 + 7
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
        assert any("'=cmd|' /C calc'!A0 is no formula" in row for row in rows)
    (edited,) = [
        row
        for row in csv.DictReader(io.StringIO(files["data/tables/sharepoint.csv"].decode("utf-8-sig")))
        if row["Version"] == "2.0"
    ]
    assert edited["Text"] == "Schools are closed today and tomorrow."
    assert edited["What Happened"] == "Edited, 16 January 2024"
    assert hashlib.sha256(files[edited["SourcePath"]]).hexdigest() == edited["SHA-256"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "  =", "\r+", "＝"])
def test_what_a_spreadsheet_would_carry_out_is_text(start):
    assert safe(f"{start}1+1") == f"'{start}1+1"
    assert safe(f"a{start}") == f"a{start}"


def test_its_activitystreams_tell_versions_and_history(kept):
    filled(kept)
    said = json.loads(member(made(kept), "data/activitystreams.json"))
    assert said["type"] == "OrderedCollection"
    assert said["totalItems"] == len(said["orderedItems"]) == 6
    first = said["orderedItems"][0]
    assert first["source"]["content"] == "Schools are closed today and tomorrow."
    assert [one["source"]["content"] for one in first["hub:versions"]] == [
        "Schools are closed today.", "Schools are closed today and tomorrow.",
    ]  # fmt: skip
    assert [one["hub:kind"] for one in first["hub:history"]] == ["first_seen", "edited"]
    (deleted,) = [one for one in said["orderedItems"] if "deleted" in one]
    assert deleted["deleted"] == "2024-02-01T10:05:00Z"
    (pictured,) = [one for one in said["orderedItems"] if "attachment" in one]
    assert pictured["attachment"][0]["name"] == "A bridge over a river"
    (hostile,) = [one for one in said["orderedItems"] if "bold" in one["source"]["content"]]
    assert "<b>" not in hostile["content"]


def test_its_premis_is_in_the_order_of_the_schema_and_hangs_together(kept):
    filled(kept)
    found = made(kept)
    root = etree.fromstring(member(found, "data/premis.xml"))
    assert root.get("version") == "3.0"
    in_order(root, "premis")
    for each in root.iter():
        name = each.tag.removeprefix(PREMIS)
        in_order(each, each.get(XSI) or name)
    values = {
        (one[0].text, one[1].text)
        for one in root.iter(f"{PREMIS}objectIdentifier", f"{PREMIS}agentIdentifier")
    }
    linked = [
        (one[0].text, one[1].text)
        for name in ("relatedObjectIdentifier", "linkingObjectIdentifier", "linkingAgentIdentifier")
        for one in root.iter(f"{PREMIS}{name}")
    ]
    assert linked
    assert set(linked) <= values
    assert count(ArchiveEvent, ArchiveEvent.kind != EXPORTED) == len(root.findall(f"{PREMIS}event"))
    files = payload(found)
    described = {one.findtext(f".//{PREMIS}messageDigest") for one in root.findall(f"{PREMIS}object")} - {
        None
    }
    assert described == {
        hashlib.sha256(files[name]).hexdigest()
        for name in files
        if name.startswith(("data/source/", "data/media/"))
    }


def in_order(element, name):
    if name not in ORDER:
        return
    wanted = list(ORDER[name])
    for child in element:
        tag = child.tag.removeprefix(PREMIS)
        while wanted and wanted[0].rstrip("*") != tag:
            wanted.pop(0)
        assert wanted, f"{tag} in {name}"
        if not wanted[0].endswith("*"):
            wanted.pop(0)


def test_one_chosen_post_leaves_alone(kept):
    filled(kept)
    post = db.session.scalars(select(ArchivedPost).order_by(ArchivedPost.id)).first()
    found = made(kept, scope=choosing.some([post.token]))
    lines = member(found, "data/record/posts.jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [post.platform_id]
    assert count(ArchiveEvent, ArchiveEvent.kind == EXPORTED) == 1


def test_more_posts_than_a_bag_takes_go_into_several(kept, monkeypatch):
    monkeypatch.setattr(bags, "POSTS_IN_A_BAG", 4)
    monkeypatch.setattr("hub.handover.making.POSTS_IN_A_BAG", 4)
    filled(kept)
    found = made(kept)
    assert [one["name"].rpartition("-")[0][-4:] for one in found.files] == ["1-of", "2-of"]
    ids = []
    for place in range(2):
        with zipfile.ZipFile(path_of(found, place)) as packed:
            (name,) = [one for one in packed.namelist() if one.endswith("posts.jsonl")]
            (info,) = [one for one in packed.namelist() if one.endswith("bag-info.txt")]
            ids += [json.loads(line)["id"] for line in packed.read(name).splitlines()]
            assert f"Bag-Count: {place + 1} of 2" in packed.read(info).decode()
    assert len(ids) == len(set(ids)) == 6


def test_each_posts_history_and_the_audit_say_so(kept):
    filled(kept)
    found = made(kept, recipient="The archive", reason="It is due")
    events = db.session.scalars(select(ArchiveEvent).where(ArchiveEvent.kind == EXPORTED)).all()
    assert len(events) == 6
    assert {event.details["hand_over"] for event in events} == {found.token}
    assert {event.details["by"] for event in events} == {"keeper"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "hand_over.made")).one()
    assert entry.reason == "It is due"
    assert entry.details["sha256"] == [found.files[0]["sha256"]]


def test_bytes_that_are_not_what_they_were_are_not_handed_over(kept):
    filled(kept)
    with unit_of_work() as session:
        one = session.scalars(select(SourceSlice.id)).first()
        session.execute(update(SourceSlice).where(SourceSlice.id == one).values(raw=b"{}"))
    found = made(kept)
    assert (found.state, found.problem) == ("failed", "lost")
    assert not list(store.all_folders().glob(f"{found.token}/*"))
    assert count(ArchiveEvent, ArchiveEvent.kind == EXPORTED) == 0


def test_a_picture_that_was_changed_does_not_stand_the_check(kept):
    filled(kept)
    media = db.session.scalars(select(Media)).one()
    MediaStore(kept.collection.token).path(media.sha256).write_bytes(b"another")
    found = made(kept)
    assert (found.state, found.problem, found.problem_detail) == ("failed", "lost", media.sha256)


def test_tables_and_json_can_leave_by_themselves(kept):
    filled(kept)
    tables = made(kept, TABLES)
    with zipfile.ZipFile(path_of(tables)) as packed:
        assert sorted(packed.namelist()) == sorted(layout.file for layout in LAYOUTS)
    said = json.loads(path_of(made(kept, ACTIVITYSTREAMS)).read_text())
    assert said["totalItems"] == 6


def test_long_entries_of_bag_info_are_folded_and_have_no_line_breaks_of_their_own():
    lines = folded("External-Description", "A note\nEvil-Tag: yes " + "word " * 40).splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 79 for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])
