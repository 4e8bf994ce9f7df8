"""Front: the home page, what is going on across groups, the pages about this site, the gallery.

Vocabulary: *activity* (items of every group that the reader may see, newest first), *site page* (privacy,
terms, complaints, accessibility: written by administrators, incomplete until they say otherwise).
"""
