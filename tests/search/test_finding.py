"""What the search box understands, whichever engine stands behind it."""

import pytest

from hub.core.search import OPEN, CannotSearch

from .conftest import Shelf, document


def test_every_word_must_be_there(shelf: Shelf) -> None:
    shelf.put(document(1, "We keep tweets for seven years."), document(2, "We keep letters for seven years."))
    assert shelf.find("tweets seven") == ["1"]
    assert shelf.find("tweets letters") == []


def test_some_of_the_words_will_do_when_asked_for(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets and letters"), document(3, "telegrams"))
    assert shelf.find("tweets letters", any_word=True) == ["2", "1"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Our policies", "policy"),
        ("She archived the posts", "archiving post"),
        ("How we organise records", "organize record"),
        ("The organization of records", "organisations"),
        ("Freedom of information", "FREEDOM INFORMATION"),
        ("The café in Lerwick", "cafe"),
        ("A cafe in Lerwick", "CAFÉ"),
        ("Comhairle nan Eilean Siar, Steòrnabhagh", "steornabhagh"),
        ("naïve", "nai\u0308ve"),
        ("The council’s answer", "councils"),
        ("The council's answer", "council"),
        ("We don’t know", "don't"),
        ("Section 60 of FOI(S)A says", "FOI(S)A"),
        ("Section 60 of FOI(S)A says", "FOISA"),
        ("Section 60 of FOISA says", "FOI(S)A"),
        ("Section 60 of FOI(S)A says", "foi"),
        ("Schedule 14.005.026 covers it", "14.005.026"),
        ("Schedule 14.005.026 covers it", "14005026"),
        ("as @nls_archives wrote", "@nls_archives"),
        ("as @nls_archives wrote", "archives"),
        ("tagged #FOIFriday", "#foifriday"),
        ("tagged #FOIFriday", "foifriday"),
        ("send an e-mail", "email"),
        ("send an email", "e-mail"),
        ("see https://www.gov.scot/publications/records/", "gov.scot"),
        ("kept at 10,000 items", "10,000"),
        ("東京都の記録", "記録"),
        ("S/he decides", "s/he"),
    ],
)
def test_a_word_is_found_however_it_is_written(shelf: Shelf, written: str, asked: str) -> None:
    shelf.put(document(1, written), document(2, "Something quite different."))
    assert shelf.find(asked) == ["1"]


def test_a_handle_is_not_found_by_the_bare_word_with_the_sign(shelf: Shelf) -> None:
    shelf.put(document(1, "written by @scotgov"), document(2, "the scotgov channel"))
    assert shelf.find("@scotgov") == ["1"]
    assert sorted(shelf.find("scotgov")) == ["1", "2"]


def test_words_in_quotes_stand_together(shelf: Shelf) -> None:
    shelf.put(
        document(1, "The records management plan."),
        document(2, "The management of records."),
        document(3, "Freedom of information, and the freedom to ask for information."),
    )
    assert shelf.find('"records management"') == ["1"]
    assert shelf.find("“records management”") == ["1"]
    assert sorted(shelf.find("records management")) == ["1", "2"]
    assert shelf.find('"freedom of information"') == ["3"]


def test_a_phrase_never_runs_from_the_title_into_the_text(shelf: Shelf) -> None:
    shelf.put(document(1, "plans fail", title="Five year"))
    assert shelf.find('"year plans"') == []
    assert shelf.find("year plans") == ["1"]


def test_a_phrase_goes_on_past_a_compound(shelf: Shelf) -> None:
    shelf.put(document(1, "an FOI(S)A request from the press"))
    assert shelf.find('"FOISA request"') == ["1"]
    assert shelf.find('"an FOI(S)A request"') == ["1"]


def test_minus_leaves_out(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets of councils"), document(2, "tweets of ministers in person"))
    assert shelf.find("tweets -ministers") == ["1"]
    assert shelf.find('tweets -"in person"') == ["1"]
    assert shelf.find("tweets -council") == ["2"]


def test_a_hyphen_inside_a_word_is_no_minus(shelf: Shelf) -> None:
    shelf.put(document(1, "re-use of public sector information"))
    assert shelf.find("re-use") == ["1"]


@pytest.mark.parametrize("typed", ["reten*", "retenti*", "retention*", "ret*"])
def test_a_star_finds_what_begins_so(shelf: Shelf, typed: str) -> None:
    shelf.put(document(1, "retention schedules"), document(2, "disposal schedules"))
    assert shelf.find(typed) == ["1"]


@pytest.mark.parametrize("typed", ["sched", "schedule", "disposal sch", "informa", "organizati", "@nls_a"])
def test_the_last_word_may_be_unfinished_while_typing(shelf: Shelf, typed: str) -> None:
    shelf.put(document(1, "A schedule for the disposal of information by organisations, says @nls_archives"))
    assert shelf.find(typed, as_you_type=True) == ["1"]


def test_while_typing_a_finished_word_is_not_taken_for_a_beginning(shelf: Shelf) -> None:
    shelf.put(document(1, "schedules"))
    assert shelf.find("sched ", as_you_type=True) == []


def test_names_find_what_people_wrote(shelf: Shelf) -> None:
    shelf.put(document(1, "An answer", people="Morag Ní Bhriain @morag"), document(2, "Another answer"))
    assert shelf.find("morag bhriain") == ["1"]
    assert shelf.find("@morag") == ["1"]


def test_a_reply_is_not_found_by_its_questions_title(shelf: Shelf) -> None:
    shelf.put(document(1, "We do.", title="Who keeps tweets?", own_title=False))
    assert shelf.find("tweets") == []
    assert shelf.search("do").hits[0].title == "Who keeps tweets?"


def test_filters_narrow(shelf: Shelf) -> None:
    shelf.put(
        document(1, "records", kind="guidance", topics=frozenset({"foi", "wikis"}), applies_to="scotland"),
        document(2, "records", topics=frozenset({"foi"}), applies_to="uk", group="7"),
        document(3, "records", kind="discussion"),
    )
    assert sorted(shelf.find("records", kinds=frozenset({"question", "guidance"}))) == ["1", "2"]
    assert shelf.find("records", topics=frozenset({"wikis"})) == ["1"]
    assert sorted(shelf.find("records", topics=frozenset({"wikis", "foi"}))) == ["1", "2"]
    assert shelf.find("records", applies_to=frozenset({"uk"})) == ["2"]
    assert shelf.find("records", groups=frozenset({"7"})) == ["2"]
    assert shelf.find("records", kinds=frozenset({"guidance"}), applies_to=frozenset({"uk"})) == []
    assert sorted(shelf.find("records", leave_out=frozenset({"item:2"}))) == ["1", "3"]


def test_only_an_audience_finds_what_is_closed(shelf: Shelf) -> None:
    shelf.put(
        document(1, "records"),
        document(2, "records", audiences=frozenset({"group:1"})),
        document(3, "records", audiences=frozenset({"group:2", "collection:9"})),
        document(4, "records", audiences=frozenset()),
    )
    assert shelf.find("records") == ["1"]
    assert sorted(shelf.find("records", audiences=frozenset({OPEN, "group:1"}))) == ["1", "2"]
    assert sorted(shelf.find("records", audiences=frozenset({"collection:9"}))) == ["3"]
    assert shelf.find("records", audiences=frozenset()) == []


def test_what_was_replaced_or_removed_is_not_found(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets"))
    shelf.put(document(1, "letters"))
    shelf.engine.remove(["post:2", "post:99"])
    assert shelf.find("tweets") == []
    assert shelf.find("letters") == ["1"]


def test_what_becomes_closed_leaves_and_what_becomes_open_is_found(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets", audiences=frozenset({"group:1"})))
    shelf.put(document(1, "tweets", audiences=frozenset({"group:1"})), document(2, "tweets"))
    assert shelf.find("tweets") == ["2"]
    assert sorted(shelf.find("tweets", audiences=frozenset({OPEN, "group:1"}))) == ["1", "2"]


def test_nothing_is_trusted_that_the_database_does_not_confirm(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets"), document(2, "tweets"), document(3, "tweets"))
    shelf.hidden.add("post:2")
    del shelf.now["post:3"]
    assert shelf.find("tweets") == ["1"]


def test_the_excerpt_is_of_the_text_as_it_is_now(shelf: Shelf) -> None:
    shelf.put(document(1, "Tweets by Jean Brodie of 14 Leith Walk"))
    shelf.now["post:1"] = document(1, "Tweets by a private person")
    assert shelf.search("brodie").hits[0].excerpt == "Tweets by a private person"


def test_an_empty_index_finds_nothing(shelf: Shelf) -> None:
    assert shelf.find("tweets") == []
    assert list(shelf.engine.keys()) == []


def test_it_says_what_it_looked_for(shelf: Shelf) -> None:
    results = shelf.search('the FOI(S)A "press  office" -tweets reten*')
    assert results.words == ("FOI(S)A", '"press office"', "reten*")
    assert results.without == ("tweets",)
    assert results.left_out == ("the",)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "nothing"),
        (" \t ", "nothing"),
        ("!?", "nothing"),
        ("🙂", "nothing"),
        ("of the", "only_common"),
        ("-tweets", "only_without"),
    ],
)
def test_a_query_without_a_word_to_look_for_says_so(shelf: Shelf, typed: str, reason: str) -> None:
    with pytest.raises(CannotSearch) as refusal:
        shelf.find(typed)
    assert refusal.value.reason == reason
