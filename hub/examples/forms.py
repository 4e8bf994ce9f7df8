"""Forms that attach archived posts, and change what was attached."""

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.core.forms import HubForm

from .rules import LONGEST_CAPTION

LONGEST_REASON = 600


class EditForm(HubForm):
    """What an example says. Order and passages are fields of their own, one for each post."""

    caption = TextAreaField(
        _("What this shows"),
        description=_("One or two sentences for somebody who has never seen it."),
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(_("Say what the example shows.")),
            Length(max=LONGEST_CAPTION, message=_("A caption can have up to %(max)d characters.")),
        ],
    )


class SecondPersonForm(HubForm):
    """What a second person has to know, and who that is where nobody else keeps the collection."""

    reason = TextAreaField(
        _("Why it is shown although its author deleted it"),
        description=_("Only where a private person has deleted it: a second person decides, and reads this."),
        validators=[Length(max=LONGEST_REASON, message=_("Keep this under %(max)d characters."))],
    )
    second = StringField(
        _("Who is to agree"),
        description=_("The handle of another member: nobody but you keeps this collection."),
        validators=[Length(max=80)],
    )


class AttachForm(EditForm, SecondPersonForm):
    """The posts themselves are ticked boxes of one name, `post`: they differ from person to person."""

    passages = TextAreaField(
        _("Passages to mark"),
        description=_(
            "Exactly as they stand in the post, one on each line; or select them in the text above."
        ),
    )


class AskToShowForm(SecondPersonForm):
    """An example stands already, and what it shows was deleted since."""

    def validate_reason(self, field: TextAreaField) -> None:
        DataRequired(_("Write why: whoever decides has to know it."))(self, field)
