"""Paper and ink can be read: text at 7:1, whatever else speaks at 4.5:1, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "hub" / "static" / "css" / "tokens.css"

PAPERS = ("paper", "sheet", "shade")
TEXT_ON_PAPER = [
    (ink, paper)
    for ink in ("ink", "ink-soft", "accent", "accent-strong", "verified", "due", "overdue")
    for paper in PAPERS
]
TEXT_ON_WASH = [
    (ink, wash)
    for wash in ("verified-wash", "due-wash", "overdue-wash")
    for ink in ("ink", "ink-soft", "accent", wash.removesuffix("-wash"))
]
OTHER_TEXT = [("on-accent", "accent"), ("on-accent", "accent-strong"), ("ink", "found")]


def themes() -> dict[str, dict[str, str]]:
    """The colours of light, of dark by preference and of dark by choice, as written in the theme."""
    css = TOKENS.read_text()
    blocks = {
        "light": re.search(r":root \{(.*?)\n\}", css, re.S),
        "preferred": re.search(r'not\(\[data-theme="light"\]\) \{(.*?)\n  \}', css, re.S),
        "chosen": re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', css, re.S),
    }
    return {
        name: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block.group(1)))
        for name, block in blocks.items()
        if block
    }


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, of '#rrggbb'."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_agrees_with_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_is_the_same_whether_chosen_or_preferred():
    assert themes()["preferred"] == themes()["chosen"]
    assert themes()["light"].keys() == themes()["chosen"].keys()


@pytest.mark.parametrize("theme", ["light", "chosen"])
@pytest.mark.parametrize(("ink", "paper"), TEXT_ON_PAPER + TEXT_ON_WASH + OTHER_TEXT)
def test_text_can_be_read(theme, ink, paper):
    colours = themes()[theme]
    assert contrast(colours[ink], colours[paper]) >= 7


@pytest.mark.parametrize("theme", ["light", "chosen"])
@pytest.mark.parametrize("paper", PAPERS)
def test_edges_of_what_one_uses_can_be_seen(theme, paper):
    colours = themes()[theme]
    assert contrast(colours["edge"], colours[paper]) >= 4.5


def test_colours_are_set_in_one_place():
    for sheet in TOKENS.parent.glob("*.css"):
        # Mail has its style written into every element; paper has its own colours, on screens too.
        if sheet.name not in {"tokens.css", "print.css", "paper.css", "mail.css"}:
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", sheet.read_text()), sheet.name


def test_boxes_and_rounds_that_one_ticks_have_an_edge_that_can_be_seen():
    """WCAG 1.4.11; the edge's own contrast is measured above. No page goes back to the toolkit's."""
    rule = 'input[type="checkbox"], input[type="radio"] { appearance: none;'
    css = (TOKENS.parent / "components.css").read_text()
    assert re.search(re.escape(rule) + r"[^}]*border: 2px solid var\(--edge\)", css)
    templates = TOKENS.parents[3] / "templates"
    assert [page for page in templates.rglob("*.html") if "form-check" in page.read_text()] == []
