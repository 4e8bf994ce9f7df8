"""What a message of one post calls things."""

from flask_babel import gettext as _

from hub.content.models import ANSWER, DISCUSSION, GUIDANCE, QUESTION, Activity, Item, Post
from hub.content.wording import byline
from hub.core.pages import day
from hub.core.words import words
from hub.subscriptions.models import Subscription
from hub.subscriptions.subjects import subject_of
from hub.subscriptions.wording import name_of

from .rules import COMMENTED, PUBLISHED, REVISED

# Why a post concerns its reader in particular.
YOUR_QUESTION, MENTIONED = "your_question", "mentioned"


def what(activity: Activity, item: Item, post: Post, concern: str) -> str:
    """'Cat Muir, Strathtay Council, answered your question'."""
    who = byline(post.byline.get("name", ""), post.byline.get("organisation", ""))
    if concern == YOUR_QUESTION:
        return _("%(who)s answered your question", who=who)
    if concern == MENTIONED:
        return _("%(who)s mentioned you", who=who)
    if item.kind == GUIDANCE and activity.kind in {PUBLISHED, REVISED}:
        return _("New guidance") if activity.kind == PUBLISHED else _("Guidance was changed")
    if activity.kind == PUBLISHED:
        asked = item.kind == QUESTION
        return _("%(who)s asked a question", who=who) if asked else _("%(who)s started a discussion", who=who)
    if activity.kind == COMMENTED:
        return _("%(who)s commented", who=who)
    return _("%(who)s answered", who=who) if post.kind == ANSWER else _("%(who)s replied", who=who)


def applies(item: Item) -> str:
    """Where it applies, of what day the law is, and until when replies are wanted."""
    place = words(item.applies_to, "place") if item.applies_to else ""
    law = _("law as of %(day)s", day=day(item.law_date)) if item.law_date else ""
    if place:
        place = _("Applies to: %(place)s", place=place)
    wanted = _("replies wanted by %(day)s", day=day(item.replies_by)) if item.replies_by else ""
    return ", ".join(part for part in (place, law, wanted) if part)


def press(item: Item, has_account: bool) -> str:
    """What to do next."""
    if item.kind == GUIDANCE:
        return _("Read the page on the hub")
    if not has_account or item.closed:
        return _("Read it on the hub")
    return _("Reply on the hub") if item.kind == DISCUSSION else _("Answer on the hub")


def list_name(subscription: Subscription) -> str:
    """What mail programs know the list by, before the hub's own name."""
    if subscription.search is not None:
        return f"{subscription.search.token}.searches"
    if subscription.topic is not None:
        return f"{subscription.topic.slug}.topics"
    return f"{subscription.subject.slug}.groups"  # type: ignore[union-attr]


def chosen(subscription: Subscription) -> str:
    """The choice that it came by, as the page of somebody's mail calls it."""
    return name_of(subject_of(subscription))
