"""Archived posts as evidence, from end to end, as a keeper and whoever doubts them do it: in a browser, on
the running site, and in the end without it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pytest

from tests.factories.x_archive import XArchive, png
from tests.journeys.conftest import Reader

PRESS = "strathcarron_press"
QUESTION = "Does a corrected post replace the first one?"
PASSAGE = "until Thursday"
HUB_TIMEOUT = 90_000

# As a hand with a mouse selects it: the words of a passage in the first text that has them.
SELECT = """
(words) => {
  for (const text of document.querySelectorAll("[data-passage-from]")) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(words);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + words.length);
      document.getSelection().removeAllRanges();
      document.getSelection().addRange(range);
      return;
    }
  }
}
"""

pytestmark = pytest.mark.xdist_group("journey")


def channel(path: Path) -> Path:
    archive = XArchive(handle=PRESS, name="Strathcarron Press Office", account_id="7009911")
    first = archive.post("Road works on the A93 until Friday.", at="2024-01-16T07:00")
    archive.edit(first, f"Road works on the A93 {PASSAGE}.", at="2024-01-16T07:20")
    archive.deleted_post("Wrong account, apologies", at="2024-02-01T10:00", deleted_at="2024-02-01T10:05")
    archive.picture(archive.post("The new depot, with its staff.", at="2024-02-02T10:00"), png(200, 120))
    return archive.private_matter().write(path / "press.zip")


def test_evidence_from_the_upload_to_a_check_without_the_hub(somebody, seeded, tmp_path):
    hub, sign_ins = seeded
    keeper, visitor = somebody(), somebody(width=360, scheme="dark")
    member = next(one for one in sign_ins if one["who"] == "member")
    keeper.sign_in(member["email"], member["password"])
    collection = _an_export_comes_in(keeper, tmp_path)
    _the_deleted_post_is_found(keeper, collection)
    post = _nothing_was_changed(keeper, collection)
    _a_face_is_covered(keeper, collection)
    evidence = _a_passage_is_shown_as_an_example(keeper)
    hub.plain_command("checkpoints", "--sign")
    _anybody_checks_it_without_the_hub(visitor, evidence, tmp_path)
    _all_of_it_leaves_as_a_bag(keeper, collection, tmp_path)
    _a_certificate_says_it_in_words(keeper, post, tmp_path)
    for reader in (keeper, visitor):
        assert reader.strangers == [], "a page asked another host"
        assert not reader.barriers, "\n\n".join(f"{url}\n{said}" for url, said in reader.barriers.items())


def _an_export_comes_in(keeper: Reader, folder: Path) -> str:
    keeper.goto("/collections/new")
    keeper.page.locator("[name=name]").fill("The press office's channel")
    keeper.press("Make this collection")
    collection = keeper.page.url.removeprefix(keeper.hub.address).split("?")[0]
    keeper.goto(f"{collection}/import")
    keeper.page.locator("[name=file]").set_input_files(channel(folder))
    keeper.press("Import this file")
    keeper.page.get_by_role("heading", name="Declared and found").wait_for(timeout=HUB_TIMEOUT)
    keeper.look()
    keeper.sees("Private: direct messages")
    return collection


def _the_deleted_post_is_found(keeper: Reader, collection: str) -> None:
    keeper.goto(f"{collection}?is=deleted")
    keeper.sees("Wrong account, apologies")
    keeper.page.locator(".row-title a").first.click()
    keeper.page.wait_for_load_state()
    keeper.look()
    keeper.sees("the account's own export says so")


def _nothing_was_changed(keeper: Reader, collection: str) -> str:
    """One post at once, the whole log by the worker."""
    post = keeper.page.url.removeprefix(keeper.hub.address)
    for _try in range(60):  # the worker seals what came in
        if keeper.page.get_by_role("link", name="Check now").count():
            break
        keeper.page.wait_for_timeout(500)
        keeper.page.reload()
    keeper.press("Check now")
    keeper.sees("as it was sealed")
    keeper.goto(f"{collection}/verify")
    keeper.press("Verify now")
    keeper.page.get_by_text("Everything is as it was sealed").wait_for(timeout=HUB_TIMEOUT)
    keeper.look()
    return post


def _a_face_is_covered(keeper: Reader, collection: str) -> None:
    """With the keyboard; what is covered is burned into a picture of its own."""
    keeper.goto(f"{collection}?q=depot")
    keeper.page.locator(".row-title a").first.click()
    keeper.page.wait_for_load_state()
    keeper.press("Cover faces", exact=False)
    keeper.page.get_by_role("button", name="Add a place").click()
    place = keeper.page.get_by_role("button", name="Place 1", exact=False)
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        place.press(key)
    assert float(keeper.page.locator("[name=left]").first.input_value()) > 0
    keeper.press("Save what is covered")
    keeper.sees("What others see")
    sources = [picture.get_attribute("src") for picture in keeper.page.locator("main img").all()]
    pictures = [keeper.page.request.get(keeper.hub.address + source).body() for source in sources]
    assert len(pictures) == 2
    assert pictures[0] != pictures[1]


def _a_passage_is_shown_as_an_example(keeper: Reader) -> str:
    keeper.goto("/groups/digital-public-services/questions/new")
    keeper.page.locator("[name=title]").fill(QUESTION)
    keeper.page.locator("[name=text]").fill("We put a date right. Do we keep both?")
    keeper.page.locator("[name=topics]").first.check()
    keeper.press("Ask this question")
    keeper.press("Attach an archived post")
    keeper.page.get_by_label("Find the post").fill("A93 Thursday")
    keeper.press("Find")
    keeper.page.locator("[name=post]").first.check()
    keeper.press("Go on with what is ticked")
    keeper.page.locator("[name=caption]").fill("A correction that left the first wording behind")
    keeper.page.evaluate(SELECT, PASSAGE)
    keeper.page.get_by_role("button", name="Mark what you selected").click()
    assert keeper.page.locator("[name=passages]").input_value() == PASSAGE
    keeper.press("Attach this example")
    marked = keeper.page.locator("main mark", has_text=PASSAGE)
    assert marked.count() == 1, keeper.page.locator("main").inner_text()
    body = keeper.page.locator("body").inner_text()
    assert "Strathcarron Press Office" not in body, "an account of which nobody has said whose it is"
    keeper.press("Evidence")
    keeper.look()
    return keeper.page.url.removeprefix(keeper.hub.address)


def _anybody_checks_it_without_the_hub(visitor: Reader, evidence: str, folder: Path) -> None:
    visitor.goto(evidence)
    with visitor.page.expect_download() as proof:
        visitor.page.get_by_role("link", name="Download the proof").first.click()
    proof.value.save_as(folder / "proof.json")
    visitor.goto("/proof")
    with visitor.page.expect_download() as script:
        visitor.page.get_by_role("link", name="check-proof.py").first.click()
    script.value.save_as(folder / "check-proof.py")
    said = _check(folder, "proof.json")
    assert said.returncode == 0, said.stdout + said.stderr
    assert PRESS not in (folder / "proof.json").read_text()
    forged = (folder / "proof.json").read_text().replace(PASSAGE, "until Monday")
    (folder / "forged.json").write_text(forged)
    assert _check(folder, "forged.json").returncode != 0


def _check(folder: Path, proof: str) -> subprocess.CompletedProcess[str]:
    """With nothing but Python: no library, no hub, no network."""
    command = [sys.executable, "-I", "check-proof.py", proof]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def _all_of_it_leaves_as_a_bag(keeper: Reader, collection: str, folder: Path) -> None:
    keeper.goto(f"{collection}/hand-overs")
    keeper.page.get_by_label("The whole collection").check()
    keeper.page.get_by_label("A bag (BagIt)").check()
    keeper.page.get_by_label("Why").fill("The records move to the council's archive.")
    keeper.press("Make this hand-over")
    link = keeper.page.locator("main a[download]").first
    link.wait_for(timeout=HUB_TIMEOUT)
    keeper.look()
    with keeper.page.expect_download() as download:
        link.click()
    download.value.save_as(folder / "bag.zip")
    with zipfile.ZipFile(folder / "bag.zip") as packed:
        packed.extractall(folder / "bag")
    (inside,) = (folder / "bag").iterdir()
    assert bagit.Bag(str(inside)).is_valid()


def _a_certificate_says_it_in_words(keeper: Reader, post: str, folder: Path) -> None:
    keeper.goto(f"{post.split('?', maxsplit=1)[0].removesuffix('/check')}/certificate")
    keeper.page.get_by_label("Why").fill("For the tribunal.")
    keeper.press("Make the certificate")
    link = keeper.page.locator("main a[download][href$='.pdf']").first
    link.wait_for(timeout=HUB_TIMEOUT)
    keeper.look()
    with keeper.page.expect_download() as download:
        link.click()
    download.value.save_as(folder / "certificate.pdf")
    assert (folder / "certificate.pdf").read_bytes().startswith(b"%PDF-")
