"""Which rooms the house has."""

# From the ground up; a room's modules are imported in this order, and importing registers.
ROOMS = (
    "core",
    "accounts",
    "groups",
    "content",
    "archive",
    "discussions",
    "questions",
    "guidance",
    "examples",
    "records",
    "handover",
    "moderation",
    "search",
    "subscriptions",
    "digests",
    "instants",
    "deliveries",
    "webhooks",
    "notices",
    "feeds",
    "inbox",
    "front",
    "seeds",
)
