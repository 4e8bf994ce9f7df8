"""The form that attaches archived posts."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from hub.core.forms import HubForm

from .rules import LONGEST_CAPTION


class AttachForm(HubForm):
    """The posts themselves are ticked boxes of one name, `post`: they differ from person to person."""

    caption = TextAreaField(
        _("What this shows"),
        description=_("One or two sentences for somebody who has never seen it."),
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(_("Say what the example shows.")),
            Length(max=LONGEST_CAPTION, message=_("A caption can have up to %(max)d characters.")),
        ],
    )
