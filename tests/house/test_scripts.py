"""What each script promises to whoever has scripts: on a page of its own, as small as it can be.

That the hub's own pages have what the scripts look for, the journeys show.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from .conftest import HOST

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "hub" / "static" / "js"

UPLOAD = """<form action="/sent"><input type="file" data-limit="10" data-too-large="Too large.">
<button>Go</button></form>"""
FILES = """<form action="/sent" novalidate><input type="file" multiple name="files" id="files" data-files
data-limit="50" data-too-large="Too large." data-take-away="Take away" data-describe="What it shows"
data-describe-most="500"><button>Go</button></form>"""
DRAFT = '<form action="/sent"><textarea data-draft="reply">{}</textarea><button>Send</button></form>'
TITLE = '<input data-similar="/similar" data-similar-into="similar"><div id="similar"></div>'
PASSAGES = """<fieldset><p data-passage-from>Closed until <b>Thursday</b> noon.</p>
<textarea data-passages="Mark it"></textarea></fieldset><p id="outside">Other words</p>"""
COVER = """<form><div data-cover data-place="Place %(number)s" data-add="Add a place" data-remove="Remove"
data-hint="Draw" style="position: relative; width: 200px; height: 100px"></div>
<table class="cover-boxes"><thead><tr><th>Place</th></tr></thead><tbody><tr><th>1</th>
<td><input name="left"><input name="top"><input name="width"><input name="height"></td></tr></tbody></table>
</form>
<style>.cover-box { position: absolute }</style>"""
MENU = """<div class="me"><details><summary>Ailsa</summary><a href="#">Settings</a></details></div>
<p>Elsewhere</p>"""
SELECT = "id => document.getSelection().selectAllChildren(document.querySelector(id))"


@pytest.fixture
def with_script(chromium: Browser):
    """with_script("draft", "<form>...", more={"/path": "answer"}): a page that has the script. What it sends
    is noted in `page.asked`."""
    context = chromium.new_context()
    context.set_default_timeout(5000)

    def show(script: str, body: str, more: dict[str, str] | None = None, on: Page | None = None) -> Page:
        page = on or context.new_page()
        page.asked = []
        answers = {
            "/page": f"<!doctype html><title>A</title>{body}"
            f'<script type="module" src="/{script}.js"></script>',
            f"/{script}.js": (SCRIPTS / f"{script}.js").read_text(),
            **(more or {}),
        }

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(HOST)
            page.asked.append(path)
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            route.fulfill(body=answers.get(path.partition("?")[0], "sent"), content_type=kind)

        page.unroute_all()
        page.route("**/*", answer)
        page.goto(f"{HOST}/page")
        return page

    yield show
    context.close()


def test_every_script_is_tried_here():
    tried = set(re.findall(r'with_script\("(\w+)"', Path(__file__).read_text()))
    assert {script.stem for script in SCRIPTS.glob("*.js")} <= tried


def test_a_menu_closes_when_one_goes_elsewhere_and_escape_leads_back_to_it(with_script):
    page = with_script("page", MENU)
    menu = page.locator("details")
    page.click("summary")
    page.click("p")
    assert menu.get_attribute("open") is None
    page.click("summary")
    page.get_by_role("link").focus()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_what_was_typed_is_there_again_after_the_page_was_lost(with_script: Callable[..., Page]):
    page = with_script("draft", DRAFT.format(""))
    page.fill("textarea", "A long answer")
    page.wait_for_function("localStorage.length === 1")
    page.reload()
    assert page.input_value("textarea") == "A long answer"
    page = with_script("draft", DRAFT.format("What the server gave back"), on=page)
    assert page.input_value("textarea") == "What the server gave back"


def test_what_was_sent_is_no_longer_kept(with_script):
    page = with_script("draft", DRAFT.format(""))
    page.fill("textarea", "A long answer")
    page.wait_for_function("localStorage.length === 1")
    page.click("button")
    page.wait_for_url("**/sent*")
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_is_forgotten_after_a_month(with_script):
    page = with_script("draft", DRAFT.format(""))
    old = "{text: 'Old', at: Date.now() - 31 * 86400000}"
    page.evaluate(f"localStorage.setItem('draft:/page:reply', JSON.stringify({old}))")
    page.reload()
    assert page.input_value("textarea") == ""


def test_similar_questions_appear_while_a_title_is_typed(with_script):
    page = with_script("similar", TITLE, {"/similar": "<a href='/q'>Asked before</a>"})
    page.fill("input", "Short")
    page.fill("input", "How long do we keep posts?")
    page.get_by_role("link", name="Asked before").wait_for()
    asked = [path for path in page.asked if path.startswith("/similar?")]
    assert asked == ["/similar?q=How+long+do+we+keep+posts%3F"]
    page.fill("input", "How")
    page.get_by_role("link", name="Asked before").wait_for(state="detached")


def test_a_file_that_is_too_large_is_not_sent(with_script):
    page = with_script("upload", UPLOAD)
    page.set_input_files("input", {"name": "x.zip", "mimeType": "application/zip", "buffer": b"x" * 11})
    assert page.evaluate("document.querySelector('input').validationMessage") == "Too large."
    page.click("button")
    assert "/sent" not in str(page.asked)
    page.set_input_files("input", {"name": "x.zip", "mimeType": "application/zip", "buffer": b"x" * 10})
    page.click("button")
    page.wait_for_url("**/sent*")


def test_what_is_selected_in_a_post_is_marked_once_and_nothing_else_is(with_script):
    page = with_script("passages", PASSAGES)
    mark = page.get_by_role("button", name="Mark it")
    page.evaluate(SELECT, "#outside")
    assert mark.is_disabled()
    page.evaluate(SELECT, "[data-passage-from]")
    for _time in range(2):
        mark.click()
    assert page.input_value("textarea") == "Closed until Thursday noon."
    page.evaluate(SELECT, "b")
    page.wait_for_timeout(50)
    mark.click()
    assert page.input_value("textarea") == "Closed until Thursday noon.\nThursday"


def test_a_running_job_is_looked_at_until_it_has_ended(with_script):
    running = '<div id="progress" data-refresh="/job">10 of 20</div>'
    page = with_script("progress", running, {"/job": running.replace("10 of", "15 of")})
    page.get_by_text("15 of 20").wait_for()
    ended = {"/job": '<div id="progress">All read</div>'}
    page = with_script("progress", running, ended, on=page)
    with page.expect_navigation():  # the page as it is in the end
        page.wait_for_timeout(2500)


def test_places_are_drawn_over_a_picture_by_mouse_and_by_keyboard(with_script):
    page = with_script("cover", COVER)
    stage = page.locator("[data-cover]").bounding_box()
    page.mouse.move(stage["x"] + 20, stage["y"] + 10)
    page.mouse.down()
    page.mouse.move(stage["x"] + 120, stage["y"] + 60)
    page.mouse.up()
    assert numbers(page) == [[10, 10, 50, 50]]
    page.get_by_role("button", name="Add a place").click()
    assert len(numbers(page)) == 2
    second = page.get_by_role("button", name="Place 2")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft"):
        second.press(key)
    assert numbers(page)[1] == [41, 41, 19, 20]
    second.press("Delete")
    assert page.locator(".cover-box").count() == 1


def test_a_place_is_dragged_elsewhere_and_removed_without_a_keyboard(with_script):
    page = with_script("cover", COVER)
    stage = page.locator("[data-cover]").bounding_box()
    drag(page, stage, (20, 10), (60, 50))
    drag(page, stage, (40, 30), (90, 40))
    assert numbers(page) == [[35, 20, 20, 40]]
    drag(page, stage, (90, 40), (250, 150))  # as far as the picture goes
    assert numbers(page) == [[80, 60, 20, 40]]
    drag(page, stage, (10, 10), (30, 30))
    page.get_by_role("button", name="Remove").first.click()
    assert numbers(page) == [[0, 0, 0, 0], [5, 10, 10, 20]]
    assert page.locator(".cover-box").count() == 1


def test_two_fingers_that_enlarge_the_picture_draw_nothing(with_script):
    page = with_script("cover", COVER)
    stage = page.locator("[data-cover]").bounding_box()
    page.mouse.move(stage["x"] + 20, stage["y"] + 10)
    page.mouse.down()
    page.mouse.move(stage["x"] + 60, stage["y"] + 40)
    page.locator("[data-cover]").dispatch_event("pointercancel")
    assert page.locator(".cover-box").count() == 0
    assert numbers(page) == [[0, 0, 0, 0]]


def drag(page: Page, stage: dict, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(stage["x"] + start[0], stage["y"] + start[1])
    page.mouse.down()
    page.mouse.move(stage["x"] + end[0], stage["y"] + end[1])
    page.mouse.up()


def test_a_place_never_reaches_beyond_the_picture(with_script):
    page = with_script("cover", COVER)
    for side, number in (("left", 99), ("top", 0), ("width", 1), ("height", 5)):
        page.fill(f"[name={side}]", str(number))
    page.get_by_role("button", name="Place 1").press("Shift+ArrowRight")
    page.get_by_role("button", name="Place 1").press("ArrowUp")
    assert numbers(page) == [[99, 0, 1, 5]]


def numbers(page: Page) -> list[list[float]]:
    read = "row => [...row.querySelectorAll('input')].map(input => Number(input.value))"
    return page.evaluate(f"[...document.querySelectorAll('.cover-boxes tbody tr')].map({read})")


def _chosen(name: str, size: int = 9) -> dict[str, object]:
    kind = "image/png" if name.endswith(".png") else "application/pdf"
    return {"name": name, "mimeType": kind, "buffer": bytes(size)}


def test_chosen_files_are_listed_described_and_taken_away_before_they_are_sent(with_script):
    page = with_script("files", FILES)
    held = "[...document.querySelector('#files').files].map(file => file.name)"
    page.set_input_files("#files", [_chosen("minutes.pdf"), _chosen("map.png")])
    page.set_input_files("#files", [_chosen("plan.pdf")])
    assert page.evaluate(held) == ["minutes.pdf", "map.png", "plan.pdf"], "what is chosen next is added"
    page.get_by_label("What it shows").fill("Where it is")
    page.get_by_role("button", name="Take away minutes.pdf").press("Enter")
    assert page.evaluate(held) == ["map.png", "plan.pdf"]
    assert page.get_by_label("What it shows").input_value() == "Where it is"
    said = "new FormData(document.querySelector('form')).getAll('describe_new')"
    assert page.evaluate(said) == ["Where it is", ""], "one for each file, in their order"


def test_a_file_that_is_too_large_does_not_travel(with_script):
    page = with_script("files", FILES)
    page.set_input_files("#files", [_chosen("large.pdf", 60), _chosen("small.pdf")])
    assert page.get_by_text("Too large.").is_visible()
    page.get_by_role("button", name="Go").click()
    assert page.locator(":focus").inner_text() == "Take away large.pdf" and page.url.endswith("/page")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go").click()
    page.wait_for_url("**/sent*")
