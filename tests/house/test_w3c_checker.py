"""Every page, as everybody may see it, is what the W3C's own checker calls HTML; so are styles and pictures.

The checker is a program of its own: `W3C_CHECKER=/path/to/vnu.jar make soak` (docs/house.md).
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.accounts.models import Person
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.security import limiter
from hub.core.settings import Settings
from hub.seeds.founding import found, sign_ins
from tests.client import without_tokens
from tests.conftest import make_app
from tests.factories.people import sign_in

from .every_page import Page, Walk

ROOT = Path(__file__).resolve().parents[2]
CHECKER = os.environ.get("W3C_CHECKER", "")

# What the checker says of what is right.
KNOWN = (
    # A post is named by who wrote it and its number, as in a conversation; headings are for what is in it.
    "Article lacks heading.",
    # Standards that are younger than the checker's list of properties.
    "CSS: “container-type”",
    "CSS: Unrecognized at-rule “@container”",
    "CSS: “vector-effect”",
)

# What a letter needs all the same, since mail programs know no better way.
IN_LETTERS = re.compile(
    r"The “(align|bgcolor|border|cellpadding|cellspacing|width)” attribute on the “(table|td)” element"
)
LETTER = re.compile(r"/admin/mail/\w+/html")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not CHECKER, reason="W3C_CHECKER does not say where the W3C's checker (vnu.jar) lies"),
    pytest.mark.skipif(
        not shutil.which("java"), reason="the W3C's checker needs Java, which is not installed"
    ),
]


@pytest.fixture(scope="module")
def walk(data_folder) -> Walk:
    """The sample hub, walked by a visitor and by one of each role: read, then written to."""
    settings = Settings(data=data_folder / "walked", secret_key="x" * 40, public_url="http://localhost")
    app = make_app(settings)
    limiter.enabled = False
    with app.test_request_context():
        found()
        drain()
        people = {
            one["who"]: db.session.scalars(select(Person).where(Person.email == one["email"])).one()
            for one in sign_ins()
        }
        clients = {"visitor": app.test_client()}
        clients |= {who: sign_in(app.test_client(), someone) for who, someone in people.items()}
    walk = Walk(app)
    for who, client in clients.items():
        walk.read(client, who, [*walk.addresses(), "/nowhere"])
    for filled in (False, True):
        for who, client in clients.items():
            walk.write(client, who, filled=filled)
        with app.app_context():
            drain()
    yield walk
    limiter.enabled = True


def test_nothing_that_was_met_is_faulty(walk, tmp_path):
    pages = dict(enumerate({without_tokens(page.text): page for page in walk.pages}.values()))
    for number, page in pages.items():
        (tmp_path / f"{number}.html").write_text(page.text)
    for ours in [*(ROOT / "hub/static/css").iterdir(), *(ROOT / "hub/static/img").glob("*.svg")]:
        shutil.copy(ours, tmp_path)
    faults = [fault for fault in check(tmp_path) if not is_right(fault, page_of(fault, pages))]
    assert not faults, told(faults, pages)


def is_right(fault: dict[str, Any], page: Page | None) -> bool:
    """Whether the checker finds fault with what is meant so."""
    said = fault["message"]
    is_letter = page is not None and LETTER.fullmatch(page.address) is not None
    return said.startswith(KNOWN) or (is_letter and IN_LETTERS.match(said) is not None)


def page_of(fault: dict[str, Any], pages: dict[int, Page]) -> Page | None:
    """The page that has the fault; None: a style, a picture, or the checker itself."""
    found = re.fullmatch(r"(\d+)\.html", Path(fault.get("url", "")).name)
    return pages.get(int(found[1])) if found else None


def check(folder: Path) -> list[dict[str, Any]]:
    """What the checker says of all files there: errors and warnings."""
    command = [
        "java",
        "-jar",
        CHECKER,
        "--format",
        "json",
        "--stdout",
        "--also-check-css",
        "--also-check-svg",
    ]
    said = subprocess.run([*command, folder], capture_output=True, text=True, timeout=600, check=False)
    return json.loads(said.stdout)["messages"]


def told(faults: list[dict[str, Any]], pages: dict[int, Page]) -> str:
    """Each fault once, with the first page that has it and how many have."""
    lines = []
    for message in dict.fromkeys(fault["message"] for fault in faults):
        same = [fault for fault in faults if fault["message"] == message]
        page, name = page_of(same[0], pages), Path(same[0].get("url", "the checker")).name
        lines.append(f"{message} ({len(same)} times; {page.told if page else name})")
        lines.append(f"    {same[0].get('extract', '')}")
    return "\n".join(lines)
