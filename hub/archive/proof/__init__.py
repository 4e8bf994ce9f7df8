"""The log: every event of a collection sealed, one after another, so that nobody can change what was, add to
it or take from it without being found out.

Vocabulary: an event is *sealed* by an *entry*; an entry commits to its *statement* (what the event vouches
for, in parts that can be shown one by one) with a salt; entries form a *chain* and the leaves of a *tree*
(RFC 9162); a *checkpoint* is the tree's head, signed. What is newer than the last checkpoint is *not yet
anchored*. `docs/decisions/0015-every-event-is-in-a-log.md` says why it is made so.
"""
