"""Forms about mail that comes in."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from hub.core.forms import HubForm


class GroupMailForm(HubForm):
    allowed = BooleanField(_("Members may ask and start discussions by e-mail"))


class HeldForm(HubForm):
    """Two buttons."""
