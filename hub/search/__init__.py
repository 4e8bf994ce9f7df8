"""Search: finding what was written and archived, for whoever may read it.

A *document* is one thing that can be found (a post, an archived post); a *hit* is a document that a
query found; an *audience* is a token of who may read it. The index is only a way to find keys fast:
every hit is read again from the database through the policy before it is shown.
"""
