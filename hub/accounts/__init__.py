"""People and organisations: who somebody is, how it was confirmed, and how they sign in.

Vocabulary: a *person* has a handle and a profile (*sector*, *profession*, *organisation*); the organisation
is *confirmed* by e-mail address, by a moderator, or only said. A *byline* is a profile as it was when
somebody wrote.
"""
