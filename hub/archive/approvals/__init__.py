"""What nobody decides alone: a recorded reason, and a second person.

An *approval* is asked for by one person, with what, why and where it leads; another approves or refuses it
with a reason, or it lapses. What was approved then happens by itself, in the decision's transaction, as the
act of whoever asked; where that is no longer possible, they are told why.

Rooms add what they want decided so as a `Kind` (see `kinds`): attaching and exporting where a collection
has an approver (`hub.archive.leaving`), unmasking, showing a private person's deleted post, disposal and
erasure.
"""
