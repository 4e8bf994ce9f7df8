"""The form that makes a private feed."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice, SelectField

from hub.core.forms import HubForm

from .subjects import Subject
from .wording import name_of


class PrivateFeedForm(HubForm):
    """What the feed is to be of: its address, as of the page."""

    of = SelectField(
        _("What you want to read"),
        description=_("As you see it: with what only members of your groups read."),
    )

    def offer(self, subjects: Iterable[Subject]) -> None:
        self.of.choices = [SelectChoice(one.address, name_of(one)) for one in subjects]
