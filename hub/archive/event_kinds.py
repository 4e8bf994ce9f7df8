"""What can happen to an archived post."""

# What sources tell of a post. Each sighting is its post's first or a further one.
FIRST_SEEN, MET = "first_seen", "met"
EDITED, DELETED = "edited", "deleted"
NOT_FOUND, FOUND_AGAIN = "not_found", "found_again"
TOLD_BY_SOURCES = (FIRST_SEEN, MET, EDITED, DELETED, NOT_FOUND, FOUND_AGAIN)

# What people do with a post.
ATTACHED, DETACHED, PUBLISHED, EXPORTED = "attached", "detached", "published", "exported"
HELD, RELEASED, WITHDRAWN, RESTORED = "held", "released", "withdrawn", "restored"
MASKED, UNMASKED, DISPOSED, ERASED = "masked", "unmasked", "disposed", "erased"
DONE_BY_PEOPLE = (
    ATTACHED, DETACHED, PUBLISHED, EXPORTED, HELD, RELEASED, WITHDRAWN, RESTORED, MASKED, UNMASKED, DISPOSED,
    ERASED,
)  # fmt: skip
EVENT_KINDS = TOLD_BY_SOURCES + DONE_BY_PEOPLE
