"""A mistake in the founding content is named, with its file, before anything is written."""

import shutil

import pytest

from hub.seeds.reading import CONTENT, blocks, read, read_item
from hub.seeds.shapes import Ago, ContentError

QUESTION = "items/records-scotland/questions/label-or-policy.md"
GUIDANCE = "items/records-scotland/guidance/keeping-a-channel.md"
QUOTES = "items/records-scotland/discussions/teams-chats.md"


@pytest.fixture
def content(tmp_path):
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path / "content"


def spoil(content, name, right, wrong):
    path = content / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "right", "wrong", "says"),
    [
        (QUESTION, 'by = "hamish-gunn"', 'by = "nobody-here"', "'nobody-here' is not a known member"),
        (QUESTION, '"sharepoint", "retention"', '"accessibility"', "not a known topic of the group"),
        (QUESTION, 'applies_to = "uk"', 'applies_to = "atlantis"', "not a known country"),
        (
            QUESTION,
            'when = "33 days ago, 10:10"',
            'when = "33 days ago, 25:10"',
            "not a time on an earlier day",
        ),
        (QUESTION, 'when = "33 days ago, 10:10"', 'when = "last week"', 'not a moment like "12 days ago'),
        (
            QUESTION,
            'when = "33 days ago, 10:10"',
            'when = "90 days ago, 10:10"',
            "hamish-gunn had not joined yet",
        ),
        (
            QUESTION,
            'when = "33 days ago, 12:35"',
            'when = "34 days ago, 12:35"',
            "not later than what it answers",
        ),
        (
            QUESTION,
            'when = "29 days ago, 16:00"',
            'when = "33 days ago, 16:00"',
            "accepted before it was written",
        ),
        (QUESTION, 'under = "priya"', 'under = "prya"', "there is no answer prya"),
        (QUESTION, "title = ", "titel = ", "does not know titel"),
        (QUESTION, "sample = true", "sample = false", "not marked as a sample"),
        (QUESTION, 'kind = "answer"', 'kind = "reply"', "not a known kind of post here"),
        (QUESTION, '["priya-nair", "hamish-gunn"]', '["dominic-hale"]', "votes for their own post"),
        (QUOTES, "wrote in #4", "wrote in #3", "who did not write it"),
        (GUIDANCE, 'post = "flood-2023"', 'post = "flood-1845"', "'flood-1845' is not a known archived post"),
        (GUIDANCE, 'reviewer = "farid-anwar"', 'reviewer = "priya-nair"', "not a known facilitator"),
        (
            GUIDANCE,
            'reviewer = "farid-anwar"',
            'reviewer = "elspeth-rennie"',
            "nobody reviews their own page",
        ),
        (GUIDANCE, "review_in_days = 24", "", "published guidance needs"),
        (
            "people.toml",
            'handle = "beth-okafor"',
            'handle = "owen-parry"',
            "handle owen-parry is given twice",
        ),
        ("people.toml", 'sector = "politics"', 'sector = "politic"', "not a known sector"),
        ("people.toml", "@threedales.example.org", "@police.uk", "could belong to somebody"),
        ("people.toml", "@threedales.example.org", "@dales.example.org", "does not confirm the organisation"),
        ("groups.toml", '"elspeth-rennie", "farid-anwar"]', '"elspeth-rennie"]', "1 facilitators"),
        ("collections.toml", '"export-2024-12"', '"export-1999-12"', "not a known file of the channel"),
        ("topics.toml", 'slug = "retention"', 'slug = "retenton"', "'retention' is not a known topic"),
        ("topics.toml", 'name = "Websites"', "name = 7", "should be text"),
        ("topics.toml", "[[topics]]", "[[topics", "topics.toml"),
    ],
)
def test_a_mistake_is_named(content, name, right, wrong, says):
    spoil(content, name, right, wrong)
    with pytest.raises(ContentError, match=says.replace("[", r"\[")):
        read(content)


def test_all_mistakes_are_named_at_once(content):
    spoil(content, QUESTION, 'applies_to = "uk"', 'applies_to = "atlantis"')
    spoil(content, "people.toml", 'sector = "politics"', 'sector = "politic"')
    with pytest.raises(ContentError) as told:
        read(content)
    assert "atlantis" in str(told.value)
    assert "politic" in str(told.value)


@pytest.mark.parametrize("text", ["No table at all", "+++\nsample = true\n", "Before\n+++\n+++\nAfter"])
def test_a_file_whose_blocks_do_not_pair_is_refused(text):
    with pytest.raises(ContentError, match="do not come in pairs"):
        blocks(text, "a file")


def test_a_revision_needs_both_its_description_and_its_text():
    text = '+++\nsample = true\ntitle = "T"\nby = "a"\nwhen = "2 days ago, 10:00"\n+++\nText\n'
    with pytest.raises(ContentError, match="0 revisions are described and 1 written"):
        read_item(text + '+++\nkind = "revision"\n+++\nMore\n', "g", "guidance", "name")


def test_today_is_refused_because_it_may_lie_ahead():
    with pytest.raises(ValueError, match="earlier day"):
        Ago.parse("0 days ago, 09:00")
