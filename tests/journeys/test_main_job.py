"""The hub's main job, from end to end, as its people do it: in a browser, on the running site, on real input.

One story in eight steps. axe looks at every page that somebody comes to.
"""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.factories.x_archive import XArchive, png
from tests.journeys.conftest import Reader
from tests.running import RunningHub

PASSWORD = "a heron stood in the shallows at Loch Fyne"
NEWCOMER = "isla.rae@strathtay.example.org"
SUBSCRIBER = "councillor@example.org"
RECORDS = "Records and information management Scotland"
QUESTION = "How long must we keep a post that we took down within minutes?"
HUB_TIMEOUT = 60_000

pytestmark = pytest.mark.xdist_group("journey")


def own_channel(path: Path) -> Path:
    """The newcomer's organisation's own X archive."""
    archive = XArchive(handle="strathtay", name="Strathtay Council")
    first = archive.post("Road works on the A93 until Friday.", at="2024-01-16T07:00")
    archive.edit(first, "Road works on the A93 until Thursday.", at="2024-01-16T07:20")
    archive.deleted_post("Wrong account, apologies", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    archive.picture(archive.post("Thank you @jane_doe for telling us.", at="2024-02-02T10:00"), png())
    archive.long_post("What the winter service does. " * 30, at="2024-02-03T10:00")
    return archive.private_matter().write(path / "strathtay.zip")


def letters(hub: RunningHub, to: str) -> list[EmailMessage]:
    """What the hub wrote to somebody, oldest first."""
    files = sorted((hub.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    messages = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [message for message in messages if message["To"] == to]


def link(message: EmailMessage, hub: RunningHub, part: str) -> str:
    """The address in a message's text that has `part` in it."""
    text = message.get_body(("plain",)).get_content()
    found = re.search(rf"{re.escape(hub.address)}(\S*{part}\S*)", text)
    assert found, text
    return found.group(1)


def wait_for_letter(reader: Reader, to: str, count: int = 1) -> EmailMessage:
    for _ in range(150):
        if len(found := letters(reader.hub, to)) >= count:
            return found[-1]
        reader.page.wait_for_timeout(200)
    raise AssertionError(f"no letter came to {to}")


def test_the_main_job_from_end_to_end(somebody, seeded, tmp_path):
    hub, sign_ins = seeded
    visitor, newcomer, facilitator = somebody(), somebody(), somebody()
    member = somebody(width=360)
    _a_visitor_sees_what_the_place_is_for(visitor)
    _somebody_registers(newcomer, visitor, sign_ins)
    collection = _they_import_their_channel(newcomer, tmp_path)
    _a_second_person_agrees_whose_channel_it_is(somebody(), sign_ins)
    question = _they_ask_with_examples(newcomer, collection)
    _another_answers_and_the_asker_accepts(member, newcomer, sign_ins, question)
    guidance = _a_moderator_makes_guidance(facilitator, sign_ins, question)
    _subscribers_get_one_digest(visitor, newcomer, hub)
    _search_finds_everything(newcomer, visitor, guidance)
    for reader in (visitor, newcomer, facilitator, member):
        assert reader.strangers == [], "a page asked another host"
        assert not reader.barriers, "\n\n".join(f"{url}\n{said}" for url, said in reader.barriers.items())
    check = hub.command("check", check=False)
    assert check["status"] == 0, check


def _a_visitor_sees_what_the_place_is_for(visitor: Reader) -> None:
    visitor.goto("/")
    visitor.sees("Where people who keep public records and people who run digital services ask each other")
    visitor.sees(RECORDS)
    visitor.sees("Digital in public services")
    visitor.page.get_by_label("Ask a question, or find").fill("social media")
    visitor.press("Ask or find")
    visitor.sees("social media")
    assert visitor.page.locator("mark").count() > 0
    for path in ("/questions", "/discussions", "/guidance", "/examples", "/groups"):
        visitor.goto(path)


def _somebody_registers(newcomer: Reader, visitor: Reader, sign_ins: list) -> None:
    newcomer.goto("/register")
    newcomer.sees("Mail is kept in this hub")
    newcomer.page.locator("[name=name]").fill("Isla Rae")
    newcomer.page.locator("[name=email]").fill(NEWCOMER)
    newcomer.page.locator("[name=password]").fill(PASSWORD)
    newcomer.press("Register")
    letter = wait_for_letter(newcomer, NEWCOMER)
    path = link(letter, newcomer.hub, "confirm")
    for _scanner in range(2):  # a mail scanner opens it first, by HEAD and by GET
        assert newcomer.page.request.head(newcomer.hub.address + path).ok
        assert newcomer.page.request.get(newcomer.hub.address + path).ok
    administrator = next(one for one in sign_ins if one["who"] == "administrator")
    visitor.sign_in(administrator["email"], administrator["password"])
    visitor.goto("/admin/mail")
    visitor.sees(NEWCOMER)  # who has no mail server reads it in the site
    visitor.page.context.clear_cookies()
    newcomer.goto(path)
    newcomer.press("Confirm and sign in")
    newcomer.page.locator("[name=sector]").select_option("local_government")
    newcomer.page.locator("[name=profession]").select_option("records")
    newcomer.page.locator("[name=organisation]").fill("Strathtay Council")
    newcomer.page.get_by_label(RECORDS).check()
    newcomer.press("Save and go on")
    newcomer.goto("/groups/records-scotland")
    newcomer.goto("/groups/records-scotland/members")
    newcomer.sees("Isla Rae")


def _they_import_their_channel(newcomer: Reader, folder: Path) -> str:
    newcomer.goto("/collections/new")
    newcomer.page.locator("[name=name]").fill("Our channel on X")
    newcomer.page.get_by_label("Strathtay Council").check()
    newcomer.press("Make this collection")
    collection = newcomer.page.url.removeprefix(newcomer.hub.address).split("?")[0]
    newcomer.goto(f"{collection}/import")
    newcomer.sees("Up to 2,048 MB")
    newcomer.page.locator("[name=file]").set_input_files(own_channel(folder))
    newcomer.press("Import this file")
    newcomer.page.get_by_role("heading", name="Declared and found").wait_for(timeout=HUB_TIMEOUT)
    newcomer.look()
    newcomer.sees("tweets.js")
    newcomer.sees("Private: direct messages")
    newcomer.sees("Is @strathtay an account of Strathtay Council?")
    newcomer.press("Say whose account @strathtay is")
    newcomer.page.get_by_label("Organisation", exact=True).check()
    newcomer.page.locator("[name=reason]").fill("Our site links to it.")
    newcomer.page.locator("[name=second]").fill("@elspeth-rennie")  # nobody else keeps the collection
    newcomer.press("Save whose account this is")
    newcomer.goto(collection)
    newcomer.sees("Wrong account, apologies")
    newcomer.goto(f"{collection}?is=deleted")
    newcomer.sees("Wrong account, apologies")
    newcomer.page.locator(".row-title a").first.click()
    newcomer.page.wait_for_load_state()
    newcomer.look()
    assert re.search(r"[0-9a-f]{64}", newcomer.page.locator("body").inner_text())
    return collection


def _a_second_person_agrees_whose_channel_it_is(second: Reader, sign_ins: list) -> None:
    """Nobody is shown by name on one person's word."""
    facilitator = next(one for one in sign_ins if one["who"] == "facilitator")
    second.sign_in(facilitator["email"], facilitator["password"])
    second.goto("/approvals")
    second.press("Show an account by name")
    second.sees("It is to be: Organisation.")
    second.page.get_by_label("Approve").check()
    second.press("Decide, and tell whoever asked")
    second.sees("Approved, and done.")
    second.page.context.clear_cookies()


def _they_ask_with_examples(newcomer: Reader, collection: str) -> str:
    newcomer.goto("/ask?q=How+long+must+we+keep+a+post")
    newcomer.goto("/groups/records-scotland/questions/new")
    newcomer.page.locator("[name=title]").fill(QUESTION)
    newcomer.page.locator("[name=text]").fill("It was *wrong*, and gone within five minutes. Is it a record?")
    newcomer.page.get_by_label("social media", exact=False).first.check()
    newcomer.page.locator("[name=applies_to]").select_option("scotland")
    newcomer.press("Ask this question")
    newcomer.sees(QUESTION)
    newcomer.sees("Scotland")
    question = newcomer.page.url.removeprefix(newcomer.hub.address).split("?")[0].split("#")[0]
    for words, caption in (
        ("Wrong account", "A post that was taken back within five minutes"),
        ("Road works", "A correction that left the first wording behind"),
    ):
        newcomer.press("Attach an archived post")
        newcomer.page.get_by_label("Find the post").fill(words)
        newcomer.press("Find")
        newcomer.page.locator("[name=post]").first.check()
        newcomer.press("Go on with what is ticked")
        newcomer.page.locator("[name=caption]").fill(caption)
        newcomer.press("Attach this example")
        newcomer.sees(caption)
    newcomer.sees("Wrong account, apologies")
    newcomer.sees("@strathtay")
    newcomer.sees("on the platform on 1 February 2024")
    newcomer.sees("Version 2 of 2")
    newcomer.press("Evidence")
    newcomer.sees("How to check it")
    return question


def _another_answers_and_the_asker_accepts(
    member: Reader, newcomer: Reader, sign_ins: list, question: str
) -> None:
    signed = next(one for one in sign_ins if one["who"] == "member")
    member.sign_in(signed["email"], signed["password"])
    member.goto(question)
    member.page.locator("[name=text]").fill(
        "Yes: it was **published**.\n\n- keep it with the export\n- say when"
    )
    member.press("Send this answer")
    member.sees("keep it with the export")
    newcomer.goto(question)
    newcomer.page.locator("article.post form button, .vote button").last.click()
    newcomer.page.wait_for_load_state()
    newcomer.goto(question)
    newcomer.press("Accept this answer")
    newcomer.page.locator("[name=reason]").fill("It names the record and the moment")
    newcomer.press("Accept this answer")
    newcomer.goto(question)
    newcomer.sees("Accepted answer")
    newcomer.sees("It names the record and the moment")
    _they_discuss(member, newcomer)


def _they_discuss(member: Reader, newcomer: Reader) -> None:
    member.goto("/groups/records-scotland/discussions/new")
    member.page.locator("[name=title]").fill("Who signs off a deletion?")
    member.page.locator("[name=text]").fill("With us it is the *press office*. And with you, @isla-rae?")
    member.press("Start this discussion")
    talk = member.page.url.split("#")[0]
    newcomer.goto("/notices")
    newcomer.sees("Who signs off a deletion?")
    newcomer.goto(talk)
    newcomer.press("Quote")
    box = newcomer.page.locator("#reply [name=text]")
    assert box.input_value().startswith(">")
    box.fill(box.input_value() + "\n\nThe records manager, in writing.")
    newcomer.press("Send this reply")
    newcomer.sees("The records manager, in writing.")
    assert newcomer.page.locator("article.post blockquote, article.post details").count() > 0


def _a_moderator_makes_guidance(facilitator: Reader, sign_ins: list, question: str) -> str:
    signed = next(one for one in sign_ins if one["who"] == "facilitator")
    facilitator.sign_in(signed["email"], signed["password"])
    facilitator.goto("/desk")
    facilitator.goto(question)
    facilitator.press("Turn into guidance")
    # The group is part-open: what its members attached is shown to all only where the moderator says so.
    examples = facilitator.page.locator("[name=bring]")
    assert examples.count() == 2 and not examples.first.is_checked()
    examples.last.check()
    facilitator.press("Start this draft")
    if not facilitator.page.url.endswith("/edit"):
        facilitator.press("Edit this draft")
    facilitator.page.locator("[name=title]").fill("Posts that were taken down")
    facilitator.page.locator("[name=summary]").fill("What is published is a record, however briefly.")
    text = facilitator.page.locator("[name=text]")
    text.fill(text.input_value() + "\n\n## In short\n\nKeep it with the next export.")
    facilitator.page.locator("[name=note]").fill("Said in short")
    facilitator.press("Save this revision")
    facilitator.press("See its history")
    facilitator.press("Compare the two")
    assert facilitator.page.locator("ins").count() > 0
    page = re.sub(r"/history.*", "", facilitator.page.url.removeprefix(facilitator.hub.address))
    facilitator.goto(page)
    facilitator.press("Read and publish")
    facilitator.press("Publish guidance")
    facilitator.goto(page)
    facilitator.sees("Posts that were taken down")
    facilitator.sees(QUESTION)  # its source
    assert facilitator.page.locator("figure.example").count() == 1
    facilitator.sees("Isla Rae")  # credited
    facilitator.goto(question)
    facilitator.sees("This became guidance")
    return page


def _subscribers_get_one_digest(visitor: Reader, newcomer: Reader, hub: RunningHub) -> None:
    newcomer.goto("/me/mail")
    newcomer.page.locator("select[name=group-records-scotland]").select_option("daily")
    newcomer.press("Keep these choices")
    visitor.goto("/groups/records-scotland/subscribe")
    visitor.page.locator("[name=email]").fill(SUBSCRIBER)
    visitor.page.locator("[value=daily]").first.check()
    visitor.press("Ask for this mail")
    visitor.goto(link(wait_for_letter(visitor, SUBSCRIBER), hub, "confirm"))
    visitor.press("Send me this mail")
    _something_happens(hub)
    before = {address: len(letters(hub, address)) for address in (NEWCOMER, SUBSCRIBER)}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT09:00")
    assert hub.command("digest", "send", "--at", tomorrow)["sent"] >= 2
    assert hub.command("digest", "send", "--at", tomorrow)["sent"] == 0
    for address, already in before.items():
        new = letters(hub, address)[already:]
        assert len(new) == 1, f"{address} got {len(new)}"
        _is_a_proper_digest(new[0])
    _leaves_with_one_click(visitor, letters(hub, SUBSCRIBER)[-1], hub)


def _something_happens(hub: RunningHub) -> None:
    """After both have subscribed: what everybody may read, and what only members may."""

    from hub.core.settings import Settings
    from hub.factory import create_app
    from tests.journeys.happening import publish_something

    app = create_app(Settings(data=hub.data, public_url=hub.address))
    app.testing = True
    with app.app_context():
        publish_something()


def _is_a_proper_digest(message: EmailMessage) -> None:
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "What counts as published" in text
    assert "What counts as published" in html
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https?://\S+>", message["List-Unsubscribe"].split(",")[0].strip())
    assert "http" in text
    assert not re.search(r"<img[^>]+src=.http", html)


def _leaves_with_one_click(visitor: Reader, message: EmailMessage, hub: RunningHub) -> None:
    address = message["List-Unsubscribe"].split(",")[0].strip(" <>")
    visitor.goto(address)  # only shows a page
    visitor.sees("Nothing has changed yet")
    visitor.page.context.clear_cookies()
    gone = visitor.page.request.post(address, form={"List-Unsubscribe": "One-Click"})
    assert gone.ok
    assert "You get no more digests" in gone.text()


def _search_finds_everything(newcomer: Reader, visitor: Reader, guidance: str) -> None:
    for words, expected in (
        ("taken down within minutes", QUESTION),
        ("keep it with the export", QUESTION),
        ("however briefly", "Posts that were taken down"),
        ("wrong account apologies", "Wrong account"),
    ):
        newcomer.goto(f"/search?q={words.replace(' ', '+')}")
        newcomer.sees(expected)
        assert newcomer.page.locator("mark").count() > 0, words
    newcomer.goto("/search?q=record&kind=guidance")
    newcomer.goto("/search?q=record&topic=social-media")
    newcomer.goto("/search?q=xylophonists")
    newcomer.sees("Nothing found for")
    newcomer.sees("xylophonists")
    visitor.goto("/search?q=wrong+account+apologies")
    assert "Wrong account, apologies" not in visitor.page.locator("main").inner_text()  # its group's talk
    visitor.goto(guidance)  # but the guidance is for everybody
    visitor.sees("What is published is a record, however briefly.")
