"""Forms of accounts."""

from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from hub.core.forms import HubForm
from hub.core.message import CannotBeWritten, address
from hub.core.words import choices

from . import passwords, rules
from .models import Person

NAME_LIMIT = 120
ABOUT_LIMIT = 600

# The zones that people choose from; whoever has another keeps it.
ZONES = (
    "Europe/London",
    "UTC",
    "Europe/Dublin",
    "Europe/Paris",
    "Europe/Athens",
    "America/New_York",
    "America/Toronto",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Hong_Kong",
    "Australia/Sydney",
    "Pacific/Auckland",
)

# A domain with a dot in it, or none.
DOMAIN = r"^$|^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"

# What people say about themselves, besides their organisation.
SAID = ("name", "handle", "about", "sector", "profession", "time_zone")


def one_line(text: str | None) -> str | None:
    """Without line breaks, control characters and doubled spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) if text else text


def without_nul(text: str | None) -> str | None:
    """PostgreSQL keeps no NUL characters, and neither does anybody need them."""
    return text.replace("\x00", "") if text else text


def an_address(_form: HubForm, field: Field) -> None:
    whole_address(field.data or "")


def whole_address(typed: str) -> str:
    """As mail is sent to it. Raises ValidationError with a sentence that helps."""
    try:
        found = validate_email(typed, check_deliverability=False).normalized
        address(found)
    except (EmailNotValidError, CannotBeWritten) as problem:
        raise ValidationError(
            gettext("This is not a whole e-mail address. It looks like name@example.org.")
        ) from problem
    return found


def check_password(password: str, *personal: str) -> None:
    """Raises ValidationError with a sentence that helps."""
    problem = passwords.problem(password, *personal)
    if problem is None:
        return
    raise ValidationError(
        {
            passwords.TOO_SHORT: gettext(
                "Use at least %(count)s characters. Three random words are easy to remember.",
                count=passwords.MINIMUM_LENGTH,
            ),
            passwords.TOO_LONG: gettext("Use at most %(count)s characters.", count=passwords.MAXIMUM_LENGTH),
            passwords.TOO_COMMON: gettext(
                "This is among the first that anybody would try. Three random words are better."
            ),
            passwords.TOO_PERSONAL: gettext(
                "This has little in it besides your name or address. Three random words are better."
            ),
        }[problem]
    )


def email_field(label: str, **more: object) -> StringField:
    validators = [InputRequired(_("Give an e-mail address.")), Length(max=254), an_address]
    render = {"type": "email", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
    return StringField(label, validators, filters=[one_line], render_kw=render, **more)  # type: ignore[arg-type]


def new_password_field(label: str) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_("Choose a password."))],
        description=_(
            "At least %(count)s characters. Three random words make a good one.",
            count=passwords.MINIMUM_LENGTH,
        ),
        render_kw={"autocomplete": "new-password"},
    )


def name_field() -> StringField:
    return StringField(
        _("Your name"),
        [InputRequired(_("Give the name that people know you by.")), Length(max=NAME_LIMIT)],
        filters=[one_line],
        description=_("As people know you at work. It stands beside what you write."),
        render_kw={"autocomplete": "name"},
    )


class RegisterForm(HubForm):
    name = name_field()
    email = email_field(
        _("Your e-mail address"),
        description=_(
            "Your work address, if you have one: it can confirm your organisation. Nobody is shown it."
        ),
    )
    password = new_password_field(_("Choose a password"))
    next = HiddenField()

    def validate_password(self, field: Field) -> None:
        check_password(field.data or "", self.name.data or "", self.email.data or "")


class SignInForm(HubForm):
    email = email_field(_("Your e-mail address"))
    password = PasswordField(
        _("Your password"),
        [InputRequired(_("Give your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Keep me signed in on this device"))
    next = HiddenField()


class RecoverForm(HubForm):
    email = email_field(_("Your e-mail address"))


class NewPasswordForm(HubForm):
    """For whoever came by a mailed link; `person` is set by the view."""

    password = new_password_field(_("Your new password"))
    person: Person

    def validate_password(self, field: Field) -> None:
        check_password(field.data or "", self.person.name, self.person.email, self.person.handle)


class ChangePasswordForm(NewPasswordForm):
    current_password = PasswordField(
        _("Your password now"),
        [InputRequired(_("Give your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ChangeEmailForm(HubForm):
    email = email_field(_("Your new e-mail address"))
    current_password = PasswordField(
        _("Your password"),
        [InputRequired(_("Give your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class WhoIAmForm(HubForm):
    """Sector, profession, organisation: what stands beside what people write."""

    sector = SelectField(_("Your sector"), [Optional()])
    profession = SelectField(_("Your profession"), [Optional()])
    organisation = StringField(
        _("Your organisation"),
        [Length(max=160)],
        filters=[one_line],
        description=_(
            "Pick it from the list as you type, or name a new one. "
            "Your address confirms it where the hub knows the organisation's addresses."
        ),
        render_kw={"autocomplete": "organization", "list": "organisations"},
    )

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        organisation = person.organisation.name if person.organisation else ""
        said = {name: getattr(person, name) for name in SAID} | {"organisation": organisation}
        super().__init__(*args, data=said, **kwargs)
        self.sector.choices = [SelectChoice("", _("Rather not say")), *_options("sector")]
        self.profession.choices = [SelectChoice("", _("Rather not say")), *_options("profession")]


def _options(vocabulary: str) -> list[SelectChoice]:
    """The vocabulary's words as they stand in a list: beginning with a capital."""
    return [
        SelectChoice(choice.value, str(choice.label)[:1].upper() + str(choice.label)[1:])
        for choice in choices(vocabulary)
    ]


class OrganisationForm(HubForm):
    """For administrators: what is known of an organisation."""

    name = StringField(
        _("Name"), [InputRequired(_("Give the organisation's name.")), Length(max=160)], filters=[one_line]
    )
    sector = SelectField(_("Sector"), [Optional()])
    mail_domain = StringField(
        _("Its addresses end in"),
        [Length(max=160), Regexp(DOMAIN, message=_("Give a domain, as in council.example.org."))],
        filters=[one_line, lambda text: text.lower().removeprefix("@") if text else ""],
        description=_(
            "What stands behind the @. Whoever has confirmed such an address is shown as confirmed. "
            "Never a provider's that anybody can have an address at."
        ),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sector.choices = [SelectChoice("", _("Not known")), *_options("sector")]


class ProfileForm(WhoIAmForm):
    name = name_field()
    handle = StringField(
        _("Your handle"),
        [InputRequired(_("Choose a handle.")), Length(max=rules.HANDLE_LIMIT)],
        filters=[one_line, lambda text: text.lower().removeprefix("@") if text else text],
        description=_("People mention you with it: @handle. Small letters, digits and hyphens."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    about = TextAreaField(
        _("About you"),
        [Length(max=ABOUT_LIMIT)],
        filters=[without_nul],
        description=_(
            "What you work on, and what you can help with. Up to %(count)s characters.", count=ABOUT_LIMIT
        ),
        render_kw={"rows": 4},
    )
    time_zone = SelectField(_("Your time zone"), description=_("Times are shown to you in it."))

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        super().__init__(*args, person=person, **kwargs)
        zones = dict.fromkeys([*ZONES, person.time_zone])
        self.time_zone.choices = [
            SelectChoice(zone, zone.replace("_", " ")) for zone in zones if zone in available_timezones()
        ]
        self.person = person

    def validate_handle(self, field: Field) -> None:
        from .actions import handle_is_free

        if not rules.handle_is_fine(field.data or ""):
            raise ValidationError(
                gettext("Use small letters, digits and hyphens, beginning and ending with a letter or digit.")
            )
        if not handle_is_free(field.data, self.person.id):
            raise ValidationError(gettext("Somebody has this handle already. Choose another."))
