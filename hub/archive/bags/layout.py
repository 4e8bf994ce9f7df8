"""Where the record lies in a bag that a hub made: written by `hub.handover`, read by `adapters.hub_bag`."""

HUB_BAG = "hub-bag"
FORMAT = "knowledge-hub record 1"

DATA = "data/"
RECORD = DATA + "record/"
COLLECTION, IMPORTS = RECORD + "collection.json", RECORD + "imports.jsonl"
ACCOUNTS, POSTS = RECORD + "accounts.jsonl", RECORD + "posts.jsonl"
LOG = DATA + "log/"
ENTRIES, CHECKPOINT, KEYS = "entries.jsonl", "checkpoint.txt", "keys.txt"
# Logs of hubs before, each in a folder of its own with the same three files.
FORMER = LOG + "former/"
