"""Templates keep to the house: floors, gettext, nothing inline, and components that say what they take."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
COMPONENTS = sorted((ROOT / "components").glob("*.html"))

# Everybody may use what stands at the top, and the components; a folder's own pages besides.
FOR_EVERYBODY = {"base.html", "_me.html", "_where.html"}

# Lower rooms first. A room's page takes nothing from a room above or beside it.
FLOORS = [
    {"accounts", "security"},
    {"groups"},
    {"content", "archive"},
    {"discussions", "questions", "guidance"},
    {"examples"},
    {"subscriptions"},
    {"notices", "digests", "instants", "deliveries", "feeds", "webhooks"}
    | {"search", "moderation", "records", "handover", "gaps"},
    {"inbox"},
    {"front", "gallery"},
]


def floor(room: str) -> int:
    return next((level for level, rooms in enumerate(FLOORS) if room in rooms), -1)


def environment() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n"])


def source(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_uses_only_what_stands_below_it(name):
    room = name.split("/")[0]
    for used in meta.find_referenced_templates(environment().parse(source(name))):
        assert used is not None, f"{name} chooses a template at run time."
        other = used.split("/")[0]
        if used in FOR_EVERYBODY or other in {"components", room}:
            continue
        assert room != "components", f"{name} uses {used}"
        assert floor(other) < floor(room) or room == "email", f"{name} uses {used}, of a room not below it."


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_script_or_style_stands_in_a_page(name):
    text = source(name)
    if name.startswith("email/"):
        return  # mail is styled inline, by a machine, when it is composed
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text), "a request to another host"


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_marked_safe_in_a_template(name):
    assert not re.search(r"\|\s*safe\b", source(name)), "Markup is made where it is known to be safe."


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_says_what_it_takes(path):
    text = path.read_text()
    assert text.startswith("{#-"), "A component begins with how to call it."
    explained = text[: text.index("#}")]
    for macro in re.findall(r"macro ([a-z]\w*)\(", text):
        assert f"{macro}(" in explained, macro


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_stands_in_the_gallery(path):
    assert f'"components/{path.name}"' in source("gallery/index.html")


# What needs no translation: names, units and samples of notation.
NOT_WORDS = re.compile(r"SHA-256|&[a-z]+;|https?:|UTC|[xX]\b|Markdown")


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith("gallery/")])
def test_every_visible_string_goes_through_gettext(name):
    shown = []
    untranslated = re.sub(r"{%-? *trans\b.*?endtrans *-?%}", "", source(name), flags=re.S)
    for _line, kind, value in environment().lex(untranslated):
        if kind == "data":
            shown.append(value)
        elif kind in {"variable_begin", "block_begin"}:
            shown.append("\x00")
    # Tags may hold expressions, so they are taken out of the joined text.
    text = re.sub(r"<!--.*?-->|<[^>]*>", " ", "".join(shown), flags=re.S)
    words = re.findall(r"[A-Za-z]{3,}", NOT_WORDS.sub(" ", text))
    assert not words, f"{name} says {' '.join(words)!r} without gettext."
