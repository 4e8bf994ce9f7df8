"""How the browser tests judge a page as it is shown: what axe finds, and what is wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# At 1280 pixels and 400% zoom a page is laid out in 320.
NARROWEST = 320

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

# What may differ between a page in the light and in the dark.
RULES_OF_COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# What scrolls by itself may be wider than the page.
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest(".table-wrap, pre"))
    .map(one => one.outerHTML.slice(0, 120))"""


def barriers(page: Page, *, colours_only: bool = False) -> str:
    """What axe finds on the page as it is now, in words; empty where it finds nothing.

    colours_only: of a page that was looked at in other colours before, which takes a third of the time.

    Looked at from its end: a bar that stays in sight lies over whatever has been scrolled to half of its
    height, and axe takes that for a target that is too small."""
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    found = Axe().run(page, options=RULES_OF_COLOURS if colours_only else RULES)
    return f"{page.url}: {found.generate_report()}" if found.violations_count else ""


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the right edge of the screen, as HTML."""
    return page.evaluate(TOO_WIDE)
