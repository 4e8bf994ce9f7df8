"""Digests: one e-mail that covers one window of time for one subscriber.

Vocabulary: a *subscriber* is a person or, without an account, a confirmed address; a *subscription* is their
choice for one group: daily, weekly or nothing. A *window* is named by the day on which it falls due, by the
subscriber's clock; what a digest covers is a *range* of the activity sequence for each group, never of time.
An *edition* is what a digest says, gathered at the moment of sending.
"""
