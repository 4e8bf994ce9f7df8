"""Forms of captures over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import puremagic
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import to_utc
from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, RadioField, SelectChoice, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from hub.core import clock
from hub.core.forms import HubForm

from ..adapters.by_hand import LONGEST_TEXT
from ..adapters.fields import EARLIEST
from ..post_addresses import read_address
from .looking import can_be_watched

THERE, GONE = "there", "gone"
MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
# The clock of the person's machine may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=10)
PICTURES = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".webp": "webp", ".gif": "gif"}


def in_utc(moment: datetime | None) -> datetime | None:
    """What somebody typed in their own zone, in UTC."""
    return to_utc(moment).replace(tzinfo=UTC) if moment else None


class AddressField(StringField):
    """The address of a post or page."""

    def pre_validate(self, form: HubForm) -> None:
        if self.data and read_address(self.data) is None:
            raise ValidationError(_("Write the whole address, as the browser shows it: https:// and so on."))


class SeenForm(HubForm):
    """One post, as somebody saw it."""

    address = AddressField(
        _l("Its address"),
        description=_l("Copy it from the browser. It tells which post this is."),
        validators=[
            InputRequired(_l("Give the post's address.")),
            Length(max=500, message=_l("Keep the address under 500 characters.")),
        ],
    )
    state = RadioField(
        _l("What you saw"),
        default=THERE,
        choices=[
            SelectChoice(THERE, _l("The post, as it is written below")),
            SelectChoice(GONE, _l("That the post is no longer there")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    text = TextAreaField(
        _l("What it says"),
        description=_l("Word for word. Leave it empty if the post is gone, or if a screenshot shows it."),
        validators=[Length(max=LONGEST_TEXT, message=_l("Keep the text under 100,000 characters."))],
    )
    handle = StringField(
        _l("The account's handle"),
        validators=[Length(max=200, message=_l("Keep the handle under 200 characters."))],
    )
    name = StringField(
        _l("The account's name"),
        validators=[Length(max=200, message=_l("Keep the name under 200 characters."))],
    )
    posted_at = DateTimeLocalField(
        _l("When it was posted, as the platform says"), format=MOMENT, validators=[Optional()]
    )
    reply_to = AddressField(
        _l("The address of the post that it answers"),
        validators=[Length(max=500, message=_l("Keep the address under 500 characters."))],
    )
    seen_at = DateTimeLocalField(
        _l("When it was seen"), format=MOMENT, validators=[InputRequired(_l("Say when it was seen."))]
    )
    seen_by = StringField(
        _l("Who saw it"),
        validators=[
            InputRequired(_l("Say who saw it.")),
            Length(max=200, message=_l("Keep this under 200 characters.")),
        ],
    )
    how = TextAreaField(
        _l("How it was seen"),
        description=_l("With which account or device, from where, who else was there."),
        validators=[Length(max=600, message=_l("Keep this under 600 characters."))],
    )
    screenshot = FileField(
        _l("Screenshot"),
        description=_l("Kept as evidence for the collection's keepers. It is not shown on examples."),
    )
    suffix = ""

    def validate_text(self, field: TextAreaField) -> None:
        if self.state.data == THERE and not (field.data or "").strip() and not self._has_screenshot():
            raise ValidationError(_("Write what the post says, or add a screenshot of it."))

    def validate_seen_at(self, field: DateTimeLocalField) -> None:
        _check_year(field)
        if field.data and _is_to_come(field.data):
            raise ValidationError(_("This moment has not come yet."))

    def validate_posted_at(self, field: DateTimeLocalField) -> None:
        _check_year(field)
        if field.data and self.seen_at.data and field.data - self.seen_at.data > CLOCKS_DIFFER:
            raise ValidationError(_("A post cannot be seen before it was posted."))

    def validate_screenshot(self, field: FileField) -> None:
        if not self._has_screenshot():
            return
        head = field.data.stream.read(2048)
        field.data.stream.seek(0)
        try:
            kind = puremagic.from_string(head, filename="")
        except (puremagic.PureError, ValueError):  # the latter: it is empty
            kind = ""
        self.suffix = PICTURES.get(kind, "")
        if not self.suffix:
            raise ValidationError(_("A screenshot is a picture: PNG, JPEG, WebP or GIF."))

    def _has_screenshot(self) -> bool:
        return bool(self.screenshot.data and self.screenshot.data.filename)


def _is_to_come(moment: datetime) -> bool:
    now = clock.now()
    return moment.year > now.year + 1 or in_utc(moment) > now + CLOCKS_DIFFER


def _check_year(field: DateTimeLocalField) -> None:
    """A year that was typed by halves ("24" is the year 24)."""
    if field.data and field.data.year < EARLIEST.year:
        raise ValidationError(_("Write the year in full: nothing was posted so long ago."))


class WatchForm(HubForm):
    """An address to look at again and again."""

    address = StringField(
        _l("The address"),
        description=_l(
            "A feed, a page that has one, or a public account: @council@mastodon.example, or its page on "
            "Mastodon or Bluesky."
        ),
        validators=[
            InputRequired(_l("Give an address.")),
            Length(max=500, message=_l("Keep the address under 500 characters.")),
        ],
    )
    every_hours = RadioField(
        _l("How often to look"),
        default="24",
        choices=[
            SelectChoice("1", _l("Every hour")),
            SelectChoice("6", _l("Every six hours")),
            SelectChoice("24", _l("Every day")),
            SelectChoice("168", _l("Every week")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )

    def validate_address(self, field: StringField) -> None:
        if not can_be_watched(field.data or ""):
            raise ValidationError(
                _("Write a whole address (https:// and so on), or an account as @name@server.")
            )
