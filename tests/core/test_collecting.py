"""When Python looks for objects that only hold each other."""

import gc

import pytest

from hub.core import collecting


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()


def test_what_is_loaded_for_good_is_neither_interrupted_nor_gone_through_again():
    gc.unfreeze()
    with collecting.for_good():
        assert not gc.isenabled()
        assert gc.get_freeze_count() == 0
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


def test_loading_that_fails_leaves_it_on():
    with pytest.raises(LookupError), collecting.for_good():
        raise LookupError
    assert gc.isenabled()


def test_where_rows_are_made_by_the_hundred_thousand_it_looks_rarely():
    usual = gc.get_threshold()
    with collecting.rarely():
        assert gc.get_threshold() == (collecting.BETWEEN_SEARCHES, *usual[1:])
        with collecting.rarely():
            pass
        assert gc.get_threshold()[0] == collecting.BETWEEN_SEARCHES
    assert gc.get_threshold() == usual
