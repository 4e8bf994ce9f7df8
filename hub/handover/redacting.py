"""Takes out of what people wrote what a disclosure may not show, and counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from hub.archive.approvals.marking import words_pattern
from hub.archive.masked_text import Mask, Public

from .models import PASSAGE, PICTURE, POST, Redaction
from .paper import Run

NAMES, PICTURES_OF_PEOPLE, PLACES = "names", "pictures_of_people", "places"


class Redactor:
    """The redactions of one disclosure. `taken_out` counts, by (post's place, kind, exemption)."""

    def __init__(self, redactions: Iterable[Redaction], public: Public, exemption: str):
        """public: those who may be named; exemption: for leaving out the others."""
        found = list(redactions)
        self._passages = [(words_pattern(one.what), one.exemption) for one in found if one.kind == PASSAGE]
        self._pictures = {one.what: one.exemption for one in found if one.kind == PICTURE}
        self._posts = {one.what: one.exemption for one in found if one.kind == POST}
        self.public, self._exemption = public, exemption
        self.taken_out: Counter[tuple[int, str, str]] = Counter()

    def runs(self, text: str, place: int, mask: Mask | None = None) -> tuple[Run, ...]:
        """A text in pieces: what is left of it, and where something stood. mask: of the version it is of."""
        mask = mask or Mask(self.public)
        runs: list[Run] = []
        end = 0
        for start, stop, exemption in self._spans(text):
            if start > end:
                runs.append(Run(self._masked(text[end:start], place, mask)))
            runs.append(Run(_("[Redacted: %(exemption)s]", exemption=exemption), taken_out=True))
            self.taken_out[place, PASSAGE, exemption] += 1
            end = max(end, stop)
        if end < len(text):
            runs.append(Run(self._masked(text[end:], place, mask)))
        return tuple(run for run in runs if run.text)

    def plain(self, text: str, place: int, mask: Mask | None = None) -> str:
        """The same in one piece."""
        return "".join(run.text for run in self.runs(text, place, mask))

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where passages stand: those that touch are one, under the exemption of the first."""
        found = sorted(
            (match.start(), match.end(), exemption)
            for pattern, exemption in self._passages
            for match in pattern.finditer(text)
        )
        joined: list[tuple[int, int, str]] = []
        for start, stop, exemption in found:
            if joined and start < joined[-1][1]:
                first, last, kept = joined[-1]
                joined[-1] = (first, max(last, stop), kept)
            else:
                joined.append((start, stop, exemption))
        return joined

    def _masked(self, text: str, place: int, mask: Mask) -> str:
        masked = str(mask(text))
        if masked != text:
            self.name_left_out(place)
        return masked

    def name_left_out(self, place: int) -> None:
        self.taken_out[place, NAMES, self._exemption] += 1

    def places_covered(self, place: int) -> None:
        self.taken_out[place, PLACES, self._exemption] += 1

    def picture(self, sha256: str, place: int, *, private: bool) -> str:
        """The exemption under which a picture is left out; "" when it is shown."""
        if sha256 in self._pictures:
            exemption, kind = self._pictures[sha256], PICTURE
        elif private:
            exemption, kind = self._exemption, PICTURES_OF_PEOPLE
        else:
            return ""
        self.taken_out[place, kind, exemption] += 1
        return exemption

    def post(self, token: str, place: int) -> str:
        """The exemption under which a whole post is left out; "" when it is shown."""
        exemption = self._posts.get(token, "")
        if exemption:
            self.taken_out[place, POST, exemption] += 1
        return exemption

    def schedule(self) -> Sequence[tuple[int, str, int, str]]:
        """(post's place, kind, how many, exemption), in the order of the posts."""
        return [
            (place, kind, count, exemption)
            for (place, kind, exemption), count in sorted(self.taken_out.items())
        ]
