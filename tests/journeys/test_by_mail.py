"""Taking part by mail: reading without an account, writing with one; in a browser and a mail program."""

import subprocess
import sys
from email.message import EmailMessage

import pytest

from tests.journeys.conftest import Reader
from tests.journeys.test_main_job import letters, link, wait_for_letter
from tests.running import ROOT, RunningHub

READER = "reader@example.org"
GROUP = "/groups/digital-public-services"

pytestmark = pytest.mark.xdist_group("journey")


def test_by_mail_alone(somebody, seeded):
    hub, sign_ins = seeded
    visitor, writer = somebody(width=360), somebody()
    people = {one["who"]: one for one in sign_ins}
    _a_reader_without_an_account_changes_how_often_from_the_mail(visitor, hub)
    _a_member_answers_what_came_by_mail(writer, people, hub)
    for reader in (visitor, writer):
        assert reader.strangers == [], "a page asked another host"
        assert not reader.barriers, "\n\n".join(f"{url}\n{said}" for url, said in reader.barriers.items())


def _a_reader_without_an_account_changes_how_often_from_the_mail(visitor: Reader, hub: RunningHub) -> None:
    visitor.goto(f"{GROUP}/subscribe")
    visitor.page.locator("[name=email]").fill(READER)
    visitor.page.locator("[value=at_once]").first.check()
    visitor.press("Ask for this mail")
    asked = wait_for_letter(visitor, READER)
    visitor.goto(link(asked, hub, "confirm"))
    assert len(letters(hub, READER)) == 1  # looking confirms nothing
    visitor.press("Send me this mail")


def _a_member_answers_what_came_by_mail(writer: Reader, people: dict, hub: RunningHub) -> None:
    member, facilitator = people["member"], people["facilitator"]
    writer.sign_in(member["email"], member["password"])
    writer.goto("/me/mail")
    writer.page.locator("select[name=group-digital-public-services]").select_option("at_once")
    writer.press("Keep these choices")
    writer.page.context.clear_cookies()
    writer.sign_in(facilitator["email"], facilitator["password"])
    writer.goto(f"{GROUP}/discussions/new")
    writer.page.locator("[name=title]").fill("Who answers at the weekend?")
    writer.page.locator("[name=text]").fill("Our inbox is full on Mondays.")
    writer.press("Start this discussion")
    discussion = writer.page.url
    received = _letter_about(writer, member["email"], "Who answers at the weekend?")
    _answer(hub, received, member["email"], "Nobody does here.\r\nThe page says so.")
    for _ in range(100):
        writer.page.goto(discussion)
        if "Nobody does here." in writer.page.locator("main").inner_text():
            break
        writer.page.wait_for_timeout(300)
    writer.look()
    writer.sees("The page says so.")
    assert "Our inbox is full" in received.get_body(("plain",)).get_content()
    assert "wrote:" not in writer.page.locator("main").inner_text()  # what was quoted stays away
    _from_their_mail(writer, _letter_about(writer, READER, "Who answers at the weekend?"), hub)


def _from_their_mail(reader: Reader, message: EmailMessage, hub: RunningHub) -> None:
    """Whoever has no account changes how often from the mail itself, and leaves with one click."""
    reader.page.context.clear_cookies()
    choices = link(message, hub, "/mail/choices/")
    reader.goto(choices)
    often = reader.page.locator("select[name=group-digital-public-services]")
    assert often.input_value() == "at_once"
    often.select_option("weekly")
    reader.press("Keep these choices")
    reader.goto(choices)
    assert reader.page.locator("select[name=group-digital-public-services]").input_value() == "weekly"
    leave = message["List-Unsubscribe"].split(",")[0].strip(" <>")
    reader.goto(leave)
    assert reader.page.request.post(leave, form={"List-Unsubscribe": "One-Click"}).ok
    reader.goto(choices)
    assert reader.page.locator("select[name=group-digital-public-services]").input_value() == "never"


def _letter_about(reader: Reader, to: str, title: str) -> EmailMessage:
    for _ in range(200):
        for message in letters(reader.hub, to):
            if title in message["Subject"]:
                return message
        reader.page.wait_for_timeout(200)
    raise AssertionError(f"nothing about {title} came to {to}")


def _answer(hub: RunningHub, received: EmailMessage, sender: str, text: str) -> None:
    """As a mail program sends it, and a mail server hands it over."""
    quoted = "\r\n".join(f"> {line}" for line in received.get_body(("plain",)).get_content().splitlines())
    written = (
        f"From: {sender}\r\nTo: {received['Reply-To']}\r\nSubject: Re: {received['Subject']}\r\n"
        f"Message-ID: <answer@example.org>\r\nIn-Reply-To: {received['Message-ID']}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{text}\r\n\r\nOn Monday the hub wrote:\r\n{quoted}\r\n"
    )
    taken = subprocess.run(
        [sys.executable, "-m", "hub", "mail", "take"],
        input=written.encode(),
        cwd=ROOT,
        env=hub.environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert taken.returncode == 0, taken.stderr.decode()
