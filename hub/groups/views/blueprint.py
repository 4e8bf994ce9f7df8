"""The blueprint of groups, and what its pages share."""

from typing import Any

from flask import Blueprint, abort

from hub.core.access import load
from hub.groups.models import Group, Membership
from hub.groups.queries import membership_of

bp = Blueprint("groups", __name__)


def load_group(slug: str) -> Group:
    """The group of an address, judged by the view's declared action; else 404."""
    return load(Group, Group.slug == slug)


def load_membership(group: Group, handle: str) -> Membership:
    """One member of a group that the actor moderates (which the view has checked)."""
    membership: Any = membership_of(group, handle)
    return membership or abort(404)
