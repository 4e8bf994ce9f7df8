"""How long archived posts are kept, what stops their deletion, and how they are deleted.

A *schedule* has *entries* (a reference, what starts the time, how long, what then), each of which is a class
that a collection, or single posts of it, can have. What is *due* is looked at by its keepers, who keep it on
or propose its disposal. A *hold* stops every way of deleting: whoever deletes asks `holds.deleting` first,
and what does not ask cannot (see `guard`). A *disposal* is approved by a second person, carried out in pieces
and leaves a *certificate*. A lawful *erasure* goes the same way for one post, whatever its class.
"""
