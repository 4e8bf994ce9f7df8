"""What changed can be read, nothing of either text is lost, and two edits come together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.differences import compare, difference_html, merge
from tests.patience import does_not_hang


def told(old, new):
    return [[(part.kind, part.text) for part in paragraph.segments] for paragraph in compare(old, new)]


class TestReading:
    def test_words_that_changed_are_shown_within_their_paragraph(self):
        assert told("Keep them five years.\n\nThen destroy.", "Keep them six years.\n\nThen destroy.") == [
            [("same", "Keep them "), ("removed", "five "), ("added", "six "), ("same", "years.")],
            [("same", "Then destroy.")],
        ]

    def test_a_paragraph_put_in_or_taken_out_is_whole(self):
        assert [part.kind for part in compare("a b c\nd e f", "d e f\ng h i")] == ["removed", "same", "added"]

    def test_paragraphs_with_little_in_common_are_not_shredded(self):
        kinds = [part.kind for part in compare("Ask your archivist first", "Never delete such an e-mail")]
        assert kinds == ["removed", "added"]

    def test_the_html_says_it_in_elements_and_is_safe(self):
        assert difference_html("Keep <b> of it", "Keep <i> of it") == (
            '<div class="difference difference-changed">'
            "Keep <del>&lt;b&gt; </del><ins>&lt;i&gt; </ins>of it</div>"
        )

    def test_equal_texts_have_no_difference(self):
        assert {part.kind for part in compare("a\nb", "a\nb")} == {"same"}

    @pytest.mark.parametrize(("old", "new"), [("a\nb", "a\n\nb"), ("a", "a \n"), ("", " ")])
    def test_what_is_not_seen_of_a_change_is_said(self, app, old, new):
        with app.test_request_context():
            assert "Only spaces and blank lines were changed." in difference_html(old, new)
            assert "Only spaces" not in difference_html(old, old)
            assert "Only spaces" not in difference_html(old, f"{new}c")

    @given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
    def test_both_texts_can_be_read_back(self, old, new):
        parts = compare(old, new)

        def lines(without):
            segments = [part for paragraph in parts for part in paragraph.segments]
            return "".join("".join(part.text for part in segments if part.kind != without).split())

        assert lines("added") == "".join(old.split())
        assert lines("removed") == "".join(new.split())


def test_large_texts_take_bounded_work():
    pairs = [
        ("x y " * 40_000, "y x " * 40_000),
        ("x\ny\n" * 5_000, "y\nx\n" * 5_000),
        ("\n".join("a b c d e " * 90 for _ in range(200)), "\n".join("e c a b d " * 90 for _ in range(200))),
        ("\n".join(map(str, range(5_000))), "\n".join(map(str, range(5_000, 0, -1)))),
    ]
    for old, new in pairs:
        with does_not_hang():
            compare(old, new)
            merge(old, new, old + new, mine_label="Yours", theirs_label="Theirs")


class TestTwoEdits:
    def merged(self, base, mine, theirs):
        return merge(base, mine, theirs, mine_label="Yours", theirs_label="Ann wrote")

    def test_edits_in_different_places_come_together(self):
        merged = self.merged("a\n\nb\n\nc", "A\n\nb\n\nc", "a\n\nb\n\nC\nd")
        assert (merged.text, merged.conflicts) == ("A\n\nb\n\nC\nd", 0)

    def test_the_same_edit_twice_is_one(self):
        assert self.merged("a\nb", "a\nB", "a\nB").text == "a\nB"

    def test_edits_in_one_place_both_stay_under_their_names(self):
        merged = self.merged("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc")
        assert merged.conflicts == 1
        assert merged.text == "a\n[Yours]\nmine\n[Ann wrote]\ntheirs\nc"

    @given(*[st.text(alphabet="ab\n", max_size=30)] * 3)
    def test_nothing_that_either_added_is_lost(self, base, mine, theirs):
        merged = set(self.merged(base, mine, theirs).text.splitlines())
        assert set(mine.splitlines()) - {"", *base.splitlines()} <= merged
        assert set(theirs.splitlines()) - {"", *base.splitlines()} <= merged

    def test_an_edit_against_an_unchanged_text_is_that_edit(self):
        assert self.merged("a\nb", "a\nb", "x\ny").text == "x\ny"
