"""Who keeps a collection, who approves what leaves it, how it is handed over, and how it ends."""
