"""Forms of sealed collections."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from hub.core.forms import HubForm

from ..forms import APPROVE, REFUSE, CollectionForm
from .rules import LONGEST_REASON


class AskSealedForm(CollectionForm):
    """What is to be kept in it, and why."""

    about = None
    reason = TextAreaField(
        _l("What official business it is for"),
        description=_l(
            "Which chats or messages, between whom in what role, and why they are records. An administrator "
            "reads this, and it is kept."
        ),
        validators=[
            InputRequired(_l("Say what it is for.")),
            Length(max=LONGEST_REASON, message=_l("Keep this under 1,000 characters.")),
        ],
    )


class DecideSealedForm(HubForm):
    """Allow it or refuse it."""

    decision = RadioField(
        _l("What you decide"),
        choices=[
            SelectChoice(APPROVE, _l("I allow it: the collection is made at once")),
            SelectChoice(REFUSE, _l("I refuse: nothing is made")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("Your reason"),
        description=_l("Kept with your name, and shown to whoever asked."),
        validators=[
            InputRequired(_l("Give your reason: it is kept with your name.")),
            Length(max=LONGEST_REASON, message=_l("Keep this under 1,000 characters.")),
        ],
    )

    @property
    def approves(self) -> bool:
        return self.decision.data == APPROVE
