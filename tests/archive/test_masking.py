"""Private people are not shown by name."""

from datetime import UTC, datetime

import pytest

from hub.archive.masked_text import Mask, Public, private_names
from hub.archive.masking import A_SECOND, is_masked, name_at
from hub.archive.models import (
    AGREED,
    CHILD,
    MEMBER,
    OFFICE_HOLDER,
    ORGANISATION,
    PRIVATE,
    AccountName,
    SocialAccount,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@jane_doe thank you", "@[private person] thank you"),
        ("Thanks @Strathcarron and @jane", "Thanks @Strathcarron and @[private person]"),
        ("@STRATHCARRON", "@STRATHCARRON"),
        ("(@jane) .@jane", "(@[private person]) .@[private person]"),
        ("Agreed.@jane says so, ＠jane", "Agreed.@[private person] says so, @[private person]"),
        ("write to foi@strathcarron.example", "write to foi@strathcarron.example"),
        ("@jane@mastodon.example hello", "@[private person] hello"),
        ("@jane.", "@[private person]."),
        ("a lone @ and @@", "a lone @ and @@"),
        ("@Ørsted", "@[private person]"),
    ],
)
def test_handles_of_private_people_are_left_out_of_the_text(app, text, shown):
    assert str(Mask(Public(handles=frozenset({"strathcarron"})))(text)) == shown


def test_who_is_masked():
    assert is_masked(SocialAccount(kind=PRIVATE))
    assert is_masked(None)
    for kind in (ORGANISATION, OFFICE_HOLDER, MEMBER, AGREED):
        assert not is_masked(SocialAccount(kind=kind))
        assert is_masked(SocialAccount(kind=kind, protected=CHILD))


def test_a_name_is_the_one_of_the_time():
    def named(day: int, name: str) -> AccountName:
        return AccountName(name=name, seen_from=datetime(2024, 3, day, tzinfo=UTC))

    names = [named(1, "Old"), named(10, "New")]
    assert name_at(names, datetime(2024, 3, 5, tzinfo=UTC)).name == "Old"
    assert name_at(names, datetime(2024, 3, 10, tzinfo=UTC)).name == "New"
    assert name_at(names, None).name == "New"
    assert name_at(names, datetime(2020, 1, 1, tzinfo=UTC)).name == "Old"  # the nearest that is known
    assert name_at([], None) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://twitter.com/jane/status/1", "see @[private person]"),
        ("see https://x.com/i/web/status/1", "see @[private person]"),
        ("see https://x.com/strathcarron/status/1", "see https://x.com/strathcarron/status/1"),
        ("see https://t.co/abc", "see https://t.co/abc"),
        ("see https://www.facebook.com/jane", "see @[private person]"),
        ("see https://bsky.app/profile/jane.example/post/1", "see @[private person]"),
        ("see https://youtube.com/watch?v=1", "see https://youtube.com/watch?v=1"),
        ("see https://youtube.com/@jane", "see @[private person]"),
        ("see https://m.reddit.com/user/jane", "see @[private person]"),
        ("see https://mastodon.example/@jane/1", "see @[private person]"),
        ("see https://strathcarron.example/roads", "see https://strathcarron.example/roads"),
        ("I am instagram.com/jane_doe, you?", "I am @[private person], you?"),
        ("www.Facebook.com/jane.doe", "@[private person]"),
        ("(m.facebook.com/jane/posts/1)", "(@[private person])"),
        ("uk.linkedin.com/in/jane-doe", "@[private person]"),
        ("https://uk.linkedin.com/in/jane-doe", "@[private person]"),
        ("Https://x.com/jane", "@[private person]"),
        ("instagram.com/jane?u=https://a.example", "@[private person]"),
        ("facebook.com/strathcarron", "facebook.com/strathcarron"),
        ("Ours is https://x.com/strathcarron.", "Ours is https://x.com/strathcarron."),
        ("(https://x.com/strathcarron)", "(https://x.com/strathcarron)"),
        ("It is https://x.com/jane!", "It is @[private person]!"),
        ("not-x.com/jane and phoenix.com/jane", "not-x.com/jane and phoenix.com/jane"),
        ("https://strathcarron.example/go?to=x.com/jane", "https://strathcarron.example/go?to=x.com/jane"),
        ("see http://[broken", "see @[private person]"),
    ],
)
def test_addresses_that_lead_to_private_people_are_left_out_of_the_text(app, text, shown):
    assert str(Mask(Public(handles=frozenset({"strathcarron"})))(text)) == shown


def test_a_handle_with_its_server_is_that_one_and_no_other(app):
    mask = Mask(Public(handles=frozenset({"council@social.example", "strathcarron"})))
    assert str(mask("Ask @council@social.example")) == "Ask @council@social.example"
    for other in ("@strathcarron@social.example", "@council@elsewhere.example"):
        assert str(mask(f"Ask {other}")) == "Ask @[private person]"


def test_a_change_of_handle_does_not_lose_the_name(app):
    new, old = datetime(2024, 6, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC)
    names = [
        AccountName(name="Strathtay Council", handle="new", seen_from=new, seen_to=new),
        AccountName(name="", handle="old", seen_from=old, seen_to=old),
    ]
    named = name_at(names, datetime(2021, 1, 1, tzinfo=UTC))
    assert (named.name, named.handle) == ("Strathtay Council", "old")


PUBLIC = Public(handles={"strathtay"}, ids={"5"}, names={"strathtay council"})


@pytest.mark.parametrize(
    ("mentions", "names"),
    [
        ([["jane_doe", "1", "Jane Doe"]], ("jane_doe", "Jane Doe")),
        ([["", None, "Jane Doe"]], ("Jane Doe",)),  # as on Facebook: by name alone
        ([["Strathtay", None, None], ["", "5", "The Council"], ["", None, "Strathtay Council"]], ()),
        ([["", "6", "Strathtay Council"]], ("Strathtay Council",)),  # somebody else who is called so
    ],
)
def test_whom_a_version_mentions_is_private_unless_known_to_be_public(mentions, names):
    assert private_names(mentions, PUBLIC) == names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thanks to Jane Doe and JANE  DOE.", "Thanks to [private person] and [private person]."),
        ("Janet Doeman walked", "Janet Doeman walked"),
        ("Jane\nDoe", "[private person]"),
        ("call 0131 496 0999 or jane@example.org", "call [contact left out] or [contact left out]"),
        ("on 12 January 2024 at 08:03", "on 12 January 2024 at 08:03"),
    ],
)
def test_names_and_contacts_are_left_out_wherever_they_stand(app, text, shown):
    assert str(Mask(PUBLIC, ("Jane Doe",), contacts=True)(text)) == shown


def test_a_passage_keeps_its_place_through_masking(app):
    original = "@jane_doe asked. Jane Doe is right: the road is shut."
    masked = Mask(PUBLIC, ("Jane Doe",))(original)
    assert str(masked) == "@[private person] asked. [private person] is right: the road is shut."
    place = masked.place("is right:  the road")
    assert original[slice(*place)] == "is right: the road"
    assert masked.marked([place]) == [
        ("@[private person] asked. [private person] ", False),
        ("is right: the road", True),
        (" is shut.", False),
    ]
    # What is masked further by now is marked as a whole, and nothing of it is told.
    name = Mask(PUBLIC)(original).place("Jane Doe is")
    assert ("[private person] is", True) in masked.marked([name])
    assert masked.place("the river") is None
    assert masked.place("  ") is None
    assert original[slice(*masked.place("[private person] is right"))] == "Jane Doe is right"


def _met(handle: str, since: int, until: int | None = None) -> AccountName:
    """A handle met in March 2024, from one day to another."""
    days = [datetime(2024, 3, day, tzinfo=UTC) for day in (since, until or since)]
    return AccountName(handle=handle, name="", seen_from=days[0], seen_to=days[1])


@pytest.mark.parametrize(
    ("names", "day", "handle", "later"),
    [
        ([("old", 1), ("new", 20)], 10, "old", "new"),  # between: nobody knows
        ([("old", 1, 12), ("new", 20)], 10, "old", ""),  # it was met later under the same one
        ([("old", 1), ("old", 12), ("new", 20)], 10, "old", ""),
        ([("old", 1), ("new", 20)], 20, "new", ""),
        ([("old", 1), ("OLD", 20)], 10, "old", ""),
        ([("old", 1)], 10, "old", ""),
    ],
)
def test_between_two_handles_both_are_told_for_nobody_knows_when_it_changed(names, day, handle, later):
    named = name_at([_met(*one) for one in names], datetime(2024, 3, day, tzinfo=UTC))
    assert (named.handle, named.later) == (handle, later)


@pytest.mark.parametrize(
    ("day", "met_on"),
    [
        (1, 10),  # what it was called nine days before it was ever met, nobody knows
        (9, None),  # it was captured a day later
        (10, None),
        (20, None),
    ],
)
def test_of_what_an_account_was_called_before_it_was_met_nothing_is_claimed(day, met_on):
    named = name_at([_met("first", 10), _met("second", 15)], datetime(2024, 3, day, tzinfo=UTC))
    assert named.met_on == (met_on and datetime(2024, 3, met_on, tzinfo=UTC))


def test_where_an_export_tells_when_a_handle_changed_it_is_known(app):
    changed = datetime(2024, 3, 10, 12, tzinfo=UTC)
    old = AccountName(handle="old", name="", seen_from=changed - A_SECOND, seen_to=changed - A_SECOND)
    new = AccountName(handle="new", name="", seen_from=changed, seen_to=changed)
    assert name_at([old, new], changed - A_SECOND / 2).later == ""
