"""Webhooks: other systems are told what happens in a group, signed, as it happens.

Vocabulary: a *webhook* is an address of another system, set up by an owner of the group; a *delivery* is one
thing that happened, sent there until it is taken. Deliveries follow the Standard Webhooks specification
(https://www.standardwebhooks.com): its headers, its signature, its pauses between tries. What is sent is what
whoever set the webhook up may see at that moment, and never more than a title where a group is not open.
"""
