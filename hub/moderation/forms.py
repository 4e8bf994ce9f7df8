"""Forms of reports and decisions."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from hub.content.forms import Written
from hub.core.forms import HubForm
from hub.core.markup import tidy

from .models import KEPT, REMOVED
from .rules import LONGEST_REASON, LONGEST_REPORT
from .subjects import LONGEST_ADDRESS
from .words import RELATION, WHY


def _tidied(text: str | None) -> str:
    return tidy(text or "").strip()


class ReportForm(HubForm):
    page = StringField(
        _("The address of what you report"),
        description=_("Copied from your browser, or as it stood when you chose to report it."),
        filters=[_tidied],
        validators=[
            Written(_("Give the address of the page, so that we can find it.")),
            Length(max=LONGEST_ADDRESS, message=_("Shorten the address to %(max)d characters.")),
        ],
    )
    why = RadioField(
        _("What is wrong with it"),
        choices=[SelectChoice(code, words) for code, words in WHY.items()],
        validators=[InputRequired(_("Choose what comes nearest."))],
    )
    text = TextAreaField(
        _("What we should know"),
        description=_("What is wrong, and what you would like done. You need not say who you are."),
        filters=[_tidied],
        validators=[Length(max=LONGEST_REPORT, message=_("Shorten it to %(max)d characters."))],
    )
    email = EmailField(
        _("Your e-mail address, if you want an answer"),
        description=_("Used for the answer and nothing else. Whoever wrote it is not told who reported it."),
        filters=[_tidied],
        validators=[
            Optional(),
            Email(_("Write the address like name@example.org, or leave it empty.")),
            Length(max=320),
        ],
    )


class TakedownForm(HubForm):
    """A request that an example be taken down."""

    relation = RadioField(
        _("What you have to do with it"),
        choices=[SelectChoice(code, words) for code, words in RELATION.items()],
        validators=[InputRequired(_("Choose what comes nearest."))],
    )
    text = TextAreaField(
        _("Why"),
        description=_("What it does to you, or what is wrong with showing it. You need not say who you are."),
        filters=[_tidied],
        validators=[Length(max=LONGEST_REPORT, message=_("Shorten it to %(max)d characters."))],
    )
    email = EmailField(
        _("Your e-mail address, if you want an answer"),
        description=_("Used for the answer and nothing else."),
        filters=[_tidied],
        validators=[
            Optional(),
            Email(_("Write the address like name@example.org, or leave it empty.")),
            Length(max=320),
        ],
    )


class DecisionForm(HubForm):
    decision = RadioField(
        _("What you decide"),
        choices=[
            SelectChoice(KEPT, _("It stands: everybody can read it")),
            SelectChoice(REMOVED, _("It stays out of sight")),
        ],
        validators=[InputRequired(_("Choose one."))],
    )
    reason = TextAreaField(
        _("Your reason"),
        description=_("Whoever reported it reads this, its author too if it went out of sight, and the log."),
        filters=[_tidied],
        validators=[
            Written(_("Give your reason: whoever is concerned has a right to know it.")),
            Length(max=LONGEST_REASON, message=_("Shorten it to %(max)d characters.")),
        ],
    )

    def about_no_post(self) -> None:
        """What is neither an item nor a post cannot be put out of sight here: say what was done instead."""
        self.decision.choices = [
            SelectChoice(KEPT, _("Nothing needs to change")),
            SelectChoice(REMOVED, _("Something was done about it")),
        ]
