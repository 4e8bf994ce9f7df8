"""Worked examples: archived posts attached to what people write, with a caption saying what they show.

Vocabulary: an *example* stands under a post of an item and shows one or several archived posts, each in one
*version*; a *card* is what a reader sees of one; its *evidence page* says how it is known. Attaching shows
that version with its media and state; the rest stays the keepers'. Private people are masked.
"""
