"""Forms of guidance pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from hub.accounts.models import Person
from hub.content.forms import StartForm, Written
from hub.content.models import Item
from hub.content.rules import LONGEST_POST, LONGEST_SUMMARY
from hub.core import clock
from hub.core.forms import HubForm
from hub.core.markup import tidy

from .rules import (
    LONGEST_DOUBT,
    LONGEST_NOTE,
    LONGEST_SOURCE,
    MOST_SOURCES,
    acceptable_review_by,
    usual_review_by,
)
from .sources import read_sources
from .wording import holds_marks


def _one_line(text: str | None) -> str:
    return " ".join(tidy(text or "").split())


class PageForm(StartForm):
    """A page's wording. `base` is the revision that the editor began from."""

    base = HiddenField()
    summary = StringField(
        _("Summary"),
        description=_("One sentence that says what the reader will know afterwards."),
        filters=[_one_line],
        validators=[
            Written(_("Say in one sentence what this page tells.")),
            Length(max=LONGEST_SUMMARY, message=_("Shorten the summary to %(max)d characters.")),
        ],
    )
    text = TextAreaField(
        _("Text"),
        description=_("Begin a section with a line like this: ## Its heading"),
        filters=[lambda text: tidy(text or "")],
        validators=[
            Written(_("Write something first.")),
            Length(max=LONGEST_POST, message=_("Shorten the text to %(max)d characters.")),
        ],
    )
    sources = TextAreaField(
        _("Sources"),
        description=_("What this rests on, one a line: its name, then its web address if it has one."),
        filters=[lambda text: tidy(text or "")],
    )
    note = StringField(
        _("What you changed, and why"),
        description=_("Shown in the page's history."),
        filters=[_one_line],
        validators=[Length(max=LONGEST_NOTE, message=_("Say it in up to %(max)d characters."))],
    )

    def validate_text(self, field: Any) -> None:
        if holds_marks(field.data or ""):
            raise ValidationError(
                gettext("Decide what is to stay where both of you wrote, and take the two marks out.")
            )

    def validate_sources(self, field: Any) -> None:
        lines = read_sources(field.data or "")
        if len(lines) > MOST_SOURCES:
            raise ValidationError(gettext("Name up to %(most)s sources.", most=MOST_SOURCES))
        if any(len(part) > LONGEST_SOURCE for line in lines for part in line):
            raise ValidationError(
                gettext("Shorten each source and its address to %(most)s characters.", most=LONGEST_SOURCE)
            )

    @property
    def base_number(self) -> int | None:
        text = self.base.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None

    @property
    def wording(self) -> dict[str, Any]:
        """Keyword arguments for the actions that write."""
        return {
            "title": self.title.data or "",
            "summary": self.summary.data or "",
            "source": self.text.data or "",
            "sources": read_sources(self.sources.data or ""),
            **self.filing,
        }


class ReviewByForm(HubForm):
    review_by = DateField(
        _("Next check by"),
        description=_("From that day on the page says that it needs review, and its owner is asked."),
        validators=[InputRequired(_("Choose the day by which somebody looks at this page again."))],
        default=lambda: usual_review_by(clock.now().date()),
    )

    def validate_review_by(self, field: Any) -> None:
        if field.data is not None and not acceptable_review_by(field.data, _today()):
            raise ValidationError(gettext("Choose a day after today and within three years."))


def _today() -> date:
    return clock.now().date()


class PublishForm(ReviewByForm):
    number = HiddenField()
    owner = SelectField(
        _("Owner"),
        description=_("The member who answers for this page and is asked to check it."),
        validators=[InputRequired(_("Choose who answers for this page."))],
    )

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list of owners."""
        self._people = {person.handle: person for person in people}
        self.owner.choices = [SelectChoice("", gettext("Choose a member"))] + [
            SelectChoice(person.handle, _with_organisation(person)) for person in people
        ]

    @property
    def chosen_owner(self) -> Person:
        return self._people[self.owner.data or ""]

    @property
    def read_number(self) -> int | None:
        text = self.number.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _with_organisation(person: Person) -> str:
    return f"{person.name}, {person.organisation.name}" if person.organisation else person.name


class ReasonForm(HubForm):
    """Why a page is given back, or is no longer to be relied on."""

    reason = TextAreaField(
        _("Why"),
        filters=[lambda text: tidy(text or "")],
        validators=[
            Written(_("Say why, so that somebody can act on it.")),
            Length(max=LONGEST_DOUBT, message=_("Say it in up to %(max)d characters.")),
        ],
    )


class SuccessorForm(HubForm):
    by = SelectField(
        _("The page that takes its place"), validators=[InputRequired(_("Choose a published page."))]
    )

    def offer(self, items: Sequence[Item]) -> None:
        self._items = {str(item.number): item for item in items}
        self.by.choices = [SelectChoice("", gettext("Choose a page"))] + [
            SelectChoice(str(item.number), item.title) for item in items
        ]

    @property
    def chosen(self) -> Item:
        return self._items[self.by.data or ""]
