"""Forms of the archive."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from hub.core.forms import HubForm

from .words import ACCOUNT_KINDS, PROTECTIONS

OWN, ORGANISATION = "own", "organisation"
APPROVE, REFUSE = "approve", "refuse"


class CollectionForm(HubForm):
    """A new collection."""

    name = StringField(
        _l("Name"),
        description=_l("What it holds, as a colleague would say it: “The council's channels”."),
        validators=[
            InputRequired(_l("Give the collection a name.")),
            Length(max=120, message=_l("Keep the name under 120 characters.")),
        ],
    )
    about = TextAreaField(
        _l("What it is for"),
        validators=[Length(max=600, message=_l("Keep this under 600 characters."))],
    )
    holder = RadioField(_l("Held for"), default=OWN, validators=[InputRequired(_l("Choose one."))])

    def offer(self, organisation: str) -> None:
        """Who it can be held for: the person, and their organisation if they have one."""
        self.holder.choices = [SelectChoice(OWN, _("You"))]
        if organisation:
            self.holder.choices.insert(0, SelectChoice(ORGANISATION, organisation))
        if self.holder.data not in [choice.value for choice in self.holder.choices]:
            self.holder.data = self.holder.choices[0].value


class UploadForm(HubForm):
    """A platform's export, or a capture."""

    file = FileField(_l("File"))

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file to upload."))


class KeeperForm(HubForm):
    """Name another keeper."""

    handle = StringField(
        _l("Their handle"),
        description=_l("As it stands on their page here, with or without the @."),
        validators=[InputRequired(_l("Write the handle of a member."))],
    )


class HandoverForm(HubForm):
    """Offer a collection to somebody who is to keep it."""

    handle = StringField(
        _l("Their handle"),
        description=_l("As it stands on their page here, with or without the @."),
        validators=[InputRequired(_l("Write the handle of a member."))],
    )
    note = TextAreaField(
        _l("What they should know"),
        validators=[Length(max=1000, message=_l("Keep this under 1,000 characters."))],
    )
    leaves = BooleanField(_l("I stop keeping it once they accept"), default=True)
    # On the administrators' list, which of the collections.
    collection = HiddenField()


class TransferForm(HubForm):
    """For whom a collection is held."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Kept with your name."),
        validators=[
            InputRequired(_l("Say why.")),
            Length(max=1000, message=_l("Keep this under 1,000 characters.")),
        ],
    )
    second = StringField(
        _l("Who is to agree"),
        description=_l("The handle of another member: you keep this collection alone."),
    )


class SecondPersonForm(HubForm):
    """Something that a second person has to agree to, who may have to be named."""

    second = StringField(
        _l("Who is to agree"),
        description=_l("The handle of another member: nobody but you keeps this collection."),
        validators=[Length(max=80)],
    )


class ProtectionForm(SecondPersonForm):
    """Mark that somebody stays masked, or ask for the mark to be lifted."""

    mark = RadioField(_l("What it shows or tells of"), validators=[InputRequired(_l("Choose one."))])
    reason = TextAreaField(
        _l("Why"),
        description=_l("Kept with your name; whoever has to agree reads it."),
        validators=[
            InputRequired(_l("Write why.")),
            Length(max=600, message=_l("Keep this under 600 characters.")),
        ],
    )

    def offer(self, marked: bool) -> None:
        """The marks there are, and none where there is one to lift."""
        self.mark.choices = [SelectChoice(mark, words) for mark, words in PROTECTIONS.items()]
        if marked:
            self.mark.choices.append(SelectChoice("", _("None of these: the mark was wrong")))
            self.mark.validators = []


class AccountForm(SecondPersonForm):
    """Say whose account it is."""

    kind = RadioField(
        _l("Whose account this is"),
        choices=[SelectChoice(kind, words) for kind, words in ACCOUNT_KINDS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("How you know"),
        description=_l("Kept with your name. Private people are masked on examples; others are not."),
        validators=[
            InputRequired(_l("Write how you know.")),
            Length(max=600, message=_l("Keep this under 600 characters.")),
        ],
    )


class AccountsForm(AccountForm):
    """Say of several accounts at once whose they are, or that they are a child's or special category data.

    The accounts themselves are ticked boxes of one name, `account`."""

    kind = RadioField(
        _l("Whose accounts these are"),
        choices=[SelectChoice(code, words) for code, words in [*ACCOUNT_KINDS.items(), *PROTECTIONS.items()]],
        validators=[InputRequired(_l("Choose one."))],
    )


class ApproverForm(HubForm):
    """Name who approves what leaves a collection, or let go of whoever does."""

    handle = StringField(
        _l("Their handle"),
        description=_l("As it stands on their page here, with or without the @. Empty: nobody."),
    )
    reason = TextAreaField(
        _l("Why"),
        description=_l("Somebody approves already, so another person has to agree, and reads this."),
        validators=[Length(max=1000, message=_l("Keep this under 1,000 characters."))],
    )
    second = StringField(
        _l("Who is to agree"),
        description=_l("The handle of another member: you keep this collection alone."),
    )


class DecideForm(HubForm):
    """Approve or refuse what somebody asked for."""

    decision = RadioField(
        _l("What you decide"),
        choices=[
            SelectChoice(APPROVE, _l("I approve: it is done at once")),
            SelectChoice(REFUSE, _l("I refuse: nothing is changed")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("Your reason"),
        description=_l("Kept with your name, and told to whoever asked. Needed when you refuse."),
        validators=[Length(max=1000, message=_l("Keep this under 1,000 characters."))],
    )

    @property
    def approves(self) -> bool:
        return self.decision.data == APPROVE

    def validate_reason(self, field: TextAreaField) -> None:
        if self.decision.data == REFUSE and not (field.data or "").strip():
            raise ValidationError(_("Give your reason: whoever asked has a right to know it."))
