"""Forms of hand-overs."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from hub.core.forms import HubForm
from hub.core.pages import figure

from .words import FORMATS

WHOLE, FOUND, CHOSEN = "whole", "found", "chosen"

_to_whom = {
    "label": _l("Who gets it"),
    "description": _l("A person, an organisation or a system. Kept with the hand-over."),
    "validators": [Optional(), Length(max=200, message=_l("Keep this under 200 characters."))],
}
_why = {
    "label": _l("Why"),
    "description": _l(
        "A request's number, an inquiry, a move to another system. It stands in the audit, in a bag and on a "
        "disclosure."
    ),
    "validators": [
        InputRequired(_l("Write why it is handed over.")),
        Length(max=600, message=_l("Keep this under 600 characters.")),
    ],
}
_exemption = {
    "label": _l("Exemption relied on"),
    "validators": [
        InputRequired(_l("Say which exemption is relied on.")),
        Length(max=200, message=_l("Keep this under 200 characters.")),
    ],
}


class HandOverForm(HubForm):
    """What to hand over, in which format, to whom and why."""

    posts = RadioField(_l("Which posts"), validators=[InputRequired(_l("Choose one."))])
    format = RadioField(
        _l("As what"),
        choices=[SelectChoice(code, words) for code, words in FORMATS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    recipient = StringField(**_to_whom)
    reason = TextAreaField(**_why)

    def offer(self, whole: int, found: int | None, listed: int) -> None:
        """How many posts each choice is; found: None when nothing was searched for; listed: those to tick."""
        choices = [SelectChoice(WHOLE, _count(_("The whole collection"), whole))]
        if found is not None:
            choices.insert(0, SelectChoice(FOUND, _count(_("All that this search finds"), found)))
        if listed:
            choices.append(SelectChoice(CHOSEN, _("Those that are ticked below")))
        self.posts.choices = choices
        if self.posts.data not in [one.value for one in choices]:
            self.posts.data = choices[0].value


def _count(words: str, count: int) -> str:
    posts = ngettext("%(count)s post", "%(count)s posts", count, count=figure(count))
    return _("%(words)s (%(posts)s)", words=words, posts=posts)


class TransferForm(HubForm):
    """What is due goes to an archive."""

    recipient = StringField(
        _l("To which archive"),
        description=_l("It stands in the bag, in each post's history and on the certificate."),
        validators=[
            InputRequired(_l("Say to which archive they go.")),
            Length(max=200, message=_l("Keep this under 200 characters.")),
        ],
    )
    reason = TextAreaField(
        _l("Why"),
        description=_l("It stands in the audit, in the bag and on the certificate."),
        validators=[
            InputRequired(_l("Write why they are transferred.")),
            Length(max=600, message=_l("Keep this under 600 characters.")),
        ],
    )


class CertificateForm(HubForm):
    """A certificate of one post."""

    names_shown = BooleanField(
        _l("Name private people"),
        description=_l("Only where whoever reads it may know. Otherwise names and handles are left out."),
    )
    recipient = StringField(**_to_whom)
    reason = TextAreaField(**_why)


class PassageForm(HubForm):
    """Words to take out of a disclosure."""

    words = TextAreaField(
        _l("Words to take out"),
        description=_l(
            "Copy them from a post, or select them there. They are taken out wherever they stand, whatever "
            "their case."
        ),
        validators=[
            InputRequired(_l("Write the words to take out.")),
            Length(max=2000, message=_l("Keep this under 2,000 characters.")),
        ],
    )
    exemption = StringField(**_exemption)


class LeaveOutForm(HubForm):
    """A picture or a whole post to leave out."""

    exemption = StringField(**_exemption)


class FinishForm(HubForm):
    """The last word before a disclosure is made."""

    exemption = StringField(
        _l("Exemption for the names of private people"),
        description=_l("They are left out by themselves, with the pictures of their posts."),
        validators=[
            InputRequired(_l("Say which exemption is relied on.")),
            Length(max=200, message=_l("Keep this under 200 characters.")),
        ],
    )
