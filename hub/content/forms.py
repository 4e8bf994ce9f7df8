"""Forms that several kinds of item share."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from hub.core import clock
from hub.core.forms import HubForm
from hub.core.markup import tidy
from hub.core.words import choices

from .files.field import FilesField
from .models import DISCUSSION, Topic
from .rules import LONGEST_COMMENT, LONGEST_POST, LONGEST_TITLE, SHORTEST_TITLE

# A list that one can still choose from; a name that fits beside others.
MOST_GROUP_TOPICS = 60
LONGEST_TOPIC = 80

# More topics than this say nothing about what a thing is about.
MOST_TOPICS = 5


def tidied(text: str | None) -> str:
    return tidy(text or "")


class Written:
    """There is something in it besides spaces."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(self.message))


class PostForm(HubForm):
    """A reply or an answer."""

    text = TextAreaField(
        _("What you want to say"),
        filters=[tidied],
        validators=[
            Written(_("Write something first.")),
            Length(max=LONGEST_POST, message=_("This is longer than one post can be (%(max)d characters).")),
        ],
    )

    files = FilesField(_("Files"))

    @property
    def wants_preview(self) -> bool:
        """Whether it was sent to be looked at only."""
        return bool(request.form.get("preview"))

    @property
    def wants_keeping(self) -> bool:
        """Whether it was sent to be kept as a draft."""
        return bool(request.form.get("keep"))


class CommentForm(HubForm):
    text = TextAreaField(
        _("Your comment"),
        description=_("A short remark or a question back. What answers the question belongs in an answer."),
        filters=[tidied],
        validators=[
            Written(_("Write something first.")),
            Length(max=LONGEST_COMMENT, message=_("A comment can have up to %(max)d characters.")),
        ],
    )


class EditPostForm(PostForm):
    base = HiddenField()
    note = StringField(
        _("What you changed, and why"),
        description=_("Shown in the history of this post."),
        filters=[tidied],
        validators=[Length(max=300, message=_("Say it in up to %(max)d characters."))],
    )

    @property
    def base_number(self) -> int | None:
        """The revision that the editor began from."""
        return int(self.base.data) if (self.base.data or "").isdecimal() and len(self.base.data) < 9 else None


class EraseFileForm(HubForm):
    reason = StringField(
        _("Why"),
        description=_("Kept in the log of decisions, which the group's members read. Repeat nothing of it."),
        filters=[tidied],
        validators=[
            Written(_("Say why: it cannot be undone.")),
            Length(max=300, message=_("Say it in up to %(max)d characters.")),
        ],
    )


def title_field(label: Any, description: Any = "") -> StringField:
    """One line that says what an item is about."""
    return StringField(
        label,
        description=description,
        filters=[lambda text: " ".join(tidy(text or "").split())],
        validators=[
            Length(
                min=SHORTEST_TITLE,
                message=_(
                    "Write a title of at least %(min)d characters, so that others can tell what it is about."
                ),
            ),
            Length(max=LONGEST_TITLE, message=_("Shorten it to %(max)d characters.")),
        ],
    )


class FiledForm(HubForm):
    """Title, topics, and where it applies: how an item is filed."""

    title = title_field(_("Title"))
    topics = SelectMultipleField(
        _("Topics"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[
            Length(max=MOST_TOPICS, message=_("Choose up to %(max)d topics.")),
        ],
    )
    applies_to = SelectField(_("Where it applies"), description=_("The law differs from country to country."))
    law_date = DateField(
        _("The law as at"),
        description=_("If you speak of the law: the day on which it stood so."),
        validators=[Optional()],
    )
    replies_by = DateField(
        _("Replies wanted by"),
        description=_("For a consultation: its last day. It stands in the group's calendar."),
        validators=[Optional()],
    )

    def offer(self, kind: str, topics: Sequence[Topic]) -> None:
        """Fill the lists to choose from: the topics of the group, and the places. Only a discussion may be a
        consultation."""
        if kind != DISCUSSION:
            del self.replies_by
        self._topics = {topic.slug: topic for topic in topics}
        self.topics.choices = [SelectChoice(topic.slug, topic.name) for topic in topics]
        self.applies_to.choices = [SelectChoice("", _("Not said")), *choices("place")]

    @property
    def chosen_topics(self) -> list[Topic]:
        return [self._topics[slug] for slug in self.topics.data or [] if slug in self._topics]

    @property
    def filing(self) -> dict[str, Any]:
        """Keyword arguments for the actions that file an item."""
        return {
            "topics": self.chosen_topics,
            "applies_to": self.applies_to.data or "",
            "law_date": self.law_date.data,
        } | ({"replies_by": self.replies_by.data} if self.replies_by else {})


class StartForm(FiledForm, PostForm):
    """An item with its opening post."""

    def validate_replies_by(self, field: Any) -> None:
        if field.data and field.data < clock.now().date():
            raise ValidationError(_("Choose a day that is still to come."))


class GroupTopicsForm(HubForm):
    """The topics of a group, one a line."""

    names = TextAreaField(
        _("Topics"),
        description=_("One on each line, in the words of your members. A dozen are easier than fifty."),
        filters=[tidied],
        render_kw={"rows": 12},
    )

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in (self.names.data or "").splitlines() if line.strip()]

    def validate_names(self, field: TextAreaField) -> None:
        if len(self.lines) > MOST_GROUP_TOPICS:
            raise ValidationError(gettext("Choose up to %(max)d topics.", max=MOST_GROUP_TOPICS))
        long = [line for line in self.lines if len(line) > LONGEST_TOPIC]
        if long:
            raise ValidationError(
                gettext("Shorten this to %(max)d characters: %(line)s", max=LONGEST_TOPIC, line=long[0][:60])
            )
