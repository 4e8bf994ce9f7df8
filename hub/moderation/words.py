"""What the codes of this room are called on pages."""

from flask_babel import lazy_gettext as _

WHY = {
    "private": _("It tells something private about somebody"),
    "unlawful": _("It breaks the law, or somebody's rights"),
    "abuse": _("It is abusive, or attacks somebody"),
    "wrong": _("It is wrong, out of date or misleading"),
    "spam": _("It is advertising"),
    "other": _("Something else"),
}

# What the log says of what was done.
DONE = {
    "report.kept": _("decided that it stands"),
    "report.removed": _("decided that it stays out of sight"),
    "item.withdrawn": _("withdrew"),
    "item.restored": _("put back"),
    "post.withdrawn": _("withdrew a post in"),
    "post.restored": _("put back a post in"),
    "item.closed": _("closed to new posts"),
    "item.reopened": _("opened to new posts again"),
    "item.retitled": _("gave a new title to"),
    "guidance.published": _("published"),
    "guidance.checked": _("checked"),
    "guidance.needs_review": _("said that it needs review"),
    "guidance.returned": _("gave back to be worked on"),
    "guidance.superseded": _("said what takes the place of"),
    "group.visibility": _("changed who may read"),
    "group.approve_request": _("let somebody in"),
    "group.decline_request": _("declined somebody's request to join"),
    "group.change_role": _("changed somebody's role"),
    "group.remove_member": _("took somebody out of the group"),
    "group.invite": _("invited somebody"),
}


def done(action: str) -> str:
    """The action in words; one without words of its own as it is, made readable."""
    return str(DONE[action]) if action in DONE else action.replace(".", ": ").replace("_", " ")
