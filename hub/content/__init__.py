"""The spine: what every kind of writing has in common.

Vocabulary: an *item* has its own page in a group (a discussion, a question, a guidance page); a *post* is a
contribution under an item (opening, reply, answer, comment); a *topic* is a term of the controlled
vocabulary; an *activity* is one thing that happened, numbered in order of commit.
"""
