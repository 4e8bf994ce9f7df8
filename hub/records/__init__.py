"""The hub's own records: carried away whole, put back, and checked.

Vocabulary: a *backup* is one file with every table and every stored file, taken while the hub is in use; a
*restore* puts it into an empty hub, on either database.
"""
