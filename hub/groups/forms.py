"""Forms of groups."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from hub.accounts.forms import WhoIAmForm, email_field, one_line, without_nul
from hub.core.forms import HubForm
from hub.core.words import choices, words

from .models import BY_INVITATION, HIDDEN, VISIBILITIES, Group

REASON_LIMIT = 600


class GroupForm(HubForm):
    name = StringField(
        _("Name"),
        [InputRequired(_("Give the group a name.")), Length(max=120)],
        filters=[one_line],
        description=_("What people will look for: its subject, not its owner."),
    )
    summary = StringField(
        _("What it is for"),
        [InputRequired(_("Say in a sentence what the group is for.")), Length(max=300)],
        filters=[one_line],
        description=_("One sentence. It stands in the list of groups."),
    )
    welcome = TextAreaField(
        _("Welcome"),
        [Length(max=20000)],
        filters=[without_nul],
        description=_("For newcomers: what to ask here, what has been agreed, where to begin."),
    )
    visibility = RadioField(_("Who may read"), description=_("Changes of it are recorded."))
    joining = RadioField(_("Who may join"))
    mails_words = BooleanField(
        _("E-mail from this group may repeat what members wrote"),
        description=_(
            "E-mail stays in mailboxes for years, is forwarded, and can be asked for as a record of whoever "
            "received it. So what only members read is mailed as titles, with links that ask to sign in. "
            "Choose this if the members agree that their words may be mailed. What anybody may read is "
            "mailed anyway."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.visibility.choices = [SelectChoice(code, words(code, "visibility")) for code in VISIBILITIES]
        self.joining.choices = choices("joining")

    def validate_joining(self, field: RadioField) -> None:
        if self.visibility.data == HIDDEN and field.data != BY_INVITATION:
            raise ValidationError(gettext("A hidden group cannot be found, so joining it is by invitation."))


class AskForm(HubForm):
    message = TextAreaField(
        _("Why you would like to join"),
        [Length(max=REASON_LIMIT)],
        filters=[without_nul],
        description=_("A sentence helps its moderators to decide."),
        render_kw={"rows": 4},
    )


class ReasonForm(HubForm):
    """For what somebody else is told the reason of."""

    reason = TextAreaField(
        _("Reason"),
        [InputRequired(_("Give a reason: the other side is told it.")), Length(max=REASON_LIMIT)],
        filters=[without_nul],
        render_kw={"rows": 3},
    )


class RoleForm(HubForm):
    role = RadioField(_("Role"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            SelectChoice("member", gettext("Member: reads, asks, answers and discusses")),
            SelectChoice(
                "moderator", gettext("Moderator: also curates guidance, lets people in, handles reports")
            ),
            SelectChoice("owner", gettext("Owner: also changes the group's settings and roles")),
        ]


class InviteForm(HubForm):
    email = email_field(_("E-mail address"), description=_("Whoever opens the mailed link may join."))


class AccessForm(HubForm):
    group = StringField(
        _("The group's address"),
        [InputRequired(_("Say which group."))],
        filters=[one_line],
        description=_("The part after /groups/, as it stands in the complaint or request."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    reason = TextAreaField(
        _("Reason"),
        [InputRequired(_("Give a reason: the group's members see it.")), Length(max=REASON_LIMIT)],
        filters=[without_nul],
        description=_("Members of the group see who read it, when, and this reason."),
        render_kw={"rows": 3},
    )


class WelcomeForm(WhoIAmForm):
    groups = SelectMultipleField(
        _("Groups to join"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_(
            "You can leave again at any time. Where joining is on request, its moderators are asked."
        ),
    )

    def __init__(self, *args: object, groups: list[Group], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.groups.choices = [SelectChoice(group.slug, f"{group.name}: {group.summary}") for group in groups]
