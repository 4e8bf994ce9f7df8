"""What every entry of an item says beside its text: where it stands and applies, what it is filed under."""

from flask_babel import gettext as _
from markupsafe import Markup

from hub.content.models import DISCUSSION, GUIDANCE, QUESTION, Item
from hub.core.pages import day
from hub.core.site import address
from hub.core.words import words


def tags_of(item: Item) -> list[tuple[str, str]]:
    """Its kind and its topics."""
    kinds = {QUESTION: _("Question"), DISCUSSION: _("Discussion"), GUIDANCE: _("Guidance")}
    tags = [(item.kind, kinds[item.kind]), *((topic.slug, topic.name) for topic in item.topics)]
    return [*tags, ("sample", _("Sample"))] if item.is_sample else tags


def foot_of(item: Item) -> Markup:
    """Where it stands and, because the law differs by country, where it applies."""
    group = Markup('<a href="{}">{}</a>').format(address(item.group.path), item.group.name)
    kinds = {
        QUESTION: _("A question in %(group)s.", group="{}"),
        DISCUSSION: _("A discussion in %(group)s.", group="{}"),
        GUIDANCE: _("Guidance of %(group)s. It is not legal advice.", group="{}"),
    }
    return Markup("<p><small>{}{}</small></p>").format(Markup(kinds[item.kind]).format(group), _applies(item))


def _applies(item: Item) -> str:
    wanted = " " + _("Replies are wanted by %(day)s.", day=day(item.replies_by)) if item.replies_by else ""
    return wanted + _law(item)


def _law(item: Item) -> str:
    if not item.applies_to:
        return ""
    place = words(item.applies_to, "place")
    if item.law_date is None:
        return " " + _("It applies to: %(place)s.", place=place)
    return " " + _("It applies to: %(place)s, the law as at %(day)s.", place=place, day=day(item.law_date))
