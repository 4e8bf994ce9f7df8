"""Handing over: what leaves a collection, whole and checkable.

A *hand-over* is made of a *choice* of archived posts (some, what a search finds, or the whole collection) in
one format: a *bag* (BagIt), JSON of ActivityStreams, tables (CSV), a *disclosure* (redacted, for a request
for information), or a *certificate* (one or more posts in words that a tribunal can read). A *paper* is what
people read: the same content as a page and as a tagged PDF. A *summary* sets what the hub knows of an
organisation's collections beside the elements of a records management plan.
"""
