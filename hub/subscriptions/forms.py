"""Forms of digests."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from hub.core.forms import HubForm

from .models import DAILY, WEEKLY


class SubscribeForm(HubForm):
    """A visitor asks for a group's digest."""

    email = StringField(
        _("Your e-mail address"),
        [InputRequired(_("Write the address that the digest is to go to.")), Length(max=254)],
        description=_("We send a message there with a link to confirm. Nothing else is sent until you do."),
        render_kw={"autocomplete": "email", "type": "email"},
    )
    frequency = RadioField(
        _("How often"),
        choices=[SelectChoice(WEEKLY, _("Every Monday")), SelectChoice(DAILY, _("Every day"))],
        default=WEEKLY,
    )

    def validate_email(self, field: Field) -> None:
        try:
            field.data = validate_email(field.data.strip(), check_deliverability=False).normalized
        except EmailNotValidError as problem:
            raise ValidationError(
                gettext("This is not a whole e-mail address. It looks like name@example.org.")
            ) from problem
