"""Sealed collections: official business in private messages is a record too.

A member asks for one and says why; an administrator allows or refuses it, with a reason, and both are
recorded. Only a sealed collection takes chats and direct messages. Its keepers alone search it; nothing in it
is ever attached, published or fed.
"""
