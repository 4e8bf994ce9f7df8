"""Notices: what concerns one person is told to them, on the site and, where they keep it on, by e-mail.

Vocabulary: a *notice* tells one person of one post: it answered their question, mentions them, is their own
answer that was accepted, or stands under something they watch. A notice of what its person may no longer see
is dark: it is not shown, not counted, and not mailed.
"""
