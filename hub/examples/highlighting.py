"""Passages of a post that an example marks: found in what readers see, kept by their place in the text."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from hub.archive.masked_text import MOST_PASSAGES, MaskedText
from hub.core.errors import Refused


def placed_in(passages: Sequence[str], texts: Sequence[MaskedText]) -> list[list[list[int]]]:
    """Where the passages stand: for each text its [from, to] pairs, in order. Each passage is looked for in
    one text after the other. Raises Refused for one that is in none."""
    wanted = list(dict.fromkeys(words for each in passages if (words := " ".join(each.split()))))
    if len(wanted) > MOST_PASSAGES:
        raise Refused(_("Mark up to %(most)d passages. Nothing was saved.", most=MOST_PASSAGES))
    placed: list[list[list[int]]] = [[] for _text in texts]
    for words in wanted:
        number, place = next(
            ((n, at) for n, text in enumerate(texts) if (at := text.place(words))), (-1, None)
        )
        if place is None:
            raise Refused(
                _(
                    "“%(words)s” is not in the text. Write the passage exactly as it stands there. What you"
                    " wrote is kept; nothing was saved.",
                    words=words[:80],
                )
            )
        placed[number].append(list(place))
    return [sorted(each) for each in placed]


def words_of(text: MaskedText, passages: Sequence[Sequence[int]]) -> list[str]:
    """The marked words, as readers see them, to be edited."""
    return [
        "".join(words for words, marked in text.marked([(start, end)]) if marked) for start, end in passages
    ]
