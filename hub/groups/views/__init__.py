"""Pages of groups: the list, each group's home, coming and going, members, settings; and the administrators'
recorded act of reading."""

from hub.groups.views.blueprint import bp

from . import joining, managing, people, reading, recorded_access, welcome  # noqa: F401

__all__ = ["bp"]
