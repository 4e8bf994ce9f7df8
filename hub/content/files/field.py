"""The files of a box to write in: what waits there, what hangs on the post that is edited, what came now.

A file that is fine is kept whatever else is wrong with the form: nobody looks for it on their disk twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.widgets import FileInput

from hub.content.models import StoredFile
from hub.core.access import keep_though_refused
from hub.core.database import db
from hub.core.policy import Actor

from .hanging import UNCHANGED, FileChange, describe
from .kinds import KINDS
from .limits import LONGEST_DESCRIPTION, largest, largest_size, most_of_a_post
from .names import fit_description, shown_name
from .refusing import sentence
from .shown import ShownFile, shown
from .taking import NotTaken, Sent, Taken, keep_waiting, take, take_away, waiting_at

Attached = Callable[[], Sequence[StoredFile]]

# Names of what stands beside the field itself: the files that it shows, those that are taken away, what
# pictures show; and what the pictures show that are only now chosen, in their order.
HELD, DROPPED, DESCRIBED, DESCRIBED_NEW = "file", "drop_file", "describe-", "describe_new"


class FilesField(Field):
    """Filled by `show` or `take`. kept: the files that it shows. change: what sending it does."""

    widget = FileInput(multiple=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[StoredFile] = []
        self.attached: list[StoredFile] = []
        self.change: FileChange = UNCHANGED
        self.problems: list[str] = []
        self.paths: dict[int, str] = {}

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [one for one in valuelist if isinstance(one, FileStorage) and one.filename]

    def _value(self) -> str:
        return ""

    def validate(self, _form: Any, _extra: Any = ()) -> bool:
        self.errors = tuple(self.problems)
        return not self.problems

    @property
    def added(self) -> tuple[StoredFile, ...]:
        """What a new post gets."""
        return self.change.added

    @property
    def accept(self) -> str:
        """What the browser offers first; it is judged here all the same."""
        return ",".join(suffix for kind in KINDS.values() for suffix in (kind.suffix, *kind.also))

    @property
    def limits(self) -> dict[str, Any]:
        return {
            "most": most_of_a_post(),
            "largest": largest(),
            "bytes": largest_size(),
            "description": LONGEST_DESCRIPTION,
        }

    def rows(self, item_path: str = "") -> list[tuple[StoredFile, ShownFile, bool]]:
        """Each file that it shows: its row, how it is shown, and whether it is to be taken away when sent.
        item_path: of the item that those hang on which do not wait."""
        given = set(request.form.getlist(DROPPED)) if request.method == "POST" else set()
        described = self.change.described
        return [
            (
                one,
                replace(
                    shown(one, item_path if one.item_id else ""),
                    description=described.get(one.id, one.description),
                ),
                one.token in given,
            )
            for one in [*self.attached, *(one for one in self.kept if one.item_id is None)]
        ]

    def show(self, actor: Actor, place: str, attached: Sequence[StoredFile] = ()) -> None:
        """What is there before anything is sent."""
        self.attached = [one for one in attached if one.erased_at is None]
        self.kept = [*self.attached, *waiting_at(actor.person_id, place)]

    def take(self, actor: Actor, place: str, attached: Attached, *, finished: bool) -> None:
        """Take what came, and note what is to be taken away. finished: it was sent to be posted, so that
        pictures must be described."""
        person_id = actor.person_id or 0
        held, new = self._held(person_id, place), self._uploads()
        refused: list[NotTaken] = []
        dropped = set(request.form.getlist(DROPPED))
        if new:
            there = [
                one for one in [*attached(), *held] if one.token not in dropped and one.erased_at is None
            ]
            room = max(0, most_of_a_post() - len(there))
            refused += [NotTaken(shown_name(one.name), "too_many") for one in new[room:]]
            # Nothing was written yet; while files are looked at, nobody waits for this transaction.
            db.session.rollback()
            looked_at = [take(one) for one in new[:room]]
            refused += [one for one in looked_at if isinstance(one, NotTaken)]
            made, full = keep_waiting(person_id, place, [one for one in looked_at if isinstance(one, Taken)])
            refused += full
            held = [*self._held(person_id, place), *made]
        self._arrange(list(dict.fromkeys(held)), attached(), dropped)
        self.problems = [sentence(one.code, one.name) for one in refused]
        if finished:
            self.problems += self._undescribed()
        self.errors = tuple(self.problems)
        keep_though_refused()

    def _held(self, person_id: int, place: str) -> list[StoredFile]:
        shown_on_form = set(request.form.getlist(HELD))
        return [one for one in waiting_at(person_id, place) if one.token in shown_on_form]

    def _uploads(self) -> list[Sent]:
        described = request.form.getlist(DESCRIBED_NEW)
        return [
            Sent(one.filename or "", one.stream, described[place] if place < len(described) else "")
            for place, one in enumerate(self.data or [])
        ]

    def _arrange(self, held: list[StoredFile], attached: Sequence[StoredFile], dropped: set[str]) -> None:
        for one in held:
            if one.token in dropped:
                take_away(one)
        added = tuple(one for one in held if one.token not in dropped)
        self.attached = [one for one in attached if one.erased_at is None]
        self.kept = [*(one for one in self.attached if one.token not in dropped), *added]
        describe(added, self._said(added))
        db.session.flush()
        self.change = FileChange(
            added,
            frozenset(one.id for one in self.attached if one.token in dropped),
            self._said(self.attached),
        )

    def _said(self, files: Sequence[StoredFile]) -> dict[int, str]:
        """What was typed beside pictures, by the file's id. What hangs on a post is changed with the post."""
        typed = {one.id: request.form.get(f"{DESCRIBED}{one.token}") for one in files}
        return {file_id: fit_description(said) for file_id, said in typed.items() if said is not None}

    def _undescribed(self) -> list[str]:
        return [
            _("Say what “%(name)s” shows, for those who cannot see it.", name=one.name)
            for one in self.change.added
            if one.is_picture and not one.description
        ]
