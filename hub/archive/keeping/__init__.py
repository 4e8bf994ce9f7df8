"""Who keeps a collection, who approves what leaves it, and how it is handed over."""
