"""What the founding content promises: enough of it, all marked as samples, right, and readable."""

import re
from datetime import UTC, datetime

import pytest

from hub.core.markup import headings, plain_text, render
from hub.seeds.reading import CONTENT, read

# Text links may lead only where addresses are meant to last.
LASTING = ("https://www.legislation.gov.uk/",)

founding = read()
TEXTS = {
    f"{item.address} {number}": text
    for item in founding.items
    for number, text in enumerate(
        [item.text, *(post.text for post in item.posts), *(revision.text for revision in item.revisions)]
    )
} | {group.slug: group.welcome for group in founding.groups}


def test_the_two_founding_groups_stand_as_the_product_describes_them():
    records, digital = (
        next(g for g in founding.groups if g.slug == slug)
        for slug in ("records-scotland", "digital-public-services")
    )
    assert (records.name, records.visibility, records.joining) == (
        "Records and information management Scotland",
        "part_open",
        "open",
    )
    assert (digital.name, digital.visibility) == ("Digital in public services", "public")
    assert len(records.topics) == 11
    assert {"retention", "sharepoint", "wikis", "social-media", "freedom-of-information"} < set(
        records.topics
    )


def test_members_come_from_every_sector_and_one_of_them_is_the_administrator():
    assert len({person.sector for person in founding.people}) == 9
    assert [person.handle for person in founding.people if person.administrator] == ["agnes-doig"]
    assert {person.confirmed for person in founding.people} == {"address", "moderator", "said"}


@pytest.mark.parametrize(
    ("group", "questions", "discussions", "guidance"),
    [("records-scotland", 8, 5, 4), ("digital-public-services", 3, 3, 2)],
)
def test_each_group_has_enough_to_look_lived_in(group, questions, discussions, guidance):
    kinds = [item.kind for item in founding.items if item.group == group]
    assert kinds.count("question") >= questions
    assert kinds.count("discussion") >= discussions
    assert kinds.count("guidance") >= guidance


def test_some_questions_are_answered_with_a_reason_and_some_are_waiting():
    accepted = [
        post.accepted for item in founding.of_kind("question") for post in item.posts if post.accepted
    ]
    waiting = [item for item in founding.of_kind("question") if not any(p.accepted for p in item.posts)]
    assert len(accepted) >= 7
    assert all(len(each.reason) > 40 for each in accepted)
    assert len(waiting) >= 4
    assert any(not item.posts for item in waiting)


def test_guidance_shows_every_state_that_a_facilitator_meets():
    pages = founding.of_kind("guidance")
    assert any(page.state == "draft" for page in pages)
    assert any((page.review_in_days or 0) < 0 for page in pages)
    assert any(0 < (page.review_in_days or 0) <= 30 for page in pages)
    (grown,) = [page for page in pages if page.came_from.startswith("questions/")]
    assert len(grown.credits) >= 2
    assert any(page.revisions for page in pages)


def test_what_speaks_of_law_says_where_it_applies_and_of_what_date():
    for item in founding.items:
        written = " ".join([item.text, *(post.text for post in item.posts)])
        if "legislation.gov.uk" in written:
            assert item.applies_to, item.address
        if item.kind == "question" and "legislation.gov.uk" in written:
            assert item.law_date, item.address
    assert {item.applies_to for item in founding.items} >= {"scotland", "england_wales", "uk"}


def test_talk_quotes_mentions_and_uses_tables_lists_and_headings():
    together = "\n".join(TEXTS.values())
    for sign in ("> **@", " @", "\n| ", "\n- ", "\n1. ", "\n## "):
        assert sign in together


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_renders_as_markdown(name):
    html = render(TEXTS[name])
    assert plain_text(html)
    assert "as-typed" not in html
    assert "**" not in plain_text(html)


def test_quotes_lead_to_the_post_that_they_quote():
    reply = next(post.text for item in founding.items for post in item.posts if "wrote in #5" in post.text)
    assert 'href="?post=5#post-5"' in render(reply)


def test_links_lead_only_to_lasting_public_addresses():
    for name, text in TEXTS.items():
        for address in re.findall(r"https?://[^\s)>]+", text):
            assert address.startswith(LASTING), (name, address)
    for item in founding.items:
        assert all(source.url.startswith(LASTING) for source in item.sources)


def test_guidance_that_is_long_has_contents():
    for page in founding.of_kind("guidance"):
        last = page.revisions[-1].text if page.revisions else page.text
        assert len(headings(render(last))) >= 2, page.address


def test_every_file_says_that_it_is_a_sample():
    files = [*CONTENT.glob("*.toml"), *CONTENT.glob("items/*/*/*.md")]
    files.remove(CONTENT / "setup.toml")  # what a real community begins with is its own
    assert len(files) > 30
    for file in files:
        assert "sample = true" in file.read_text(encoding="utf-8"), file.name


def test_moments_are_counted_back_from_the_day_of_installation():
    newest = min(item.when for item in founding.items)
    assert newest.days <= 7
    now = datetime(2031, 1, 3, 0, 5, tzinfo=UTC)
    assert newest.seen_from(now) < now
    joined = founding.people_by_handle["elspeth-rennie"].joined
    assert joined.seen_from(now) == datetime(2029, 12, 19, 10, 15, tzinfo=UTC)
