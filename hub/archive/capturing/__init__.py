"""Captures over time: one post written down by whoever saw it, and addresses that the hub looks at again and
again. Each becomes an import like any other: the adapters `by_hand` and `watched` read what is made here.
"""
