"""One import, from an upload to what can be seen: read, written in short pieces, revealed at once.

`reader` runs it; `writer` writes a batch of an adapter's records; `history` finds out what happened to
posts; `report` says what was left out; `undo` takes back what a failed or cancelled import wrote.
"""
