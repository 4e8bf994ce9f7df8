"""What was seen is never taken for new; so little else is taken for seen that nearly nothing is looked up."""

from hub.archive.importing.seen import Held, Seen
from tests.factories.x_archive import big_archive


def test_nothing_that_was_seen_is_taken_for_new():
    seen = Seen()
    numbers = [str(number) for number in range(50_000)]
    seen.add(numbers)
    assert seen.perhaps(numbers) == numbers


def test_hardly_anything_new_is_taken_for_seen():
    seen = Seen()
    assert seen.perhaps(["anything"]) == []
    seen.add(str(number) for number in range(400_000))
    assert len(seen.perhaps(f"new {number}" for number in range(10_000))) < 100


def test_what_is_too_full_to_tell_says_that_it_may_have_seen_anything():
    seen = Seen()
    seen._count = 10**9
    assert seen.perhaps(["anything"]) == ["anything"]


def test_an_import_that_is_taken_up_again_knows_what_it_wrote(kept):
    archive = big_archive(30)
    kept.bring_in(archive)
    held = Held(kept.collection.id)
    number = archive.tweets[0]["tweet"]["id_str"]
    assert held.numbers.perhaps([number, "1"]) == [number]
