"""What the state of a message means."""

# The colour and word of each, as for the status component.
STATE_MEANINGS = {
    "queued": "open",
    "sending": "open",
    "sent": "verified",
    "uncertain": "due",
    "failed": "overdue",
    "dropped": "closed",
}
