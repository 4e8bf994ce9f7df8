"""What a notice says."""

from flask_babel import gettext as _

from hub.content.models import ANSWER, COMMENT, Post

from .models import ACCEPTED, ANSWERED, MENTIONED, Notice


def what(notice: Notice) -> str:
    """'Cat Muir answered your question'. Needs `post` loaded."""
    who = _who(notice.post)
    if notice.kind == ANSWERED:
        return _("%(who)s answered your question", who=who)
    if notice.kind == MENTIONED:
        return _("%(who)s mentioned you", who=who)
    if notice.kind == ACCEPTED:
        return _("Your answer was accepted")
    if notice.post.kind == ANSWER:
        return _("%(who)s answered", who=who)
    return _("%(who)s commented", who=who) if notice.post.kind == COMMENT else _("%(who)s replied", who=who)


def why(notice: Notice) -> str:
    """Why somebody is told."""
    if notice.kind == ANSWERED:
        return _("You get this because it answers your question.")
    if notice.kind == MENTIONED:
        return _("You get this because it mentions you.")
    return _("You get this because you watch this page.")


def _who(post: Post) -> str:
    return post.byline.get("name") or _("Somebody who has left")
