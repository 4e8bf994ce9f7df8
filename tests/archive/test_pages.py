"""Keepers' pages: made, filled, searched, read; nothing of them for anybody else."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

import hub
from hub.accounts.models import Person
from hub.archive.models import ArchivedPost, Collection, Import, Keeper, SocialAccount
from hub.archive.storage import uploads_folder
from hub.core import carrying
from hub.core.audit import AuditEntry
from hub.core.database import db, unit_of_work
from tests.archive.conftest import carry_through, count, make_kept
from tests.budget import queries
from tests.factories.hostile_zips import cut_short
from tests.factories.people import person, sign_in
from tests.factories.x_archive import XArchive, big_archive, moment, png


@pytest.fixture
def archive():
    archive = XArchive()
    first = archive.post("Open on Mondy", "2024-03-01T09:00")
    archive.edit(first, "Open on Monday", "2024-03-01T09:05")
    archive.deleted_post("Wrong channel", "2024-05-20T10:00", "2024-05-20T10:05")
    archive.picture(archive.post("A picture of the library", "2024-04-01T09:00"), png())
    archive.post("It opens at nine", "2024-04-02T09:00", reply_to=first)
    return archive


@pytest.fixture
def filled(kept, archive):
    kept.bring_in(archive)
    return kept


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def post_page(kept, words) -> str:
    from hub.archive.models import PostVersion

    post = db.session.scalars(
        select(ArchivedPost)
        .join(PostVersion, PostVersion.post_id == ArchivedPost.id)
        .where(PostVersion.text.contains(words))
    ).first()
    return post.path


# Making and filling a collection.


def test_a_member_makes_a_collection_for_their_organisation(browser, kept):
    page = browser.get("/collections/new")
    assert "Organisation of keeper" in text(page)
    sent = {"name": "Our channels", "about": "", "holder": "organisation"}
    answer = browser.post("/collections/new", data=sent | token(page))
    assert answer.status_code == 303
    made = db.session.scalars(select(Collection).where(Collection.name == "Our channels")).one()
    assert made.organisation.name == "Organisation of keeper"
    assert [keeper.person_id for keeper in made.keepers] == [kept.person.id]


def token(page) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(
        re.findall(r'name="(csrf_token|sent_token)"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    )


def upload(browser, kept, data: bytes, name="archive.zip"):
    page = browser.get(f"{kept.collection.path}/import")
    sent = {"file": (io.BytesIO(data), name)} | token(page)
    return browser.post(f"{kept.collection.path}/import", data=sent)


def test_the_upload_limit_stands_on_the_page_before_the_upload(browser, kept):
    assert "2,048 MB" in text(browser.get(f"{kept.collection.path}/import"))


def test_the_formats_stand_in_the_order_of_their_names(browser, kept):
    page = browser.get(f"{kept.collection.path}/import").get_data(as_text=True)
    page, bags = page.split("What another hub handed over")
    halves = page.split("observed from")
    exports, captures = (re.findall(r"<summary>(.+?)</summary>", half) for half in halves)
    assert "X/Twitter archive" in exports and "WACZ" in captures
    assert exports == sorted(exports) and captures == sorted(captures)
    assert "Bag of a Knowledge Hub" in bags


def test_an_upload_becomes_an_import_that_the_worker_carries_out(browser, kept, archive):
    answer = upload(browser, kept, archive.bytes())
    page = browser.get(answer.location)
    assert "Waiting for its turn" in text(page)
    assert 'http-equiv="refresh"' in page.get_data(as_text=True)
    carrying.drain()
    report = text(browser.get(answer.location))
    assert "Done" in report
    assert "agrees" in report
    assert list(uploads_folder().iterdir()) == []


def test_a_form_without_a_file_says_so_beside_the_field(browser, kept):
    page = browser.get(f"{kept.collection.path}/import")
    answer = browser.post(f"{kept.collection.path}/import", data=token(page))
    assert answer.status_code == 422
    assert "Choose a file to upload" in text(answer)


def test_the_same_upload_form_sent_twice_is_one_import(browser, kept, archive):
    page = browser.get(f"{kept.collection.path}/import")
    for _ in range(2):
        sent = {"file": (io.BytesIO(archive.bytes()), "a.zip")} | token(page)
        answer = browser.post(f"{kept.collection.path}/import", data=sent)
        assert answer.status_code == 303
    assert count(Import) == 1


def test_an_upload_is_received_without_a_lock_on_the_database(browser, kept, archive, monkeypatch):
    """Minutes of receiving must not keep others from writing."""
    from hub.archive import storage

    held = []
    original = storage.keep_upload

    def watch(stream, name):
        held.append(db.session().in_transaction())
        return original(stream, name)

    monkeypatch.setattr(storage, "keep_upload", watch)
    upload(browser, kept, archive.bytes())
    assert held == [False]


def test_a_refused_upload_says_why_and_leaves_nothing(browser, kept, archive):
    path = cut_short(kept.folder / "short.zip", archive, 0.6)
    answer = upload(browser, kept, path.read_bytes())
    carrying.drain()
    assert "ends too early" in text(browser.get(answer.location))
    assert count(ArchivedPost) == 0


def reckoned(page: str) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """The report's table: its numbers by their words; and each total beside the sum of the lines below it."""
    table = re.search(r"What became of each row.*?</table>", page, re.DOTALL)[0]
    rows = re.findall(r'scope="row">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>', table)
    numbers, totals = {}, []
    for words, part, total in rows:
        numbers[words] = int((part or total).replace(",", ""))
        if total:
            totals.append((numbers[words], 0))
        else:
            totals[-1] = (totals[-1][0], totals[-1][1] + numbers[words])
    return numbers, totals


def test_the_reports_numbers_add_up_by_reading_them(browser, kept, archive):
    archive.long_post("What the winter service does. " * 30, at="2024-02-03T10:00")
    archive.notes.append({"noteTweet": {"core": {"text": "of no post" * 30}, "createdAt": "2024-01-01"}})
    archive.tweets.append({"tweet": {"full_text": "without a number"}})
    archive.deleted_header("2024-05-19T08:00")
    page = browser.get(kept.bring_in(archive).path).get_data(as_text=True)
    numbers, totals = reckoned(page)
    assert all(total == parts for total, parts in totals), totals
    assert numbers == {
        "Rows in the files of posts": 10,
        "Full text of a long post, joined to that post": 1,
        "Left out; the reasons stand below": 2,
        "Read as posts or deletions": 7,
        "Rows read as posts or deletions": 7,
        "First text of a new post": 5,
        "Further version of a post: an edit, or a differing text": 1,
        "Post whose words are not in the file, only what became of it": 1,
    }
    again = browser.get(kept.bring_in(archive).path).get_data(as_text=True)
    numbers, totals = reckoned(again)
    assert all(total == parts for total, parts in totals), totals
    assert numbers["Nothing new: the collection held it already, or it only tells of a deletion"] == 7


def test_an_archive_without_posts_says_what_was_looked_for_and_how_to_get_a_whole_one(browser, kept):
    page = text(browser.get(kept.bring_in(XArchive()).path))
    assert "This archive holds no posts that we can read" in page
    assert "tweets.js" in page
    assert "Download an archive of your data" in page
    assert "held everything in this file already" not in page


def test_a_zip_with_only_a_picture_is_refused_with_what_can_be_uploaded(browser, kept):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        zipped.writestr("photo.png", png())
    for sent, name in ((data.getvalue(), "photo.zip"), (png(), "photo.png")):
        answer = upload(browser, kept, sent, name)
        carrying.drain()
        page = text(browser.get(answer.location))
        assert "What we read: " in page, name
        assert "X/Twitter archive, " in page, name


def test_private_matter_is_named_in_the_report_and_shown_nowhere(browser, kept, archive):
    found = kept.bring_in(archive.private_matter())
    page = text(browser.get(found.path))
    assert "data/direct-messages.js" in page
    assert "CANARY" not in page


def test_an_import_can_be_stopped_and_then_nothing_of_it_is_kept(browser, kept, archive):
    found = kept.begin(archive.write(kept.folder / "a.zip"))
    page = browser.get(found.path)
    browser.post(f"{found.path}/stop", data=token(page))
    assert carry_through(found).state == "cancelled"
    assert "This import was stopped" in text(browser.get(found.path))
    assert count(ArchivedPost) == 0


# Reading it.


def test_the_collection_lists_its_posts_newest_first_with_what_happened(browser, filled):
    page = text(browser.get(filled.collection.path))
    assert page.index("Wrong channel") < page.index("A picture of the library") < page.index("Open on Monday")
    assert "Deleted" in page
    assert "2 versions" in page


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("?q=library", "A picture", "Wrong channel"),
        ("?q=mondy", "Open on Monday", "A picture"),
        ("?is=deleted", "Wrong channel", "A picture"),
        ("?is=edited", "Open on Monday", "A picture"),
        ("?form=reply", "It opens at nine", "A picture"),
        ("?q=%25", "No posts fit this", "A picture"),
        ("?q=%00&is=x&form=x&from=x&account=%00&after=%00", "Wrong channel", "No posts fit"),
    ],
)
def test_the_list_is_narrowed_by_words_and_by_what_happened(browser, filled, query, there, absent):
    page = text(browser.get(filled.collection.path + query))
    assert there in page
    assert absent not in page


def test_a_posts_page_shows_its_versions_as_differences_and_its_history(browser, filled):
    page = browser.get(post_page(filled, "Mondy"))
    assert re.search(r"<del>.*Mondy.*</del>", page.get_data(as_text=True))
    assert "Version 2 of 2" in text(page)
    assert "First kept" in text(page)
    assert "It opens at nine" in text(page)  # its answer


def test_the_exact_bytes_of_a_post_can_be_downloaded(browser, filled):
    page = browser.get(post_page(filled, "Wrong channel")).get_data(as_text=True)
    address = re.search(r'href="([^"]+/source/([0-9a-f]{64}))"', page)
    answer = browser.get(address.group(1))
    import hashlib

    assert hashlib.sha256(answer.data).hexdigest() == address.group(2)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_is_shown_and_what_is_none_is_only_downloaded(browser, kept, archive):
    archive.picture(archive.post("Not one", "2024-04-03T09:00"), b"<svg onload=alert(1)>", name="x.jpg")
    kept.bring_in(archive)
    kinds = {}
    for words in ("A picture", "Not one"):
        page = browser.get(post_page(kept, words)).get_data(as_text=True)
        answer = browser.get(re.search(r'href="([^"]+/media/\w+)"', page).group(1))
        kinds[words] = (answer.mimetype, answer.headers.get("Content-Disposition", "").partition(";")[0])
    assert kinds["A picture"][0] == "image/png"
    assert kinds["Not one"] == ("application/octet-stream", "attachment")


def test_an_export_that_tells_of_a_deletion_did_not_see_the_post_there(browser, kept):
    archive = XArchive(made_at="2024-01-10T09:00")
    tweet = archive.post("Soon gone", "2024-01-05T09:00")
    kept.bring_in(archive)
    archive.made_at, archive.tweets = moment("2024-01-22T10:00"), []
    archive.deleted = [{"tweet": tweet | {"deleted_at": "Tue Jan 16 07:58:00 +0000 2024"}}]
    kept.bring_in(archive)
    page = text(browser.get(db.session.scalars(select(ArchivedPost)).one().path))
    assert "Last seen there 10 January 2024, 09:00" in page


def test_a_post_known_only_by_its_deletion_says_so(browser, kept):
    archive = XArchive()
    archive.deleted_header("2024-05-19T08:00")
    kept.bring_in(archive)
    post = db.session.scalars(select(ArchivedPost)).one()
    assert "Its words are not held" in text(browser.get(post.path))


# Keepers and accounts.


def test_a_keeper_names_another_who_then_sees_it(browser, filled, app):
    other = person("Other", handle="other")
    page = browser.get(f"{filled.collection.path}/keepers")
    browser.post(f"{filled.collection.path}/keepers", data={"handle": "@other"} | token(page))
    guest = sign_in(app.test_client(), other)
    assert guest.get(filled.collection.path).status_code == 200


def test_the_last_keeper_stays(browser, filled):
    page = browser.get(f"{filled.collection.path}/keepers")
    answer = browser.post(f"{filled.collection.path}/keepers/keeper/remove", data=token(page))
    assert answer.status_code == 422
    assert count(Keeper) == 1


def test_saying_whose_account_it_is_needs_a_reason_and_a_second_person_and_is_recorded(app, browser, filled):
    account = db.session.scalars(select(SocialAccount)).one()
    address = f"{filled.collection.path}/accounts/{account.token}"
    page = browser.get(address)
    answer = browser.post(address, data={"kind": "office_holder", "reason": ""} | token(page))
    assert answer.status_code == 422
    sent = {"kind": "office_holder", "reason": "Provost since 2022, council website"}
    alone = browser.post(address, data=sent | token(page))
    assert alone.status_code == 422
    assert "this needs a second person" in text(alone)
    guest = sign_in(app.test_client(), person("Second", handle="second"))
    asked = browser.post(address, data=sent | {"second": "@second"} | token(page))
    assert db.session.get(SocialAccount, account.id, populate_existing=True).kind == "private"
    approval = asked.headers["Location"]
    assert "It is to be: Office holder" in text(guest.get(approval))
    guest.submit(approval, {"decision": "approve"}, button="Decide, and tell whoever asked")
    db.session.rollback()
    assert db.session.get(SocialAccount, account.id, populate_existing=True).kind == "office_holder"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "social_account.classify")).one()
    assert (entry.reason, entry.details["after"]) == ("Provost since 2022, council website", "office_holder")


def say_whose(browser, address: str, kind: str) -> None:
    sent = {"kind": kind, "reason": "Its profile links to our own site", "second": "second"}
    assert browser.post(address, data=sent | token(browser.get(address))).status_code == 303


@pytest.mark.parametrize("kind", ["organisation", "private"])
def test_the_keeper_is_asked_whose_the_exports_account_is_until_somebody_has_said_so(browser, filled, kind):
    person("Second", handle="second")
    account = db.session.scalars(select(SocialAccount)).one()
    asked = "Is @strathtay an account of Organisation of keeper?"
    pages = (db.session.scalars(select(Import)).one().path, filled.collection.path)
    for page in pages:
        shown = browser.get(page)
        assert asked in text(shown)
        assert "its name and handle are masked" in text(shown)
        assert f'href="{filled.collection.path}/accounts/{account.token}"' in shown.text
    say_whose(browser, f"{filled.collection.path}/accounts/{account.token}", kind)
    for page in pages:
        assert asked not in text(browser.get(page))


def test_of_several_accounts_the_collection_asks_in_one_notice_and_each_report_of_its_own(browser, filled):
    another = XArchive(handle="strathtay_roads", account_id="830099999")
    another.post("The A822 is open", "2024-04-03T09:00")
    second = filled.bring_in(another)
    listed = text(browser.get(filled.collection.path))
    assert "Whose are these 2 accounts?" in listed
    assert "Say whose account @strathtay is" in listed and "Say whose account @strathtay_roads is" in listed
    report = text(browser.get(second.path))
    assert "Is @strathtay_roads an account of" in report and "@strathtay is" not in report


def changed_handle(archive) -> None:
    archive.handles.append(
        {"screenNameChange": {"accountId": archive.account_id, "screenNameChange": {
            "changedAt": "2022-01-01T00:00:00.000Z", "changedFrom": "LochFyneDC", "changedTo": "strathtay",
        }}}
    )  # fmt: skip


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_a_former_handle_stands_once_with_the_day_that_the_file_gives(browser, kept, archive, zone):
    changed_handle(archive)
    for _again in range(2):
        kept.bring_in(archive)
    with unit_of_work():
        db.session.get(Person, kept.person.id).time_zone = zone
    page = text(browser.get(f"{kept.collection.path}/accounts"))
    assert page.count("Was @LochFyneDC") == 1
    assert "Was @LochFyneDC until 1 January 2022" in page


def test_no_style_alters_the_letters_of_a_handle():
    """“@simonw” is not “@Simonw”: handles stand in every list, so no rule of the theme changes letters."""
    for sheet in (Path(hub.__file__).parent / "static" / "css").glob("*.css"):
        for rule in ("text-transform", "::first-letter", "font-variant-caps", "small-caps"):
            assert rule not in sheet.read_text(), (sheet.name, rule)


# Who sees it.


def addresses(kept) -> list[str]:
    root = kept.collection.path
    posts = [post.path for post in db.session.scalars(select(ArchivedPost))]
    imports = [one.path for one in db.session.scalars(select(Import))]
    account = db.session.scalars(select(SocialAccount)).first()
    pages = [
        root,
        f"{root}/import",
        f"{root}/keepers",
        f"{root}/accounts",
        f"{root}/accounts/{account.token}",
    ]
    return [*pages, *posts, *imports]


def test_nobody_but_its_keepers_sees_a_collection(client, filled, tmp_path, app):
    stranger = make_kept(tmp_path, "stranger")
    for address in addresses(filled):
        nowhere = re.sub(r"[a-z0-9]{12}", "n" * 12, address)
        signed_in = sign_in(app.test_client(), stranger.person)
        assert signed_in.get(address).status_code == 404, address
        assert client.get(address).status_code == client.get(nowhere).status_code == 404, address


def test_a_post_cannot_be_reached_through_another_collection(filled, tmp_path, app):
    stranger = make_kept(tmp_path, "stranger")
    post = db.session.scalars(select(ArchivedPost)).first()
    browser = sign_in(app.test_client(), stranger.person)
    assert browser.get(f"{stranger.collection.path}/posts/{post.token}").status_code == 404


# Speed.


def test_thirty_posts_cost_as_many_queries_as_three(browser, kept):
    counts = []
    for posts in (3, 30):
        kept.bring_in(big_archive(posts, made_at=f"2024-06-01T09:0{len(counts)}"))
        browser.get(kept.collection.path)
        with queries() as sent:
            browser.get(kept.collection.path)
        counts.append(sent.count)
    assert counts[0] == counts[1] <= 21, sent


def test_a_post_met_often_costs_as_many_queries_as_one_met_once(browser, kept, archive):
    counts = []
    for month in (6, 7, 8, 9):
        archive.made_at = archive.made_at.replace(month=month)
        kept.bring_in(archive)
        address = post_page(kept, "Mondy")
        with queries() as sent:
            browser.get(address)
        counts.append(sent.count)
    assert counts[0] == counts[-1] <= 27, sent


def test_no_lock_is_held_while_an_upload_arrives(browser, kept, archive, app, monkeypatch):
    """The body is read before anything of the request asks the database."""
    held = []
    original = app.request_class._get_file_stream

    def watch(request, *given, **named):
        held.append(db.session().in_transaction())
        return original(request, *given, **named)

    monkeypatch.setattr(app.request_class, "_get_file_stream", watch)
    assert upload(browser, kept, archive.bytes()).status_code == 303
    assert held == [False]


def test_bytes_are_downloaded_under_a_name_that_any_system_takes(browser, kept, tmp_path):
    note = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Note",
        "attributedTo": "https://social.example/users/council",
        "published": "2024-05-01T09:00:00Z",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "content": "Hello",
    }
    for number, post_id in enumerate(
        ("https://social.example/users/council/statuses/1", 'https://a.example/"1"')
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(note | {"id": post_id}))
        kept.bring_in(path)
    for post in db.session.scalars(select(ArchivedPost)):
        link = re.search(r'href="([^"]+/source/[^"]+)"', browser.get(post.path).text)[1]
        answer = browser.get(link)
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="[\w-]+\.json"', answer.headers["Content-Disposition"])
