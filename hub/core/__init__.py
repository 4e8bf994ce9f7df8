"""The ground floor: what every room stands on, and nothing that belongs to one feature.

Vocabulary: an *actor* is whoever acts, with their roles; a *job* is a row of work with a lease; an
*outbox entry* is a job written in the same transaction as what caused it; a *slot* is a place on a page
that a higher room may fill.
"""
