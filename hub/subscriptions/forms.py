"""Forms of subscriptions."""

from datetime import date, timedelta
from zoneinfo import available_timezones

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, Field, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hub.accounts.forms import ZONES, whole_address
from hub.core import clock
from hub.core.forms import HubForm

from .models import AT_ONCE, DAILY, FREQUENCIES, LENGTHS, OPENINGS, WEEKLY, Subscriber
from .rules import is_away, zone_named
from .wording import hour_words, length_words, weekdays, without_digest, zone_words

# Who is away for longer does better to choose "Nothing".
LONGEST_AWAY = timedelta(days=366)


class SubscribeForm(HubForm):
    """A visitor asks to be told of some subjects; which, `asked_codes` tells."""

    email = StringField(
        _("Your e-mail address"),
        [InputRequired(_("Write the address that the mail is to go to.")), Length(max=254)],
        description=_("We send a message there with a link to confirm. Nothing else is sent until you do."),
        render_kw={"autocomplete": "email", "type": "email"},
    )
    frequency = RadioField(
        _("How often"),
        choices=[
            SelectChoice(WEEKLY, _("Every Monday")),
            SelectChoice(DAILY, _("Every day")),
            SelectChoice(AT_ONCE, _("Each post at once")),
        ],
        default=WEEKLY,
    )

    def validate_email(self, field: Field) -> None:
        field.data = whole_address(field.data.strip())


class MailForm(HubForm):
    """When mail comes and what it is like; the subjects are fields of their own (`asked_frequencies`)."""

    hour = SelectField(_("At what hour"), coerce=int)
    weekday = SelectField(_("Weekly ones come on"), coerce=int)
    zone = SelectField(_("Your time zone"))
    separate = RadioField(
        _("When several are due together"),
        choices=[
            SelectChoice("no", _("One message for everything")),
            SelectChoice("yes", _("One message for each")),
        ],
    )
    length = RadioField(_("How much of each thing it tells"))
    away_until = DateField(
        _("Send nothing before"),
        [Optional()],
        description=_(
            "While you are away nothing is mailed, but for the security of an account. What happens"
            " meanwhile comes with the first digest afterwards. Leave it empty when you are here."
        ),
    )

    subscriber: Subscriber

    @classmethod
    def of(cls, subscriber: Subscriber, *, by_link: bool = False) -> "MailForm":
        """As it was sent, else as things are. A link from mail is the key: there is no session to abuse."""
        return cls(meta={"csrf": not by_link}, **_as_they_are(subscriber))._for(subscriber)

    @classmethod
    def shown(cls, subscriber: Subscriber) -> "MailForm":
        """As things are, whatever was sent."""
        return cls(formdata=None, meta={"csrf": False}, **_as_they_are(subscriber))._for(subscriber)

    def _for(self, subscriber: Subscriber) -> "MailForm":
        self.subscriber = subscriber
        self.hour.choices = [SelectChoice(hour, hour_words(hour)) for hour in range(24)]
        self.weekday.choices = [SelectChoice(number, name) for number, name in weekdays().items()]
        self.length.choices = [SelectChoice(length, length_words()[length]) for length in LENGTHS]
        zones = [zone for zone in dict.fromkeys([*ZONES, subscriber.zone]) if zone in available_timezones()]
        self.zone.choices = [SelectChoice(zone, zone_words(zone)) for zone in zones]
        if subscriber.person is not None:
            self.away_until.description = f"{self.away_until.description} {without_digest()}"
        return self

    def validate_away_until(self, field: Field) -> None:
        if field.data is None:
            return  # it is no day at all, which is said already
        today = clock.now().astimezone(zone_named(self.subscriber.zone)).date()
        if field.data <= today:
            raise ValidationError(gettext("This day has come. Choose a later one, or leave it empty."))
        if field.data > today + LONGEST_AWAY:
            raise ValidationError(
                gettext("Choose a day within a year. To stop mail for good, choose “Nothing”.")
            )

    @property
    def times(self) -> dict[str, object]:
        """The columns of `Subscriber` that were chosen."""
        until: date | None = self.away_until.data
        return {
            "digest_hour": self.hour.data,
            "weekly_on": self.weekday.data,
            "separate": self.separate.data == "yes",
            "length": self.length.data,
            "away_until": until,
        }


def _as_they_are(subscriber: Subscriber) -> dict[str, object]:
    return {
        "hour": subscriber.digest_hour,
        "weekday": subscriber.weekly_on,
        "zone": subscriber.zone,
        "separate": "yes" if subscriber.separate else "no",
        "length": subscriber.length or OPENINGS,
        "away_until": subscriber.away_until if is_away(subscriber, clock.now()) else None,
    }


def asked_frequencies() -> dict[str, str]:
    """Of the request, by the codes of subjects: how often. Those that are added have one for all."""
    chosen = {name: value for name, value in request.form.items() if value in FREQUENCIES and "-" in name}
    often = request.form.get("add_frequency", "")
    if often in FREQUENCIES:
        chosen |= dict.fromkeys(request.form.getlist("add"), often)
    return chosen


def asked_codes() -> list[str]:
    """Of the request: the codes of subjects that are ticked, or that a page's link to here named."""
    sent = request.form if request.method == "POST" else request.args
    return list(dict.fromkeys(sent.getlist("add")))
