"""Limits of notes, and how far a preview looks back."""

# A note is read before everything else: what needs more is a discussion, and the note leads there.
LONGEST_NOTE = 4_000

# Previews show a day's digest, or a week's.
SPANS = (1, 7)
