"""What narrows a search, in a browser: folded where there is no room, beside the results where there is."""

import pytest

from tests.looking import barriers, too_wide


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_it_is_folded_above_the_results_and_unfolds_without_scripts(
    site,
    client,
    browse,
    scripts,
):
    page = browse(client, "/search?q=keep", width=360, scripts=scripts)
    choice, result = page.locator(".narrow a").first, page.locator(".found .row-item").first
    assert not choice.is_visible()
    assert result.bounding_box()["y"] < 900, "the first result is on the first screen"
    page.locator(".narrow > summary").click()
    assert choice.is_visible()
    assert choice.bounding_box()["y"] < result.bounding_box()["y"]


def test_where_there_is_room_it_stands_beside_the_results_unfolded(site, client, browse):
    page = browse(client, "/search?q=keep", width=1280, scripts=False)
    choice, result = page.locator(".narrow a").first, page.locator(".found .row-item").first
    assert choice.is_visible() and not page.locator(".narrow > summary").is_visible()
    box = result.bounding_box()
    assert choice.bounding_box()["x"] > box["x"] + box["width"]


def test_the_chosen_is_seen_to_be_chosen(site, client, browse):
    page = browse(client, "/search?q=keep&kind=question", width=1280)
    chosen, other = page.locator(".narrow a[aria-current]").first, page.locator(".narrow a").first
    assert chosen.inner_text() == "Questions"
    looks = "one => [getComputedStyle(one).fontWeight, getComputedStyle(one).borderLeftWidth]"
    assert chosen.evaluate(looks) == ["700", "3px"] and other.evaluate(looks) == ["400", "0px"]


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_too_wide(site, client, browse, width):
    page = browse(client, "/search?q=keep&kind=question", width=width)
    assert barriers(page) == ""
    assert too_wide(page) == []
