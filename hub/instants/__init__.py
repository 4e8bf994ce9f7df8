"""Instants: each post as a message of its own, to those who chose to be told at once.

Vocabulary: an *instant* is one thing that happened (something was published, answered, replied, commented, or
guidance was revised) as one subscriber was mailed it. What could not be told at once (one was away, the mail
failed, the search found it later) comes with the daily digest.
"""
