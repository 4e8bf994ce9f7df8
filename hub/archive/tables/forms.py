"""The form that asks what the columns of a table are."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired

from hub.accounts.forms import ZONES
from hub.archive.adapters.table_mapping import (
    DAY_FIRST,
    MONTH_FIRST,
    ROLES,
    TEXT,
    YEAR_FIRST,
    Mapping,
)
from hub.archive.platforms import PLATFORMS, platform_name
from hub.archive.post_addresses import WEB
from hub.core.forms import HubForm

NONE, BY_ADDRESS = "", "by_address"
EXAMPLE = 40


class ColumnsForm(HubForm):
    """One choice for each thing that a column can be."""

    text = SelectField(
        _l("The words of the post"), validators=[InputRequired(_l("Say which column holds the words."))]
    )
    time = SelectField(_l("When it was posted"))
    author = SelectField(_l("The author's name"))
    handle = SelectField(_l("The author's handle"))
    id = SelectField(
        _l("The post's id or number"), description=_l("As the platform has it. An address tells it as well.")
    )
    address = SelectField(_l("The post's address"))
    reply_to = SelectField(
        _l("What it answers"), description=_l("The address or the id of the post that it answers.")
    )
    platform = SelectField(_l("The platform, where the column tells it"))
    fixed_platform = SelectField(_l("Otherwise, the platform of all rows"))
    order = RadioField(
        _l("How dates are written"),
        choices=[
            SelectChoice(DAY_FIRST, _l("Day first: 3/12/2024 is the 3rd of December")),
            SelectChoice(MONTH_FIRST, _l("Month first: 3/12/2024 is the 12th of March")),
            SelectChoice(YEAR_FIRST, _l("Year first: 24/3/12 is the 12th of March")),
        ],
    )
    zone = SelectField(_l("The time zone of times that name none"))
    header = BooleanField(_l("A row of the file names its columns"))

    def offer(self, guess: Mapping, example: Sequence[str]) -> None:
        """The columns to choose from, each by its name and what stands in it."""
        self._guess = guess
        columns = [SelectChoice(NONE, _("No column"))]
        for at, name in enumerate(guess.names):
            said = " ".join(example[at].split()) if at < len(example) else ""
            said = said[:EXAMPLE] + "…" if len(said) > EXAMPLE else said
            called = name or _("Column %(number)s", number=at + 1)
            columns.append(SelectChoice(str(at), f"{called}: {said}" if said else called))
        for role in ROLES:
            self[role].choices = columns[1:] if role == TEXT else columns
        self.fixed_platform.choices = [
            SelectChoice(BY_ADDRESS, _("As the addresses tell")),
            *(SelectChoice(code, platform_name(code)) for code in (*PLATFORMS, WEB)),
        ]
        self.zone.choices = [
            SelectChoice(one, one.replace("_", " ")) for one in dict.fromkeys([*ZONES, guess.zone])
        ]

    def begin_with(self, mapping: Mapping) -> None:
        """Fill in what is suggested, or what was said before."""
        for role in ROLES:
            self[role].data = str(mapping.columns[role]) if role in mapping.columns else NONE
        self.fixed_platform.data = mapping.platform or BY_ADDRESS
        self.order.data, self.zone.data, self.header.data = mapping.order, mapping.zone, mapping.header > 0

    @property
    def mapping(self) -> Mapping:
        """What the form says."""
        columns = {role: int(self[role].data) for role in ROLES if self[role].data}
        platform = "" if self.fixed_platform.data == BY_ADDRESS else self.fixed_platform.data
        header = (self._guess.header or 1) if self.header.data else 0
        return Mapping(columns, platform, self.zone.data, self.order.data, header, self._guess.names)

    def validate_text(self, field: SelectField) -> None:
        chosen = [self[role].data for role in ROLES if self[role].data]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(_("One column is chosen for two things. Choose each column once."))
