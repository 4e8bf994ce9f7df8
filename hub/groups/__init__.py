"""Groups: communities inside the hub, their members, roles and visibility.

Vocabulary: a group's *visibility* is public, part-open, listed or hidden; *joining* is open, on request or
by invitation; a member's *role* is member, moderator or owner.
"""
