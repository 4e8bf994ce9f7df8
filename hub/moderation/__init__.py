"""Moderation: reports from anybody, and the desk where a group's moderators see what waits for them.

Vocabulary: a *report* is about an address on this hub; its *subject* is what that address shows to whoever
reports it (an item, a post, an example, a person), if anything. To *withdraw* is to take out of sight at
once, reversibly; a *decision* settles a report and everything reported of the same address: what was
reported is *kept* (and restored, if it was withdrawn) or *removed* (it stays out of sight), always with a
reason.
"""
