"""Tables of no known platform: a keeper says which column is what, sees what would be read, and it is kept.

What they said stays with the import as part of its evidence, and is offered for the next file of the same
columns in the same collection.
"""
