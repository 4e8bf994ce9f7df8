"""Subscriptions: who hears of what by e-mail, how often, and when by their own clock.

Vocabulary: a *subscriber* is a person or, without an account, a confirmed address; a *subscription* is their
choice for one *subject* (a group, a topic, the guidance of either, or a saved search): each post at once,
daily, weekly, only mentions, or nothing. A subscription falls *due* by the subscriber's clock, on their hour
and their day; while they are *away* nothing does. How far a subscription has been covered is its
`last_number`, a number of the activity sequence.
"""
