"""Founding content: what a new hub begins with.

Vocabulary: *seeding* fills a hub with two founding groups of fictitious people, everything marked as a
sample; *setting up* starts an empty one for a real community; *bulk* content is generated for load tests.
The texts are data, under `content/`; nothing here writes to tables that a room's actions can write.
"""
