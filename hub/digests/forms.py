"""The form of a note, with whose digest is previewed."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from hub.accounts.forms import one_line, without_nul
from hub.core.forms import HubForm

from .rules import LONGEST_NOTE, SPANS


class NoteForm(HubForm):
    text = TextAreaField(
        _("The note"),
        [DataRequired(_("Write what the note is to say.")), Length(max=LONGEST_NOTE)],
        filters=[without_nul],
        description=_(
            "It stands at the top, before everything else, with your name. It goes out whether or not "
            "anything else is new, and also where this group's digests tell titles only."
        ),
    )
    member = StringField(
        _("As whom"),
        filters=[one_line, lambda handle: (handle or "").removeprefix("@")],
        description=_("The name or handle of a member. You see what both of you may see."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    days = RadioField(_("How much it covers"), coerce=int, default=SPANS[-1])
    preview = SubmitField(_("Show the preview"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.days.choices = [SelectChoice(1, _("One day")), SelectChoice(7, _("One week"))]
