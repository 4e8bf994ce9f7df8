"""Forms of holds, schedules, reviews and disposals."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from hub.core.forms import HubForm

from .schedule_models import KEEP
from .words import ACTIONS, STARTS


class HoldForm(HubForm):
    """A new hold."""

    name = StringField(
        _l("What it is for"),
        description=_l("A name that others know: “FOI request 2026/114”, “School closures inquiry”."),
        validators=[
            InputRequired(_l("Give the hold a name.")),
            Length(max=160, message=_l("Keep the name under 160 characters.")),
        ],
    )
    reason = TextAreaField(
        _l("Why nothing may be deleted"),
        description=_l("Kept with your name for as long as the collection."),
        validators=[
            InputRequired(_l("Say why.")),
            Length(max=1000, message=_l("Keep this under 1,000 characters.")),
        ],
    )


class ReasonForm(HubForm):
    """A reason, and nothing else."""

    reason = TextAreaField(
        _l("Your reason"),
        description=_l("Kept with your name."),
        validators=[
            InputRequired(_l("Give your reason.")),
            Length(max=1000, message=_l("Keep this under 1,000 characters.")),
        ],
    )


class ScheduleForm(HubForm):
    """A schedule in a spreadsheet."""

    name = StringField(
        _l("Name of the schedule"),
        description=_l("Load a newer version under the same name, and it takes the place of the older."),
        validators=[
            InputRequired(_l("Give the schedule a name.")),
            Length(max=160, message=_l("Keep the name under 160 characters.")),
        ],
    )
    version = StringField(
        _l("Its version or date"),
        validators=[Length(max=40, message=_l("Keep this under 40 characters."))],
    )
    file = FileField(_l("File"), description=_l("A spreadsheet (xlsx) or csv, up to 10 MB."))

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file to upload."))


class EntryForm(HubForm):
    """An entry typed in."""

    schedule = StringField(
        _l("Name of the schedule"),
        validators=[InputRequired(_l("Give the schedule a name.")), Length(max=160)],
    )
    reference = StringField(
        _l("Reference"),
        description=_l("As the schedule numbers it, such as 14.005.026."),
        validators=[InputRequired(_l("Give the reference.")), Length(max=60)],
    )
    title = StringField(
        _l("What it is about"),
        validators=[InputRequired(_l("Say what records these are.")), Length(max=400)],
    )
    starts = RadioField(
        _l("The time begins with"),
        choices=[SelectChoice(code, text) for code, text in STARTS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    years = IntegerField(_l("Years"), default=0, validators=[Optional(), NumberRange(0, 200)])
    months = IntegerField(_l("Months"), default=0, validators=[Optional(), NumberRange(0, 11)])
    action = RadioField(
        _l("When it is over"),
        choices=[SelectChoice(code, text) for code, text in ACTIONS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    authority = TextAreaField(
        _l("On whose authority"),
        description=_l("The law, or the decision, that says so."),
        validators=[Length(max=1000, message=_l("Keep this under 1,000 characters."))],
    )

    @property
    def all_months(self) -> int | None:
        """The period; None: for good."""
        if self.action.data == KEEP:
            return None
        return 12 * (self.years.data or 0) + (self.months.data or 0)


# Nothing that retention begins with lies further back.
FIRST_YEAR = 1900


class ClassForm(HubForm):
    """The class of a collection, or of some of its posts."""

    reference = StringField(
        _l("Reference of the class"),
        description=_l("As a schedule of this collection has it. Empty: no class."),
        validators=[Length(max=60)],
    )
    given = DateField(
        _l("The day its time begins"),
        description=_l("Only for classes whose time begins with a date that a keeper gives."),
        validators=[Optional()],
    )

    def validate_given(self, field: DateField) -> None:
        """A year that is typed by halves is long past, and everything would be due at once."""
        if field.data and field.data.year < FIRST_YEAR:
            raise ValidationError(_("Write the year in full, like 31/12/2024."))


class KeepOnForm(HubForm):
    """What is due is kept until a later day."""

    until = DateField(_l("Until when"), validators=[InputRequired(_l("Give a day, like 31/12/2030."))])
    reason = TextAreaField(
        _l("Why it is kept longer"),
        description=_l("Kept with your name."),
        validators=[InputRequired(_l("Say why.")), Length(max=1000)],
    )


class DisposeForm(HubForm):
    """Propose the disposal of what is due."""

    reason = TextAreaField(
        _l("Why it is disposed of"),
        description=_l("Whoever has to agree reads this. It stands on the certificate."),
        validators=[InputRequired(_l("Say why.")), Length(max=1000)],
    )
    second = StringField(
        _l("Who is to agree"),
        description=_l("The handle of another member: you keep this collection alone."),
    )


class ReceiptForm(HubForm):
    """What the archive answered to a transfer."""

    receipt = StringField(
        _l("What the archive answered"),
        description=_l(
            "Its accession or receipt number, who confirmed and when: “Accession 2026/31, 4 May”."
        ),
        validators=[
            InputRequired(_l("Write down what the archive answered.")),
            Length(max=300, message=_l("Keep this under 300 characters.")),
        ],
    )
    second = StringField(
        _l("Who is to agree"),
        description=_l("The handle of another member: you keep this collection alone."),
    )


class EraseForm(DisposeForm):
    """Ask for an erasure by law."""

    reason = TextAreaField(
        _l("Why it is erased"),
        description=_l("Whoever has to agree reads this. It stands on the certificate: name nobody in it."),
        validators=[InputRequired(_l("Say why.")), Length(max=1000)],
    )

    authority = StringField(
        _l("Under what authority"),
        description=_l("The reference of the data protection request, the court's order. Kept for good."),
        validators=[InputRequired(_l("Say under what authority.")), Length(max=600)],
    )
