"""Feeds: what is new, for programs that read (Atom, RSS, JSON Feed), and days for calendars.

Vocabulary: a *feed* has a *subject* (the site, a group, questions, those that wait for an answer,
discussions, guidance, examples, one item, a search, the calendar of days ahead) and *entries*, the newest
first. What was withdrawn is *gone*: its entry vanishes and, where it was open to the reader before, its id is
told as a tombstone, so that readers drop their copy. Open feeds show what anybody sees. A *private feed*
shows what one person sees, to whoever holds its *key*, which stands in its address, is kept only as a hash
and can be revoked.
"""
