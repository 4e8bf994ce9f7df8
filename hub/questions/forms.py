"""Forms of questions."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from hub.content.forms import StartForm, tidied, title_field
from hub.core.forms import HubForm

from .rules import LONGEST_REASON


class AskForm(StartForm):
    title = title_field(
        _("Your question"),
        _("One sentence that a colleague elsewhere would understand."),
    )


class AcceptForm(HubForm):
    reason = StringField(
        _("Why you trust it"),
        description=_("A few words for those who read it after you: what you checked, or who confirmed it."),
        filters=[tidied],
        validators=[Length(max=LONGEST_REASON, message=_("Say it in up to %(max)d characters."))],
    )
