"""Forms of the front: pages about the site, and light or dark."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from hub.core.forms import HubForm

# A statement of this kind runs to a few pages; ten times that is a mistake.
LONGEST_PAGE = 60_000


class SitePageForm(HubForm):
    source = TextAreaField(
        _("Text"),
        description=_("Formatted with Markdown. Readers see it as soon as you save it."),
        validators=[
            InputRequired(_("Write the text of this page.")),
            Length(max=LONGEST_PAGE, message=_("This is longer than the hub keeps; shorten it.")),
        ],
    )
    complete = BooleanField(
        _("This page is complete and true for this hub"),
        description=_("Until you say so, readers are told that it is not, and administrators are reminded."),
    )


class AppearanceForm(HubForm):
    theme = RadioField(
        _("How pages look"),
        choices=[
            SelectChoice("system", _("As my device is set")),
            SelectChoice("light", _("Light")),
            SelectChoice("dark", _("Dark")),
        ],
        validators=[InputRequired(_("Choose one."))],
    )
