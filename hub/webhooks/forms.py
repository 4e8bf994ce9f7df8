"""The form of a webhook."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from hub.accounts.forms import one_line
from hub.core.fetching import NotFetched, installed_fetcher
from hub.core.forms import HubForm

from .wording import kinds


class WebhookForm(HubForm):
    name = StringField(
        _("Name"),
        [InputRequired(_("Give it a name, so that you know later what it is for.")), Length(max=120)],
        filters=[one_line],
        description=_("For example: our chat, or the register of questions."),
    )
    address = StringField(
        _("Address"),
        [InputRequired(_("Write the address that the other system gave you.")), Length(max=2000)],
        filters=[one_line],
        description=_("It begins with https://. The other system's page about incoming webhooks shows it."),
        render_kw={"type": "url", "inputmode": "url", "spellcheck": "false"},
    )
    kinds = SelectMultipleField(
        _("What it is told of"),
        [InputRequired(_("Choose at least one."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kinds.choices = [SelectChoice(code, words) for code, words in kinds().items()]

    def validate_address(self, field: Field) -> None:
        """Judged now, so that whoever types it learns why; and again at each delivery."""
        fetcher = installed_fetcher()
        if not field.data.startswith("https://") and not fetcher.is_own(field.data):
            raise ValidationError(gettext("It must begin with https://: nobody on the way may read along."))
        try:
            fetcher.judge(field.data)
        except NotFetched as problem:
            raise ValidationError(problem.sentence) from problem
