"""Forms of holds, schedules, reviews and disposals."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from hub.core.forms import HubForm


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
