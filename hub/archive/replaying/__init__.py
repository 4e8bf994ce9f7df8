"""Shows a captured page again, out of the record and nothing else, to the keepers of its collection.

`records` finds the records that a capture is kept with; `cleaning` says what of a page may be shown; `page`
makes it one document with everything in it. See docs/decisions/0017: nothing of
such a page ever runs, and nothing of it can ask anybody for anything.
"""
